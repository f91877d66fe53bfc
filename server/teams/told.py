"""What stands under the bell of one who was invited, came or went."""

from collections.abc import Mapping, Set
from datetime import datetime

from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_email
from server.notifications.actions import notify
from server.notifications.rules import CASE
from server.teams.models import Team
from server.teams.queries import challenge_of, members_of


def tell_invited(session: Session, *, team: Team, email: str, by: str, now: datetime) -> None:
    """Tell whoever has confirmed an address that a team invites it; the letter goes anyway."""
    account = account_by_email(session, email)
    if account is None or account.confirmed_at is None:
        return
    challenge = challenge_of(session, team)
    notify(
        session,
        kind="team_invited",
        account_ids=[account.id or 0],
        values={"challenge": challenge.title, "team": team.name, "person": by},
        link=f"/teams/join/{team.code}",
        now=now,
    )


def tell_joined(session: Session, *, team: Team, account: Account, now: datetime) -> None:
    """Tell the others of a team that somebody joined it."""
    _tell_others(
        session, "team_joined", team, but={account.id}, now=now, values={"comer": account.name}
    )


def tell_left(
    session: Session, *, team: Team, account: Account, actor_id: int, now: datetime
) -> None:
    """Tell those who stay in a team that somebody left it, or was taken out by one of them."""
    values = {"leaver": account.name}
    if actor_id != account.id:
        values[CASE] = "removed"
    _tell_others(session, "team_left", team, but={account.id, actor_id}, now=now, values=values)


def _tell_others(
    session: Session,
    kind: str,
    team: Team,
    *,
    but: Set[int | None],
    now: datetime,
    values: Mapping[str, str],
) -> None:
    others = {member.id or 0 for member in members_of(session, team.id or 0)} - but
    if not others:
        return
    challenge = challenge_of(session, team)
    notify(
        session,
        kind=kind,
        account_ids=others,
        values={"challenge": challenge.title, "team": team.name, **values},
        link=f"/challenges/{challenge.slug}/team",
        now=now,
    )
