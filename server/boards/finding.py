"""Pages of the teams of a board that a search leaves in, each with its rank on the whole board."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.marks import kept_of
from server.boards.models import Entry
from server.boards.names import names_of
from server.boards.of_university import is_of_university
from server.boards.places import places
from server.boards.rows import ORDER, On, Row, on_board, row_columns, row_of
from server.boards.versions import challenge_of_phase
from server.shared.paging import Page, clamp
from server.teams.models import Team
from server.teams.rules import name_key

# A search that finds more teams walks the board from its top; one that finds fewer looks them up.
MANY = 1_000
# About what the numbers of a large board's teams take in memory.
SET_BYTES = 3_000_000
# And those that a search found, at most.
NAMED_BYTES = 40 * MANY


class Named(NamedTuple):
    """The teams of a name where they are few, else how many of them are on the board."""

    teams: list[int]
    total: int | None = None


class Found(NamedTuple):
    """How many rows a search leaves in, and the numbers of the page's entries."""

    total: int
    entries: Sequence[int]


def found_page(
    session: Session, on: On, *, q: str, university: str, page: int, per_page: int
) -> Page[Row]:
    """Return a page of the teams that a search leaves in."""
    page, per_page = clamp(page, per_page)
    first = (page - 1) * per_page
    found = _found(session, on, q=q, university=university, first=first, many=per_page)
    # Found and counted by numbers alone; only the page's own rows are joined.
    query = row_columns(of_teams=True).where(col(Entry.id).in_(found.entries)).order_by(*ORDER)
    rows = session.execute(query).all()
    ranked = places(session, on, [row.key for row in rows])
    placed = [row_of(row, ranked[row.key]) for row in rows]
    return Page(total=found.total, page=page, per_page=per_page, rows=placed)


def _found(session: Session, on: On, *, q: str, university: str, first: int, many: int) -> Found:
    ids = sa.select(col(Entry.id)).where(*on_board(on))
    if university:
        of = {"team": Entry.team_id, "university": Entry.university_id}
        ids = ids.where(is_of_university(session, on.phase_id, university, **of))
        if q:
            ids = ids.where(_is_of_team_like(q))
    elif q:
        named = _named(session, on, q)
        if named.total is not None:
            return Found(named.total, _walked(session, on, q, first=first, many=many))
        # By their numbers: to compare every name again takes longer.
        ids = ids.where(col(Entry.team_id).in_(named.teams))
    return _counted(session, ids, first=first, many=many)


def _counted(session: Session, ids: sa.Select[Any], *, first: int, many: int) -> Found:
    page = ids.order_by(*ORDER).limit(many).offset(first)
    found = session.execute(page.add_columns(func.count().over())).all()
    total = found[0][1] if found else 0
    if not found and first:
        total = session.execute(sa.select(func.count()).select_from(ids.subquery())).scalar_one()
    return Found(int(total), [entry_id for entry_id, _ in found])


def _named(session: Session, on: On, q: str) -> Named:
    """Return the teams of a name; it is asked again for each page of what was found."""

    def find() -> list[Named]:
        names, part = names_of(session, challenge_of_phase(session, on.phase_id)), name_key(q)
        teams = names.holding(part, most=MANY + 1)
        if len(teams) <= MANY:
            return [Named(teams)]
        # Found without looking each up on the board.
        kept = kept_of(session, "teams", on, lambda: [_teams_on(session, on)], SET_BYTES)
        every = names.holding(part, most=len(names.teams))
        return [Named([], len(kept[0].intersection(every)))]

    return kept_of(session, f"named {q}", on, find, NAMED_BYTES)[0]


def _walked(session: Session, on: On, q: str, *, first: int, many: int) -> Sequence[int]:
    """Return a page of teams that are many, walking the board from its top."""
    page = sa.select(col(Entry.id)).where(*on_board(on), _is_of_team_like(q)).order_by(*ORDER)
    return session.execute(page.limit(many).offset(first)).scalars().all()


def _teams_on(session: Session, on: On) -> frozenset[int]:
    """Return the teams that are ranked on a board: few are on it without."""
    here = col(Entry.phase_id) == on.phase_id, col(Entry.board) == on.board
    every = _numbers(session, sa.select(col(Entry.team_id)).where(*here))
    others = sa.select(col(Entry.team_id)).where(*on_board(on, ranked=False))
    return frozenset(every).difference(_numbers(session, others))


def _numbers(session: Session, query: Any) -> Iterator[int]:
    # Past the rows of SQLAlchemy: of forty thousand they take longer than all else.
    return (number for (number,) in session.connection().execute(query).cursor.fetchall())


def _is_of_team_like(q: str) -> sa.ColumnElement[bool]:
    like = col(Team.name_key).contains(name_key(q), autoescape=True)
    return sa.exists().where(col(Team.id) == col(Entry.team_id), like)
