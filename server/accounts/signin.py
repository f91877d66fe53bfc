"""Who is signed in: by the session cookie on pages, by a bearer token in the API."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import request
from flask import session as cookie
from sqlmodel import Session, col, select

from server.accounts.models import Account, ApiToken
from server.accounts.queries import manages_any
from server.shared.access import VISITOR, Viewer
from server.shared.errors import N_, NotSignedIn
from server.shared.web import SAFE_METHODS, is_api, services

COOKIE_KEY = "viewer"


def begin_session(account: Account) -> None:
    """Sign a browser in; what an earlier session left in the cookie is dropped."""
    cookie.clear()
    cookie[COOKIE_KEY] = [account.id, account.session_version]
    cookie.permanent = True


def end_session() -> None:
    """Sign this browser out."""
    cookie.clear()


def token_digest(token: str) -> str:
    """Return what is kept of a token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_viewer(session: Session, now: datetime) -> Viewer:
    """Return who asks.

    A cookie counts in the API for reading only, so that no other site can write with it.

    Raises:
        NotSignedIn: a bearer token was sent that is unknown or revoked.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(session, token.strip(), now)
    if is_api() and request.method not in SAFE_METHODS:
        return VISITOR
    return _by_cookie(session, cookie.get(COOKIE_KEY))


def _by_token(session: Session, text: str, now: datetime) -> Viewer:
    query = (
        select(Account, ApiToken)
        .join(ApiToken, col(ApiToken.account_id) == col(Account.id))
        .where(ApiToken.digest == token_digest(text), col(ApiToken.revoked_at).is_(None))
    )
    row = session.exec(query).first()
    if row is None or row[0].closed_at is not None:
        raise NotSignedIn(
            N_("This token is not known, or was revoked. Make a new one in your settings.")
        )
    account, token = row
    if token.used_on is None or token.used_on.date() < now.date():
        _note_use(token, now)
    return _viewer(session, account, by_token=True)


def _note_use(token: ApiToken, now: datetime) -> None:
    """Write the day of a token's last use: one small transaction a token and day."""
    with services().database.writing() as session:
        session.execute(sa.update(ApiToken).where(col(ApiToken.id) == token.id).values(used_on=now))
        session.commit()


def _by_cookie(session: Session, value: Any) -> Viewer:
    if not isinstance(value, list) or len(value) != 2:
        return VISITOR
    account = session.get(Account, value[0])
    if account is None or account.closed_at or account.session_version != value[1]:
        return VISITOR
    return _viewer(session, account, by_token=False)


def _viewer(session: Session, account: Account, *, by_token: bool) -> Viewer:
    assert account.id is not None
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=account.confirmed_at is not None,
        is_admin=account.is_admin,
        university_id=account.university_id,
        manages_any=manages_any(session, account.id),
        by_token=by_token,
    )
