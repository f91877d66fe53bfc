"""A team as everybody sees it: its members, its university, and its places."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, select

from server.accounts.models import Account
from server.boards.marks import note_phases
from server.boards.models import Entry, NextPlace
from server.boards.next_places import next_places_of
from server.boards.places import count_ranked, places
from server.boards.rows import On, on_board
from server.boards.visibility import served
from server.challenges.models import Challenge, Phase
from server.challenges.queries import is_organiser, phases_of
from server.evaluations.rules import Board
from server.shared.access import Viewer
from server.teams.advising import advisers_of
from server.teams.models import Team
from server.teams.queries import challenge_of, knows_team, members_of, university_id_of
from server.universities.models import University
from server.universities.queries import universities_by_id


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
    university: University | None
    places: list[PlaceOn]
    advisers: list[Account]


def team_page(session: Session, team: Team, viewer: Viewer) -> TeamPage:
    """Return the page of a team; private places only of phases that are revealed."""
    organiser = viewer.is_admin or is_organiser(session, team.challenge_id, viewer.id)
    knows = knows_team(session, team, viewer_id=viewer.id, is_admin=viewer.is_admin)
    own = university_id_of(session, team) if knows else None
    return TeamPage(
        team=team,
        challenge=challenge_of(session, team),
        members=members_of(session, team.id or 0) if knows else [],
        university=universities_by_id(session, [own]).get(own or 0),
        places=places_of(session, team, organiser=organiser),
        advisers=advisers_of(session, team.id or 0) if knows else [],
    )


def places_of(session: Session, team: Team, *, organiser: bool = False) -> list[PlaceOn]:
    """Return where a team stands on each board that everybody may see, or its organisers may.

    A team that was taken off the boards stands nowhere.
    """
    phases = phases_of(session, team.challenge_id)
    note_phases(session, phases)
    shown = {On(p.id or 0, board): p for p in phases for board in _shown(p, organiser=organiser)}
    on_any = sa.or_(sa.false(), *(sa.and_(*on_board(on)) for on in shown))
    entries = session.exec(select(Entry).where(Entry.team_id == team.id, on_any)).all()
    found = [(On(e.phase_id, e.board), e) for e in entries]
    above = next_places_of(session, entries)
    placed = [
        _place(session, shown[on], on, entry)._replace(next=above.get((on.phase_id, on.board)))
        for on, entry in found
    ]
    return sorted(placed, key=lambda p: (p.phase.position, p.entry.board is Board.PRIVATE))


def _shown(phase: Phase, *, organiser: bool) -> list[Board]:
    public = served(Board.PUBLIC, frozen=phase.frozen_at is not None, organiser=organiser)
    return [public] if phase.revealed_at is None else [public, Board.PRIVATE]


def _place(session: Session, phase: Phase, on: On, entry: Entry) -> PlaceOn:
    rank = places(session, on, [entry.key])[entry.key]
    return PlaceOn(phase, entry, rank, count_ranked(session, on))
