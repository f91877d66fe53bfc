"""Reads of whole boards. Each names its board, so that none reads the rows of the other."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.models import Entry
from server.boards.points import Place, brackets, leaders
from server.boards.rows import (
    ORDER,
    On,
    Row,
    UniversityName,
    ahead_of,
    count_ranked,
    on_board,
    places,
    row_columns,
    row_of,
)
from server.boards.rules import ranks
from server.challenges.models import Phase
from server.evaluations.rules import Board
from server.shared.paging import Page, clamp, page_of
from server.teams.models import Team
from server.teams.rules import name_key
from server.universities.models import University

Item = TypeVar("Item")
EXPORTED_AT_ONCE = 500


def _ranked_rows(session: Session, on: On, *, offset: int, limit: int) -> list[Row]:
    # The skipping is done on the index alone; only the page's own rows are joined.
    ids = sa.select(col(Entry.id)).where(*on_board(on)).order_by(*ORDER).offset(offset).limit(limit)
    chosen = ids.subquery()
    query = row_columns().join(chosen, chosen.c.id == col(Entry.id)).order_by(*ORDER)
    rows = [row_of(found) for found in session.execute(query)]
    if not rows:
        return rows
    before = places(session, on, [rows[0].key])[rows[0].key]
    numbers = ranks([r.key for r in rows], first=offset + 1, before=before)
    return [replace(row, rank=rank) for row, rank in zip(rows, numbers, strict=True)]


def _baselines(session: Session, on: On) -> list[Row]:
    query = row_columns().where(*on_board(on, ranked=False), col(Entry.team_id).is_(None))
    return [row_of(found) for found in session.execute(query.order_by(*ORDER))]


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
    """Return a page of a whole board, with brackets over teams that can't be told apart."""
    page, per_page = clamp(page, per_page)
    baselines = _baselines(session, on)
    total = count_ranked(session, on) + len(baselines)
    rows = board_slice(
        session, on, offset=(page - 1) * per_page, limit=per_page, baselines=baselines
    )
    return Page(total=total, page=page, per_page=per_page, rows=_bracketed(session, on, rows))


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


def found_page(
    session: Session, on: On, *, q: str, university: str, page: int, per_page: int
) -> Page[Row]:
    """Return a page of the teams that a search leaves in, each with its rank on the whole board."""
    # Found and counted by ids alone; only the page's own rows are joined.
    ids = select(Entry.id).where(*on_board(on)).order_by(*ORDER)
    if q:
        ids = ids.where(col(Entry.team_id).in_(_named_like(on, q)))
    if university:
        slugs = select(University.id).where(University.slug == university)
        ids = ids.where(col(Entry.university_id).in_(slugs))
    found = page_of(session, ids, page=page, per_page=per_page)
    query = row_columns().where(col(Entry.id).in_(found.rows)).order_by(*ORDER)
    rows = [row_of(row) for row in session.execute(query)]
    ranked = places(session, on, [row.key for row in rows])
    return Page(
        total=found.total,
        page=found.page,
        per_page=found.per_page,
        rows=[replace(row, rank=ranked[row.key]) for row in rows],
    )


def _named_like(on: On, q: str) -> Any:
    challenge = sa.select(col(Phase.challenge_id)).where(col(Phase.id) == on.phase_id)
    return sa.select(col(Team.id)).where(
        col(Team.challenge_id) == challenge.scalar_subquery(),
        col(Team.name_key).contains(name_key(q), autoescape=True),
    )


def with_moves(session: Session, phase_id: int, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a private board with the places that each team climbed since the public."""
    on = On(phase_id, Board.PUBLIC)
    teams = [row.team.id for row in rows if row.team]
    query = sa.select(col(Entry.team_id), col(Entry.key)).where(
        *on_board(on), col(Entry.team_id).in_(teams)
    )
    keys = dict(session.execute(query).tuples().all())
    ranked = places(session, on, keys.values())
    before = {team_id: ranked[key] for team_id, key in keys.items()}
    return [_moved(row, before) for row in rows]


def _moved(row: Row, before: dict[int, int]) -> Row:
    if row.team is None or row.rank is None or row.team.id not in before:
        return row
    return replace(row, move=before[row.team.id] - row.rank)


def _bracketed(session: Session, on: On, rows: list[Row]) -> list[Row]:
    ranked = [row for row in rows if row.rank is not None]
    groups = leaders([_place(r) for r in ranked], leader=_leader_before(session, on, ranked))
    following = iter(groups)
    marks = brackets([None if row.rank is None else next(following) for row in rows])
    return [replace(row, bracket=mark) for row, mark in zip(rows, marks, strict=True)]


def _place(row: Row) -> Place:
    assert row.rank is not None
    return Place(row.rank, row.rank_range[0] if row.rank_range else None)


def _leader_before(session: Session, on: On, rows: Sequence[Row]) -> int | None:
    """Return the group that goes on from the page before; only the top of a board has ranges."""
    if not rows or rows[0].rank == 1 or rows[0].rank_range is None:
        return None
    first = rows[0]
    query = (
        sa.select(col(Entry.key), col(Entry.rank_best))
        .where(*on_board(on), ahead_of(first.order))
        .order_by(*ORDER)
    )
    found = list(session.execute(query))
    numbers = ranks([key for key, _ in found])
    before = [Place(n, best) for n, (_, best) in zip(numbers, found, strict=True)]
    return leaders(before)[-1] if before else None


class Standing(NamedTuple):
    """Where a team stands: its rank, of how many, and the page that it is on."""

    entry: Entry
    rank: int | None
    teams: int
    page: int


def standing_of(session: Session, on: On, team_id: int, *, per_page: int = 50) -> Standing | None:
    """Return where a team stands on a board, if it does."""
    entry = entry_of(session, on, team_id)
    if entry is None:
        return None
    ranked = places(session, on, [entry.key])[entry.key] if entry.ranked else None
    order = (entry.key, entry.submitted_at, entry.submission_id)
    earlier = sa.select(func.count()).where(*on_board(on), ahead_of(order))
    ahead = int(session.execute(earlier).scalar_one())
    ahead += sum(baseline.order < order for baseline in _baselines(session, on))
    return Standing(entry, ranked, count_ranked(session, on), ahead // per_page + 1)


def entry_of(session: Session, on: On, team_id: int) -> Entry | None:
    """Return a team's row on a board."""
    query = select(Entry).where(
        Entry.phase_id == on.phase_id, Entry.board == on.board, Entry.team_id == team_id
    )
    return session.exec(query).first()


def universities_on(session: Session, on: On) -> list[UniversityName]:
    """Return the universities that have a team on a board, by name."""
    has_team = (
        sa.select(col(Entry.id))
        .where(col(Entry.university_id) == col(University.id), *on_board(on))
        .exists()
    )
    query = sa.select(col(University.slug), col(University.name)).where(has_team)
    return [UniversityName(*row) for row in session.execute(query.order_by(col(University.name)))]


def part_of(rows: Sequence[Item], *, page: int, per_page: int) -> Page[Item]:
    """Return a page of rows that are all at hand."""
    page, per_page = clamp(page, per_page)
    first = (page - 1) * per_page
    return Page(len(rows), page, per_page, rows[first : first + per_page])
