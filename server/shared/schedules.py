"""Schedules that run once, however many workers there are; and the workers' signs of life."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from server.shared.database import UTCDateTime, changed_rows

SILENT_AFTER = timedelta(seconds=60)


class Schedule(SQLModel, table=True):
    """When a named chore is due next."""

    name: str = Field(primary_key=True, max_length=64)
    due_at: datetime = Field(sa_type=UTCDateTime)


class WorkerBeat(SQLModel, table=True):
    """A worker and when it was last heard of."""

    __tablename__ = "worker_beat"

    name: str = Field(primary_key=True, max_length=128)
    started_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    scored: int = 0


def claim_schedule(session: Session, name: str, *, every: timedelta, now: datetime) -> bool:
    """Take a chore if it is due, and say whether it was taken. The caller commits."""
    if session.get(Schedule, name) is None:
        return _begun(session, Schedule(name=name, due_at=now + every))
    taken = changed_rows(
        session,
        sa.update(Schedule)
        .where(col(Schedule.name) == name, col(Schedule.due_at) <= now)
        .values(due_at=now + every),
    )
    return taken == 1


def _begun(session: Session, schedule: Schedule) -> bool:
    """Write a chore's first line; another worker that starts at this moment may have done so."""
    try:
        with session.begin_nested():
            session.add(schedule)
    except IntegrityError:
        return False
    return True


def beat(session: Session, name: str, *, started_at: datetime, now: datetime, scored: int) -> None:
    """Say that a worker lives. The caller commits."""
    session.merge(WorkerBeat(name=name, started_at=started_at, seen_at=now, scored=scored))


def forget(session: Session, name: str) -> None:
    """Take a worker that stopped cleanly off the list. The caller commits."""
    session.execute(sa.delete(WorkerBeat).where(col(WorkerBeat.name) == name))


def workers(session: Session) -> list[WorkerBeat]:
    """Return every worker known, the latest heard first."""
    return list(session.exec(select(WorkerBeat).order_by(col(WorkerBeat.seen_at).desc())))
