"""Who is in a class: those who take part, and those who were invited and have not come yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.challenges.models import Challenge, Invitation, Participation, Phase
from server.classes.rules import late_until
from server.shared.events import Event
from server.submissions.models import Submission
from server.submissions.rules import INCLUSIVE
from server.teams.models import Membership, Team

# Who came is the event's actor, who went its subject.
_CAME, _WENT = ("team.created", "member.joined"), ("member.left", "member.removed")


class Student(NamedTuple):
    """Somebody of a class: the address only where the organisers invited it themselves.

    Whoever has not joined is an address and nothing else: whether there is an account of it, and
    whose, is told to nobody before that person comes.
    """

    account_id: int | None
    name: str
    email: str | None
    team: Team | None


def students_of(
    session: Session, challenge: Challenge, phase: Phase | None = None
) -> list[Student]:
    """Return who takes part, by name, then the addresses that were invited and have not come.

    `phase`: each with the team that the work of that phase was done in, whoever is in it now.
    """
    invited = set(_invited(session, challenge))
    query = (
        sa.select(Account)
        .join(Participation, col(Participation.account_id) == col(Account.id))
        .where(col(Participation.challenge_id) == challenge.id, col(Account.closed_at).is_(None))
        .order_by(col(Account.name), col(Account.id))
    )
    accounts = session.execute(query).scalars().all()
    teams = _teams(session, challenge, phase)
    found = [
        Student(a.id, a.name, a.email if a.email in invited else None, teams.get(a.id or 0))
        for a in accounts
    ]
    missing = sorted(invited - {student.email for student in found})
    return found + [Student(None, "", address, None) for address in missing]


def _teams(session: Session, challenge: Challenge, phase: Phase | None) -> dict[int, Team]:
    """Return everybody's team; of a phase the one at its end, at the end of its late days, or else
    the one that the person handed something in for."""
    known = {
        team.id: team
        for team in session.exec(select(Team).where(Team.challenge_id == challenge.id))
    }
    members = session.exec(select(Membership).where(Membership.challenge_id == challenge.id)).all()
    if phase is None:
        return {member.account_id: known[member.team_id] for member in members}
    until = late_until(ends=phase.ends, days=challenge.late_days)
    ids = {
        **_handed_in_for(session, phase),
        **_teams_at(session, challenge, members, until),
        **_teams_at(session, challenge, members, phase.ends),
    }
    return {account_id: _as_merged(known[team_id], known) for account_id, team_id in ids.items()}


def _teams_at(
    session: Session, challenge: Challenge, members: Sequence[Membership], moment: datetime
) -> dict[int, int]:
    """Return whom each team had at a moment: as it is now, but for what the log has since then."""
    teams = {member.account_id: member.team_id for member in members}
    query = select(Event).where(
        Event.challenge_id == challenge.id,
        col(Event.kind).in_((*_CAME, *_WENT)),
        col(Event.at) >= moment + INCLUSIVE,
    )
    # Backwards: what an event changed is taken back, the first since the moment at last.
    for event in session.exec(query.order_by(col(Event.id).desc())):
        if event.kind in _CAME and event.actor_id is not None:
            teams.pop(event.actor_id, None)
        elif event.subject_id is not None and event.team_id is not None:
            teams[event.subject_id] = event.team_id
    return teams


def _handed_in_for(session: Session, phase: Phase) -> dict[int, int]:
    """Return for which team each person handed something in last."""
    query = (
        select(Submission.account_id, Submission.team_id)
        .where(
            Submission.phase_id == phase.id,
            col(Submission.account_id).is_not(None),
            col(Submission.team_id).is_not(None),
        )
        .order_by(col(Submission.id))
    )
    return {account_id or 0: team_id or 0 for account_id, team_id in session.exec(query)}


def _as_merged(team: Team, known: Mapping[int | None, Team]) -> Team:
    """Return the team that has a team's submissions now."""
    while team.merged_into is not None:
        team = known[team.merged_into]
    return team


def _invited(session: Session, challenge: Challenge) -> Sequence[str]:
    query = select(Invitation.email).where(Invitation.challenge_id == challenge.id)
    return session.exec(query).all()
