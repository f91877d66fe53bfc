"""What the members of a team see under the bell of one who came or went."""

from datetime import datetime

from sqlmodel import Session

from server.accounts.models import Account
from server.notifications.actions import notify
from server.teams.models import Team
from server.teams.queries import challenge_of, members_of


def tell_joined(session: Session, *, team: Team, account: Account, now: datetime) -> None:
    """Tell the others of a team that somebody joined it."""
    _tell_others(session, "team_joined", team, account, "comer", now)


def tell_left(session: Session, *, team: Team, account: Account, now: datetime) -> None:
    """Tell those who stay in a team that somebody left it, or was taken out."""
    _tell_others(session, "team_left", team, account, "leaver", now)


def _tell_others(
    session: Session, kind: str, team: Team, account: Account, as_what: str, now: datetime
) -> None:
    others = {member.id or 0 for member in members_of(session, team.id or 0)} - {account.id}
    if not others:
        return
    challenge = challenge_of(session, team)
    notify(
        session,
        kind=kind,
        account_ids=others,
        values={"challenge": challenge.title, "team": team.name, as_what: account.name},
        link=f"/challenges/{challenge.slug}/team",
        now=now,
    )
