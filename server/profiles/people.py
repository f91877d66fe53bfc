"""Reads of people's and universities' pages, and of what somebody is here."""

from typing import NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import account_by_id, managed_by
from server.boards.team_views import PlaceOn, places_of
from server.challenges.models import Challenge, Organiser
from server.challenges.rules import Visibility
from server.teams.models import Membership, Team
from server.universities.models import University
from server.universities.queries import universities_by_id


class TeamIn(NamedTuple):
    """A team and its challenge."""

    team: Team
    challenge: Challenge


class Placed(NamedTuple):
    """A team, its challenge, and its place on the last board that everybody may see."""

    team: Team
    challenge: Challenge
    place: PlaceOn | None


class PersonPage(NamedTuple):
    """What everybody may see of a person."""

    account: Account
    university: University | None
    teams: list[Placed]


class Me(NamedTuple):
    """What an account is here."""

    account: Account
    university: University | None
    teams: list[TeamIn]
    organises: list[str]
    manages: list[str]


def teams_of_account(session: Session, account_id: int) -> list[TeamIn]:
    """Return the teams that an account is in, the newest first."""
    query = (
        select(Team, Challenge)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .join(Challenge, col(Challenge.id) == col(Team.challenge_id))
        .where(Membership.account_id == account_id, col(Team.closed_at).is_(None))
        .order_by(col(Team.id).desc())
    )
    return [TeamIn(team, challenge) for team, challenge in session.exec(query)]


def organised_by(session: Session, account_id: int) -> list[Challenge]:
    """Return the challenges that an account organises, by title."""
    query = (
        select(Challenge)
        .join(Organiser, col(Organiser.challenge_id) == col(Challenge.id))
        .where(Organiser.account_id == account_id)
        .order_by(col(Challenge.title))
    )
    return list(session.exec(query))


def person_page(session: Session, account_id: int) -> PersonPage:
    """Return a person's page. Raises NotFound."""
    account = account_by_id(session, account_id)
    public = [
        found
        for found in teams_of_account(session, account_id)
        if found.challenge.visibility is Visibility.PUBLIC
    ]
    return PersonPage(
        account=account,
        university=_university(session, account),
        teams=[Placed(t, c, _last_place(session, t)) for t, c in public],
    )


def _university(session: Session, account: Account) -> University | None:
    return universities_by_id(session, [account.university_id]).get(account.university_id or 0)


def _last_place(session: Session, team: Team) -> PlaceOn | None:
    found = places_of(session, team)
    return found[-1] if found else None


def me_of(session: Session, account_id: int) -> Me:
    """Return what an account is here."""
    account = account_by_id(session, account_id)
    return Me(
        account=account,
        university=_university(session, account),
        teams=teams_of_account(session, account_id),
        organises=[c.slug for c in organised_by(session, account_id)],
        manages=[u.slug for u in managed_by(session, account_id)],
    )
