"""Reads of what somebody is here."""

from typing import NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import account_by_id, managed_by
from server.challenges.models import Challenge, Organiser
from server.challenges.rules import Role
from server.teams.models import Membership, Team
from server.universities.models import University
from server.universities.queries import universities_by_id


class TeamIn(NamedTuple):
    """A team and its challenge."""

    team: Team
    challenge: Challenge


class Me(NamedTuple):
    """What an account is here."""

    account: Account
    university: University | None
    teams: list[TeamIn]
    organises: list[str]
    manages: list[str]


class Run(NamedTuple):
    """A challenge that somebody organises, or judges: reads and does not change."""

    challenge: Challenge
    judges: bool


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


def organised_by(session: Session, account_id: int) -> list[Run]:
    """Return the challenges that an account organises or judges, by title."""
    query = (
        select(Challenge, Organiser.role)
        .join(Organiser, col(Organiser.challenge_id) == col(Challenge.id))
        .where(Organiser.account_id == account_id)
        .order_by(col(Challenge.title))
    )
    return [Run(challenge, role is Role.JUDGE) for challenge, role in session.exec(query)]


def university_of_account(session: Session, account: Account) -> University | None:
    """Return the university that an account belongs to."""
    return universities_by_id(session, [account.university_id]).get(account.university_id or 0)


def me_of(session: Session, account_id: int) -> Me:
    """Return what an account is here."""
    account = account_by_id(session, account_id)
    return Me(
        account=account,
        university=university_of_account(session, account),
        teams=teams_of_account(session, account_id),
        organises=[run.challenge.slug for run in organised_by(session, account_id)],
        manages=[u.slug for u in managed_by(session, account_id)],
    )
