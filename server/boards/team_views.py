"""A team as everybody sees it: its members, its university, and its places."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.boards.marks import note_phases
from server.boards.mixed import universities_of
from server.boards.models import Entry, NextPlace
from server.boards.next_places import is_of_what_counts
from server.boards.places import count_ranked, places_on
from server.boards.rows import On
from server.boards.visibility import served
from server.challenges.models import Challenge, Phase
from server.challenges.queries import is_organiser, phases_of
from server.evaluations.rules import Board
from server.shared.access import Viewer
from server.teams.advising import People, people_of
from server.teams.models import Team
from server.teams.queries import challenge_of, knows_team, university_id_of
from server.universities.models import University


class PlaceOn(NamedTuple):
    """A team's place on one board of a phase, and what the next one would take, if known."""

    phase: Phase
    entry: Entry
    rank: int | None
    teams: int
    next: NextPlace | None = None

    @property
    def board(self) -> Board:
        """The board by the name that it can be asked for."""
        return Board.PRIVATE if self.entry.board is Board.PRIVATE else Board.PUBLIC

    @property
    def frozen_since(self) -> datetime | None:
        """When the board was frozen that this place is on, if it was."""
        return self.phase.frozen_at if self.entry.board is Board.FROZEN else None


class TeamPage(NamedTuple):
    """What the page of a team shows."""

    team: Team
    challenge: Challenge
    members: list[Account]
    universities: list[University]
    places: list[PlaceOn]
    advisers: list[Account]


# Made once; which boards they are is a part of the question: no row of another is read.
ON_BOARDS = (
    select(Entry, NextPlace)
    .outerjoin(NextPlace, is_of_what_counts())
    .where(
        Entry.team_id == sa.bindparam("team_id"),
        sa.tuple_(col(Entry.phase_id), col(Entry.board)).in_(
            sa.bindparam("boards", expanding=True)
        ),
        col(Entry.ranked).is_(True),
    )
)


def team_page(session: Session, team: Team, viewer: Viewer) -> TeamPage:
    """Return the page of a team; private places only of phases that are revealed."""
    organiser = viewer.is_admin or is_organiser(session, team.challenge_id, viewer.id)
    knows = knows_team(session, team, viewer_id=viewer.id, is_admin=viewer.is_admin)
    people = people_of(session, team.id or 0) if knows else People([], [])
    own = university_id_of(session, team) if knows else None
    return TeamPage(
        team=team,
        challenge=challenge_of(session, team),
        members=people.members,
        universities=universities_of(session, team, own) if knows else [],
        places=places_of(session, team, organiser=organiser),
        advisers=people.advisers,
    )


def places_of(session: Session, team: Team, *, organiser: bool = False) -> list[PlaceOn]:
    """Return where a team stands on each board that everybody may see, or its organisers may.

    A team that was taken off the boards stands nowhere.
    """
    phases = phases_of(session, team.challenge_id)
    note_phases(session, phases)
    shown = {On(p.id or 0, board): p for p in phases for board in _shown(p, organiser=organiser)}
    asked = {"team_id": team.id, "boards": list(shown)}
    found = session.exec(ON_BOARDS, params=asked).all() if shown else []
    on = [(On(entry.phase_id, entry.board), entry.key) for entry, _ in found]
    ranks = places_on(session, on)
    placed = [
        PlaceOn(shown[at[0]], entry, ranks[at], count_ranked(session, at[0]), above)
        for at, (entry, above) in zip(on, found, strict=True)
    ]
    return sorted(placed, key=lambda p: (p.phase.position, p.entry.board is Board.PRIVATE))


def _shown(phase: Phase, *, organiser: bool) -> list[Board]:
    public = served(Board.PUBLIC, frozen=phase.frozen_at is not None, organiser=organiser)
    return [public] if phase.revealed_at is None else [public, Board.PRIVATE]
