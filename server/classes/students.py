"""Who is in a class: those who take part, and those who were invited and have not come yet."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.challenges.models import Challenge, Invitation, Participation
from server.teams.models import Membership, Team


class Student(NamedTuple):
    """Somebody of a class: the address only where the organisers invited it themselves.

    Whoever has not joined is an address and nothing else: whether there is an account of it, and
    whose, is told to nobody before that person comes.
    """

    account_id: int | None
    name: str
    email: str | None
    team: Team | None


def students_of(session: Session, challenge: Challenge) -> list[Student]:
    """Return who takes part, by name, then the addresses that were invited and have not come."""
    invited = set(_invited(session, challenge))
    query = (
        sa.select(Account, Team)
        .join(Participation, col(Participation.account_id) == col(Account.id))
        .outerjoin(
            Membership,
            sa.and_(
                col(Membership.account_id) == col(Account.id),
                col(Membership.challenge_id) == challenge.id,
            ),
        )
        .outerjoin(Team, col(Team.id) == col(Membership.team_id))
        .where(col(Participation.challenge_id) == challenge.id, col(Account.closed_at).is_(None))
        .order_by(col(Account.name), col(Account.id))
    )
    found = [
        Student(a.id, a.name, a.email if a.email in invited else None, team)
        for a, team in session.execute(query)
    ]
    missing = sorted(invited - {student.email for student in found})
    return found + [Student(None, "", address, None) for address in missing]


def _invited(session: Session, challenge: Challenge) -> Sequence[str]:
    query = select(Invitation.email).where(Invitation.challenge_id == challenge.id)
    return session.exec(query).all()
