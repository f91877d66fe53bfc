"""A team as everybody sees it: its members, its university, and its places."""

from typing import NamedTuple

from sqlmodel import Session

from server.accounts.models import Account
from server.boards.team_places import PlaceOn, places_of
from server.challenges.models import Challenge
from server.challenges.queries import is_organiser
from server.shared.access import Viewer
from server.teams.advising import People, people_of
from server.teams.models import Team
from server.teams.queries import challenge_of, knows_team, universities_of, university_id_of
from server.universities.models import University


class TeamPage(NamedTuple):
    """What the page of a team shows."""

    team: Team
    challenge: Challenge
    members: list[Account]
    universities: list[University]
    places: list[PlaceOn]
    advisers: list[Account]


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
