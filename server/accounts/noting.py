"""What happened to an account, put down in the log."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from server.accounts.models import Account
from server.shared import events


def note(
    session: Session, kind: str, account: Account, actor_id: int | None, now: datetime, **data: Any
) -> None:
    """Record that something happened to an account."""
    events.record(session, kind, at=now, actor_id=actor_id, subject_id=account.id, **data)


def id_of(account: Account) -> int:
    """Return the id of an account that the database knows."""
    assert account.id is not None
    return account.id
