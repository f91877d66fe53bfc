"""Who is signed in: by the session cookie on pages, by a bearer token in the API."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import request
from flask import session as cookie
from sqlmodel import Session, col

from server.accounts.browsers import browser_family
from server.accounts.models import Account, ApiToken, BrowserSession, UniversityManager
from server.accounts.rules import unseen_since
from server.accounts.sessions import forget, note_seen, open_session, session_digest
from server.shared.access import VISITOR, Viewer
from server.shared.caching import remember
from server.shared.errors import N_, NotSignedIn
from server.shared.web import SAFE_METHODS, is_api, services

COOKIE_KEY = "viewer"
# What other rooms want to know of whoever asks, in the same question: each under its name, of the
# account of the row.
Besides = tuple[tuple[str, sa.ColumnElement[Any]], ...]
MANAGES = sa.exists().where(col(UniversityManager.account_id) == col(Account.id))


class Doorkeeper:
    """Finds who asks. Every request does, once: its statements are made once."""

    def __init__(self, besides: Besides = ()) -> None:
        self._names = [name for name, _ in besides]
        asked = [MANAGES, *(expression for _, expression in besides)]
        self._signed_in = (
            sa.select(Account, BrowserSession, *asked)
            .join(BrowserSession, col(BrowserSession.account_id) == col(Account.id))
            .where(col(BrowserSession.digest) == sa.bindparam("digest"))
        )
        self._of_token = (
            sa.select(Account, ApiToken, *asked)
            .join(ApiToken, col(ApiToken.account_id) == col(Account.id))
            .where(col(ApiToken.digest) == sa.bindparam("digest"))
            .where(col(ApiToken.revoked_at).is_(None))
        )

    def viewer(self, session: Session, now: datetime) -> Viewer:
        """Return who asks.

        A cookie counts in the API for reading only, so that no other site can write with it. A
        token counts on pages for reading only: what is written there is a person's to write.

        Raises:
            NotSignedIn: a bearer token was sent that is unknown or revoked.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        reads = request.method in SAFE_METHODS
        if (reads or is_api()) and scheme.lower() == "bearer":
            return self._by_token(session, token.strip(), now)
        if is_api() and not reads:
            return VISITOR
        return self._by_cookie(session, now)

    def _by_token(self, session: Session, text: str, now: datetime) -> Viewer:
        row = session.execute(self._of_token, {"digest": token_digest(text)}).first()
        if row is None or row[0].closed_at is not None:
            raise NotSignedIn(
                N_("This token is not known, or was revoked. Make a new one in your settings.")
            )
        account, token, manages, *others = row
        if token.used_on is None or token.used_on.date() < now.date():
            _note_use(token, now)
            # What is read from here on is of after it.
            session.rollback()
        self._remember(session, account, others)
        return _viewer(account, manages_any=manages, by_token=True)

    def _by_cookie(self, session: Session, now: datetime) -> Viewer:
        digest = this_session()
        row = digest and session.execute(self._signed_in, {"digest": digest}).first()
        if not digest or not row or not _lets_in(row[0], row[1], now):
            return VISITOR
        account, kept, manages, *others = row
        if kept.seen_on.date() < now.date():
            _note_seen(digest, now)
            # Written once a day, and so not into every answer, which a cache could keep.
            cookie.modified = True
        self._remember(session, account, others)
        return _viewer(account, manages_any=manages, by_token=False)

    def _remember(self, session: Session, account: Account, values: Iterable[object]) -> None:
        for name, value in zip(self._names, values, strict=True):
            remember(session, (name, account.id), value)


def sign_browser_in(session: Session, account_id: int, *, now: datetime) -> Callable[[], None]:
    """Open a session for this browser; the one that its cookie had before ends.

    What is returned puts the new one into the cookie: to be called once the caller has committed.
    """
    before = this_session()
    if before is not None:
        forget(session, before)
    browser = browser_family(request.headers.get("User-Agent", ""))
    key = open_session(session, account_id=account_id, browser=browser, now=now)

    def keep() -> None:
        cookie.clear()
        cookie[COOKIE_KEY] = key
        cookie.permanent = True

    return keep


def this_session() -> str | None:
    """Return the digest of the session that this browser's cookie names, ended or not."""
    key = cookie.get(COOKIE_KEY)
    return session_digest(key) if isinstance(key, str) else None


def forget_cookie() -> None:
    """Drop what this browser's cookie holds."""
    cookie.clear()


def token_digest(token: str) -> str:
    """Return what is kept of a token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _note_use(token: ApiToken, now: datetime) -> None:
    """Write the day of a token's last use: one small transaction a token and day."""
    with services().database.writing() as session:
        session.execute(sa.update(ApiToken).where(col(ApiToken.id) == token.id).values(used_on=now))
        session.commit()


def _lets_in(account: Account, kept: BrowserSession, now: datetime) -> bool:
    return account.closed_at is None and kept.seen_on > unseen_since(now)


def _note_seen(digest: str, now: datetime) -> None:
    """Write the day of a session's last use: one small transaction a browser and day."""
    with services().database.writing() as session:
        note_seen(session, digest, now=now)
        session.commit()


def _viewer(account: Account, *, manages_any: bool, by_token: bool) -> Viewer:
    assert account.id is not None
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=account.confirmed_at is not None,
        is_admin=account.is_admin,
        university_id=account.university_id,
        manages_any=manages_any,
        by_token=by_token,
        language=account.language,
        time_zone=account.time_zone,
    )
