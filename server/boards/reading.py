"""Reads of whole boards. Each names its board, so that none reads the rows of the other."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.marks import kept_marks, kept_of
from server.boards.models import Entry
from server.boards.places import ABOVE_ALL, count_ranked, places
from server.boards.points import brackets
from server.boards.rows import (
    ORDER,
    On,
    Row,
    UniversityName,
    ahead_of,
    asked_on,
    on_asked_board,
    on_board,
    row_columns,
    row_of,
)
from server.boards.rules import ranks
from server.shared.paging import Page, clamp
from server.teams.models import TeamOrigin
from server.universities.models import University

Item = TypeVar("Item")
EXPORTED_AT_ONCE = 500
# About what a row takes in memory.
ROW_BYTES = 1_500


def _ranked_rows(session: Session, on: On, *, offset: int, limit: int) -> list[Row]:
    # One row before tells whether the first shares its rank with it.
    first = max(0, offset - 1)
    found = session.execute(_placed_rows(), _span(session, on, first, offset + limit - first)).all()
    ahead, found = found[: offset - first], found[offset - first :]
    if not found:
        return []
    shares = bool(ahead) and ahead[0].key == found[0].key
    before = places(session, on, [found[0].key])[found[0].key] if shares else offset + 1
    numbers = ranks([f.key for f in found], first=offset + 1, before=before)
    return [row_of(f, rank) for f, rank in zip(found, numbers, strict=True)]


def _span(session: Session, on: On, offset: int, limit: int) -> dict[str, Any]:
    """Return which rows of a board are meant: so many from a place on, counted from a mark."""
    marks = kept_marks(session, on)
    start = marks.start_of(offset) if marks is not None else None
    least, before = (start.key, start.before) if start is not None else (ABOVE_ALL, 0)
    return asked_on(on) | {"least": least, "skipped": offset - before, "limit": limit}


@cache
def _placed_rows() -> sa.Select[*tuple[Any, ...]]:
    # Made once. The skipping is done on the index alone, from the mark before; only the page's own
    # rows are joined.
    chosen = (
        sa.select(col(Entry.id))
        .where(
            *on_asked_board(),
            col(Entry.key) >= sa.bindparam("least"),
        )
        .order_by(*ORDER)
        .limit(sa.bindparam("limit"))
        .offset(sa.bindparam("skipped"))
        .subquery()
    )
    query = row_columns(of_teams=True).join(chosen, chosen.c.id == col(Entry.id))
    return query.order_by(*ORDER)


def _baselines(session: Session, on: On) -> list[Row]:
    return kept_of(session, "baselines", on, lambda: _read_baselines(session, on), ROW_BYTES)


def _read_baselines(session: Session, on: On) -> list[Row]:
    return [row_of(found) for found in session.execute(_baseline_rows(), asked_on(on))]


@cache
def _baseline_rows() -> sa.Select[*tuple[Any, ...]]:
    query = row_columns().where(*on_asked_board(ranked=False), col(Entry.team_id).is_(None))
    return query.order_by(*ORDER)


def board_slice(
    session: Session, on: On, *, offset: int, limit: int, baselines: Sequence[Row]
) -> list[Row]:
    """Return rows `offset` and on of a board whose baselines stand in their places.

    A ranked row stands behind at most all baselines, so the ranked rows from
    `offset - len(baselines)` on hold everything that can fall into the slice.
    """
    start = max(0, offset - len(baselines))
    ranked = _ranked_rows(session, on, offset=start, limit=offset - start + limit)
    ahead = [b.order for b in baselines]
    placed = [
        (start + index + bisect_left(ahead, row.order), row) for index, row in enumerate(ranked)
    ]
    orders = [row.order for row in ranked]
    for index, baseline in enumerate(baselines):
        behind = bisect_left(orders, baseline.order)
        if behind or not start:
            placed.append((start + behind + index, baseline))
    placed.sort(key=lambda pair: pair[0])
    return [row for position, row in placed if offset <= position < offset + limit]


def whole_page(session: Session, on: On, *, page: int, per_page: int) -> Page[Row]:
    """Return a page of a whole board."""
    page, per_page = clamp(page, per_page)
    baselines = _baselines(session, on)
    total = count_ranked(session, on) + len(baselines)
    rows = board_slice(
        session, on, offset=(page - 1) * per_page, limit=per_page, baselines=baselines
    )
    return Page(total=total, page=page, per_page=per_page, rows=rows)


def every_row(session: Session, on: On) -> Iterator[Row]:
    """Yield a whole board, in its order (for exports)."""
    baselines = _baselines(session, on)
    offset = 0
    while True:
        rows = board_slice(session, on, offset=offset, limit=EXPORTED_AT_ONCE, baselines=baselines)
        yield from rows
        offset += EXPORTED_AT_ONCE
        if len(rows) < EXPORTED_AT_ONCE:
            return


def brackets_over(rows: Sequence[Row]) -> list[str]:
    """Draw the brackets: rows of one group, and a new one that stands alone between them."""
    return brackets([None if r.rank is None else r.group or r.rank for r in rows])


class Standing(NamedTuple):
    """Where a team stands: its rank, of how many, and the page that it is on."""

    rank: int | None
    teams: int
    page: int


def standing_of(session: Session, on: On, team_id: int, *, per_page: int = 50) -> Standing | None:
    """Return where a team stands on a board, if it does."""
    entry = entry_of(session, on, team_id)
    if entry is None:
        return None
    order = (entry.key, entry.submitted_at, entry.submission_id)
    better = places(session, on, [entry.key])[entry.key] - 1
    equals = sa.select(func.count()).where(
        *on_board(on), col(Entry.key) == entry.key, ahead_of(order)
    )
    ahead = better + int(session.execute(equals).scalar_one())
    ahead += sum(baseline.order < order for baseline in _baselines(session, on))
    rank = better + 1 if entry.ranked else None
    return Standing(rank, count_ranked(session, on), ahead // per_page + 1)


def entry_of(session: Session, on: On, team_id: int) -> Entry | None:
    """Return a team's row on a board."""
    query = select(Entry).where(
        Entry.phase_id == on.phase_id, Entry.board == on.board, Entry.team_id == team_id
    )
    return session.exec(query).first()


def universities_on(session: Session, on: On, *, mixed: bool = False) -> list[UniversityName]:
    """Return the universities that have a team on a board, or a part of a mixed one, by name."""
    found = session.execute(_universities(mixed), asked_on(on))
    return [UniversityName(slug, name) for slug, name in found]


@cache
def _universities(mixed: bool) -> sa.Select[*tuple[Any, ...]]:
    # Each is looked up in the index: there are fewer universities than entries.
    present = sa.exists().where(*on_asked_board(), col(Entry.university_id) == col(University.id))
    if mixed:
        present = sa.exists().where(
            *on_asked_board(),
            col(Entry.team_id) == col(TeamOrigin.team_id),
            col(TeamOrigin.university_id) == col(University.id),
        )
    query = sa.select(col(University.slug), col(University.name)).where(present)
    return query.order_by(col(University.name))


def part_of(rows: Sequence[Item], *, page: int, per_page: int) -> Page[Item]:
    """Return a page of rows that are all at hand."""
    page, per_page = clamp(page, per_page)
    first = (page - 1) * per_page
    return Page(len(rows), page, per_page, rows[first : first + per_page])
