"""Reads of winners: those of the board as it is, and those that were published."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.models import Entry
from server.boards.queries import admitted_teams, private_board_of
from server.boards.reading import whole_page
from server.boards.rows import On, Row
from server.boards.rules import sort_key
from server.challenges.models import Challenge, Phase
from server.shared.errors import N_, NotFound
from server.teams.models import Team
from server.universities.models import University
from server.winners.models import Winners, WinningPlace
from server.winners.rules import Place, Win, are_same


class Winner(NamedTuple):
    """A published winner as pages show it."""

    rank: int
    team: Team
    university: University | None
    score: float
    prize: str


class Published(NamedTuple):
    """The winners of a phase, and whether the board still says so."""

    phase: Phase
    winners: Winners
    places: list[Winner]
    current: bool


def revealed_phases(session: Session, challenge_id: int) -> list[Phase]:
    """Return the phases of a challenge whose final board is out, the last first."""
    query = (
        select(Phase)
        .where(Phase.challenge_id == challenge_id, col(Phase.revealed_at).is_not(None))
        .order_by(col(Phase.position).desc())
    )
    return list(session.exec(query))


def revealed_phase(session: Session, challenge: Challenge, slug: str) -> Phase:
    """Return a phase whose final board is out. Raises NotFound."""
    query = select(Phase).where(Phase.challenge_id == challenge.id, Phase.slug == slug)
    phase = session.exec(query).first()
    if phase is None or phase.revealed_at is None:
        raise NotFound(N_("There is no such phase, or its result is not revealed."))
    return phase


def top_of(session: Session, phase: Phase, places: int) -> list[Row]:
    """Return the rows of the final board within the first `places` places, ties at the bound in."""
    board = private_board_of(session, phase)
    teams = set(admitted_teams(session, phase.id or 0, board, top=places))
    found: list[Row] = []
    page = 1
    # A tie at the bound may be longer than a page.
    while len(found) < len(teams):
        rows = whole_page(session, On(phase.id or 0, board), page=page, per_page=100).rows
        if not rows:
            break
        found += [row for row in rows if row.team is not None and row.team.id in teams]
        page += 1
    return found


def present_places(session: Session, phase: Phase, places: int) -> list[Place]:
    """Return who stands within the first `places` places of the final board now."""
    board = private_board_of(session, phase)
    rank = func.rank().over(order_by=col(Entry.key))
    ranked = (
        sa.select(col(Entry.team_id), rank.label("rank"), col(Entry.value))
        .where(
            col(Entry.phase_id) == phase.id,
            col(Entry.board) == board,
            col(Entry.ranked).is_(True),
        )
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.rank <= places)
    return [_place(*found) for found in session.execute(query)]


def _place(team_id: int, rank: int, score: float) -> Place:
    return Place(team_id, rank, sort_key(score, higher_is_better=False))


def published_of(session: Session, challenge: Challenge) -> list[Published]:
    """Return the winners of a challenge's phases, the last phase first."""
    query = (
        select(Winners, Phase)
        .join(Phase, col(Phase.id) == col(Winners.phase_id))
        .where(Winners.challenge_id == challenge.id, col(Phase.revealed_at).is_not(None))
        .order_by(col(Phase.position).desc())
    )
    return [_published(session, challenge, *found) for found in session.exec(query)]


def _published(session: Session, challenge: Challenge, winners: Winners, phase: Phase) -> Published:
    hidden = challenge.anonymous
    named = sa.false() if hidden else col(University.id) == col(Team.university_id)
    query = (
        select(WinningPlace, Team, University)
        .join(Team, col(Team.id) == col(WinningPlace.team_id))
        .outerjoin(University, named)
        .where(WinningPlace.phase_id == phase.id)
        .order_by(col(WinningPlace.rank), col(Team.name_key))
    )
    rows = [
        Winner(place.rank, team, university, place.score, place.prize)
        for place, team, university in session.exec(query)
    ]
    return Published(phase, winners, rows, is_current(session, winners, phase))


def is_current(session: Session, winners: Winners, phase: Phase) -> bool:
    """Whether the published winners are those of the board as it is."""
    columns = (col(WinningPlace.team_id), col(WinningPlace.rank), col(WinningPlace.score))
    query = sa.select(*columns).where(col(WinningPlace.phase_id) == winners.phase_id)
    published = [_place(*found) for found in session.execute(query)]
    return are_same(published, present_places(session, phase, winners.places))


def winners_of(session: Session, phase_id: int) -> Winners | None:
    """Return what was published of a phase, if it was."""
    return session.get(Winners, phase_id)


def places_of(session: Session, phase_id: int) -> list[Win]:
    """Return a phase's published winners as they were published."""
    query = select(WinningPlace).where(WinningPlace.phase_id == phase_id)
    return [Win(win.team_id, win.rank, win.score, win.prize) for win in session.exec(query)]


def prizes_of(session: Session, phase_id: int) -> dict[int, str]:
    """Return what each rank of a phase's published winners gets."""
    return {win.rank: win.prize for win in places_of(session, phase_id) if win.prize}


def winners_to_look_at(session: Session) -> list[tuple[Winners, Phase]]:
    """Return the published winners of whose change nobody was warned yet."""
    query = (
        select(Winners, Phase)
        .join(Phase, col(Phase.id) == col(Winners.phase_id))
        .where(col(Winners.outdated_at).is_(None))
    )
    return [(winners, phase) for winners, phase in session.exec(query)]
