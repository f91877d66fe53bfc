"""From where accounts were used: apart from the log, and purged."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col

from server.accounts.models import Sighting
from server.accounts.rules import too_old_to_keep


class Seen(NamedTuple):
    """From where somebody came: a network address and a program's name for itself."""

    address: str
    device: str


def sight(session: Session, *, account_id: int, what: str, seen: Seen, now: datetime) -> None:
    """Note from where an account was used, apart from the log."""
    session.add(
        Sighting(
            account_id=account_id,
            at=now,
            what=what[:32],
            address=seen.address[:64],
            device=seen.device.replace("\0", "")[:300],
        )
    )


def purge_sightings(session: Session, *, now: datetime) -> int:
    """Delete addresses and devices older than 90 days; return how many."""
    old = sa.delete(Sighting).where(col(Sighting.at) < too_old_to_keep(now))
    result = session.connection().execute(old)
    assert isinstance(result, CursorResult)
    return result.rowcount
