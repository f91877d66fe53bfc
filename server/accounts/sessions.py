"""Browsers that are signed in: a row each, so that each can be ended, by whoever it belongs to."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.models import BrowserSession
from server.accounts.queries import sessions_of
from server.accounts.rules import MOST_SESSIONS, unseen_since
from server.shared import events
from server.shared.database import changed_rows
from server.shared.errors import N_, NotFound


def session_digest(key: str) -> str:
    """Return what is kept of a session's key. 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def open_session(session: Session, *, account_id: int, browser: str, now: datetime) -> str:
    """Add a session and return its key, which the browser's cookie alone holds.

    An account has a bounded number of them: those not seen for longest make way.
    """
    key = secrets.token_urlsafe(32)
    for old in sessions_of(session, account_id, now=now)[MOST_SESSIONS - 1 :]:
        session.delete(old)
    session.add(
        BrowserSession(
            digest=session_digest(key),
            account_id=account_id,
            browser=browser,
            created_at=now,
            seen_on=now,
        )
    )
    session.flush()
    return key


def note_seen(session: Session, digest: str, *, now: datetime) -> None:
    """Write the day of a session's last use."""
    mine = col(BrowserSession.digest) == digest
    session.execute(sa.update(BrowserSession).where(mine).values(seen_on=now))


def end_session(session: Session, *, account_id: int, digest: str, now: datetime) -> None:
    """End one of an account's own sessions. Raises NotFound."""
    mine = sa.delete(BrowserSession).where(
        col(BrowserSession.digest) == digest, col(BrowserSession.account_id) == account_id
    )
    if not changed_rows(session, mine):
        raise NotFound(N_("This session has ended already."))
    events.record(session, "account.signed_out", at=now, actor_id=account_id, subject_id=account_id)


def forget(session: Session, digest: str) -> bool:
    """Delete a session whoever's it is, and say whether it was there."""
    return (
        changed_rows(session, sa.delete(BrowserSession).where(col(BrowserSession.digest) == digest))
        == 1
    )


def end_all(session: Session, account_id: int) -> None:
    """End every session of an account."""
    session.execute(sa.delete(BrowserSession).where(col(BrowserSession.account_id) == account_id))


def purge_sessions(session: Session, *, now: datetime) -> int:
    """Delete the sessions that have expired; return how many."""
    old = sa.delete(BrowserSession).where(col(BrowserSession.seen_on) <= unseen_since(now))
    return changed_rows(session, old)
