"""How far teams moved from the public board to the private one, and how far chance moves them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.models import Entry, TeamMove
from server.boards.places import places
from server.boards.rows import On, Row, asked_on, on_asked_board
from server.boards.rules import ranks
from server.boards.versions import challenge_of_phase, kept
from server.evaluations.rules import Board
from server.shared.caching import cache_of
from server.shared.database import enum_column

# Of a board of so few teams all places are found at once and kept, of a larger one those of a page.
FEW = 2_000
# About what a team's place takes in memory.
BYTES = 150


class Before(NamedTuple):
    """A team's rank on the public board, and how far chance alone moves it there, if known."""

    rank: int
    by_chance: int | None


def with_moves(session: Session, phase_id: int, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a private board with the places that each team climbed since the public."""
    before = _all(session, phase_id)
    if before is None:
        teams = [row.team.id for row in rows if row.team]
        before = _those_of(session, phase_id, teams)
    return [_moved(row, before) for row in rows]


def _moved(row: Row, before: Mapping[int, Before]) -> Row:
    found = before.get(row.team.id) if row.team and row.rank is not None else None
    if found is None or row.rank is None:
        return row
    return row._replace(move=found.rank - row.rank, chance_move=found.by_chance)


def _all(session: Session, phase_id: int) -> Mapping[int, Before] | None:
    """Return where each team of a small board stood; None: there are too many, or none is kept."""
    if cache_of(session) is None:
        return None
    found = kept(
        session,
        ("before the reveal", phase_id),
        challenge_of_phase(session, phase_id),
        lambda: _find_all(session, On(phase_id, Board.PUBLIC)),
        size=lambda before: BYTES * (1 + len(before)),
    )
    return found if len(found) <= FEW else None


def _find_all(session: Session, on: On) -> dict[int, Before]:
    """Return the place of each team; of a larger board those of one more than `FEW`."""
    found = session.execute(_everybody(), _asked(on)).all()
    numbers = ranks([key for _, key, _ in found])
    return {
        team: Before(rank, within) for (team, _, within), rank in zip(found, numbers, strict=True)
    }


def _those_of(session: Session, phase_id: int, teams: Sequence[int]) -> dict[int, Before]:
    on = On(phase_id, Board.PUBLIC)
    found = session.execute(_some(), _asked(on) | {"teams": teams}).all()
    ranked = places(session, on, (row.key for row in found))
    return {row.team_id: Before(ranked[row.key], row.within) for row in found}


def _asked(on: On) -> dict[str, Any]:
    return asked_on(on) | {"final": Board.PRIVATE}


@cache
def _some() -> sa.Select[*tuple[Any, ...]]:
    teams: sa.BindParameter[list[int]] = sa.bindparam("teams", expanding=True)
    return _columns().where(col(Entry.team_id).in_(teams))


@cache
def _everybody() -> sa.Select[*tuple[Any, ...]]:
    return _columns().order_by(col(Entry.key)).limit(sa.literal_column(str(FEW + 1)))


def _columns() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of entries of the public board; by chance, where it is of what counts."""
    final = sa.alias(sa.inspect(Entry).local_table, "final")
    counts = sa.exists().where(
        final.c.phase_id == col(TeamMove.phase_id),
        final.c.board == sa.bindparam("final", type_=enum_column(Board)),
        final.c.team_id == col(TeamMove.team_id),
        final.c.evaluation_id == col(TeamMove.evaluation_id),
    )
    of_team = sa.and_(
        col(TeamMove.phase_id) == col(Entry.phase_id),
        col(TeamMove.team_id) == col(Entry.team_id),
        counts,
    )
    return (
        sa.select(col(Entry.team_id), col(Entry.key), col(TeamMove.within))
        .select_from(Entry)
        .outerjoin(TeamMove, of_team)
        .where(*on_asked_board(), col(Entry.team_id).is_not(None))
    )
