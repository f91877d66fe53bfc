"""A team as everybody sees it: its members, its university, and its places."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.boards.models import Entry
from server.boards.rows import On, count_ranked, places
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.evaluations.rules import Board
from server.teams.models import Team
from server.teams.queries import challenge_of, members_of, university_id_of
from server.universities.models import University
from server.universities.queries import universities_by_id


class PlaceOn(NamedTuple):
    """A team's place on one board of a phase."""

    phase: Phase
    entry: Entry
    rank: int | None
    teams: int


class TeamPage(NamedTuple):
    """What the page of a team shows."""

    team: Team
    challenge: Challenge
    members: list[Account]
    university: University | None
    places: list[PlaceOn]


def team_page(session: Session, team: Team) -> TeamPage:
    """Return the page of a team; private places only of phases that are revealed."""
    own = university_id_of(session, team)
    return TeamPage(
        team=team,
        challenge=challenge_of(session, team),
        members=members_of(session, team.id or 0),
        university=universities_by_id(session, [own]).get(own or 0),
        places=places_of(session, team),
    )


def places_of(session: Session, team: Team) -> list[PlaceOn]:
    """Return where a team stands on each board that everybody may see."""
    phases = {p.id or 0: p for p in phases_of(session, team.challenge_id)}
    revealed = [k for k, p in phases.items() if p.revealed_at is not None]
    shown = col(Entry.board) == Board.PUBLIC
    if revealed:
        final = sa.and_(col(Entry.board) == Board.PRIVATE, col(Entry.phase_id).in_(revealed))
        shown = sa.or_(shown, final)
    entries = session.exec(select(Entry).where(col(Entry.team_id) == team.id, shown)).all()
    found = [_place(session, phases[e.phase_id], e) for e in entries]
    return sorted(found, key=lambda p: (p.phase.position, p.entry.board is Board.PRIVATE))


def _place(session: Session, phase: Phase, entry: Entry) -> PlaceOn:
    on = On(entry.phase_id, entry.board)
    rank = places(session, on, [entry.key])[entry.key] if entry.ranked else None
    return PlaceOn(phase, entry, rank, count_ranked(session, on))
