"""Sealed logs for the tests, and hands that write in the database past the program."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from server.audit.actions import seal_events
from server.audit.rules import Fault, FaultKind
from server.audit.verification import Verification
from server.shared.database import Database
from server.shared.events import record
from tests.cast import NOON

LATER = NOON + timedelta(minutes=1)


def happen(database: Database, count: int, *, at: datetime = NOON, **values: Any) -> None:
    """Write events as the rooms do."""
    with database.writing() as session:
        for number in range(count):
            record(
                session, "team.renamed", at=at, team_id=number, before="伊萨尔", score=0.1, **values
            )
            session.flush()
        session.commit()


def sealed(database: Database, *blocks: int, now: datetime = LATER) -> None:
    """Write and seal so many events for each block."""
    for count in blocks:
        happen(database, count)
        assert seal_events(database, now=now) == count


def verified(database: Database, *, now: datetime = LATER, kept: str = "") -> list[Fault]:
    """Return what does not fit."""
    checked = Verification(now=now, kept={kept} if kept else set())
    with database.reading() as session:
        return list(checked.faults(session))


def kinds(database: Database, **wanted: Any) -> set[FaultKind]:
    """Return the kinds of what does not fit."""
    return {fault.kind for fault in verified(database, **wanted)}


def tamper(database: Database, statement: str, **values: Any) -> None:
    """Do what somebody with the database's password can do."""
    with database.write_engine.begin() as connection:
        assert connection.execute(sa.text(statement), values).rowcount > 0
