"""The universities of a board by statements: the index is read, and no team is gone through."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.medals import medal_bounds
from server.boards.models import Entry
from server.boards.places import count_ranked, places
from server.boards.rows import ORDER, On, on_board
from server.standings.rules import Line, Medals, Result


def lines_of(session: Session, on: On) -> tuple[int, dict[int, Line]]:
    """Return how many teams a board ranks, and the line of each university.

    Of challenges whose teams have one university each: `rules.lines` says the same of any.
    """
    ranked = count_ranked(session, on)
    best = session.execute(_best(on)).all()
    ranks = places(session, on, (row.key for row in best))
    won = _medals(session, on, ranked)
    return ranked, {
        row.university_id: Line(
            row.team_id,
            row.value,
            row.teams,
            Result(ranks[row.key], ranked, 1, won.get(row.university_id, Medals())),
        )
        for row in best
    }


def _best(on: On) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of each university's first team, and how many it has."""
    each = (
        sa.select(
            col(Entry.university_id).label("university_id"),
            func.min(col(Entry.key)).label("key"),
            func.count().label("teams"),
        )
        .where(*on_board(on), col(Entry.university_id).is_not(None))
        .group_by(col(Entry.university_id))
        .subquery()
    )
    # Two look-ups of one index entry: as a join PostgreSQL would go through all entries.
    team_id, value = (_of_first(on, each, column) for column in (Entry.team_id, Entry.value))
    return sa.select(each, team_id.label("team_id"), value.label("value"))


def _of_first(on: On, each: sa.Subquery, column: Any) -> sa.ScalarSelect[Any]:
    query = sa.select(column).where(
        *on_board(on),
        col(Entry.university_id) == each.c.university_id,
        col(Entry.key) == each.c.key,
    )
    return query.order_by(*ORDER).limit(1).scalar_subquery()


def _medals(session: Session, on: On, ranked: int) -> dict[int, Medals]:
    """Return the medals of all teams of each university that has one."""
    last = [_key_at(session, on, bound) for bound in medal_bounds(ranked)]
    if last[-1] is None:
        return {}
    won = sa.select(col(Entry.university_id), *_counts(last)).where(
        *on_board(on),
        col(Entry.university_id).is_not(None),
        col(Entry.key) <= last[-1],
    )
    rows = session.execute(won.group_by(col(Entry.university_id)))
    return {university_id: Medals(*map(float, counts)) for university_id, *counts in rows}


def _counts(last: list[float | None]) -> Iterator[sa.ColumnElement[int]]:
    """Yield how many stand behind the last of the medal before, and not behind this one's."""
    before: float | None = None
    for key in last:
        within = sa.false() if key is None else col(Entry.key) <= key
        beyond = sa.true() if before is None else col(Entry.key) > before
        yield func.sum(sa.case((sa.and_(within, beyond), 1), else_=0))
        before = before if key is None else key


def _key_at(session: Session, on: On, bound: int) -> float | None:
    """Return the key of the last team that a medal reaches, with all that share its rank."""
    if bound == 0:
        return None
    query = sa.select(col(Entry.key)).where(*on_board(on)).order_by(col(Entry.key))
    return session.execute(query.offset(bound - 1).limit(1)).scalar()
