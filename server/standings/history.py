"""Where universities stood in time: a row once a day, and one at each reveal."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.shared.database import Database
from server.standings.models import Snapshot, Standing, StandingMoment, table_of
from server.standings.rules import Rule


def keep_days(database: Database, *, now: datetime) -> int:
    """Keep every season's standings of today, where that is not done yet; return how many."""
    with database.reading() as session:
        due = [row.season_id for row in _snapshots(session) if _is_due(row, now)]
    if not due:
        return 0
    with database.writing() as session:
        for season_id in due:
            keep_moment(session, season_id, revealed=(), now=now)
        session.commit()
    return len(due)


def _snapshots(session: Session) -> list[Snapshot]:
    return list(session.execute(sa.select(Snapshot)).scalars())


def _is_due(snapshot: Snapshot, now: datetime) -> bool:
    """Whether nothing is kept of this day (in UTC), and there is something to keep."""
    last = snapshot.moment_at
    return bool(snapshot.universities) and (last is None or last.date() < now.date())


def keep_moment(
    session: Session, season_id: int, *, revealed: Collection[int], now: datetime
) -> bool:
    """Keep a season's standings as a moment: the first of a day, or at a reveal."""
    snapshot = session.get_one(Snapshot, season_id)
    if not snapshot.universities or not (revealed or _is_due(snapshot, now)):
        return False
    rows = _moment(session, season_id)
    told = {
        "season_id": season_id,
        "at": now,
        "revealed_id": min(revealed, default=None),
        "universities": snapshot.universities,
    }
    session.execute(
        sa.delete(StandingMoment).where(
            col(StandingMoment.season_id) == season_id, col(StandingMoment.at) == now
        )
    )
    session.execute(table_of(StandingMoment).insert(), [told | row for row in rows.values()])
    snapshot.moment_at = now
    session.add(snapshot)
    return True


def _moment(session: Session, season_id: int) -> dict[int, dict[str, Any]]:
    query = sa.select(
        col(Standing.university_id), col(Standing.rule), col(Standing.rank), col(Standing.value)
    ).where(col(Standing.season_id) == season_id)
    found: dict[int, dict[str, Any]] = {}
    for university_id, rule, rank, value in session.execute(query):
        row = found.setdefault(university_id, {"university_id": university_id})
        row[f"{rule.value}_rank"] = rank
        if rule is Rule.POINTS:
            row["points"] = value
    return found
