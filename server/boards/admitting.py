"""Whom the result of a phase admits to the one that follows it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.queries import admitted_teams, private_board_of
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.challenges.rules import INCLUSIVE
from server.notifications.actions import notify
from server.submissions.models import Admission
from server.teams.models import Membership, Team


def admit(session: Session, phase: Phase) -> list[int]:
    """Admit the first teams of a phase to the next one; return those that were not before.

    Nobody loses a place: whoever was admitted once may have begun.
    """
    following = _following(session, phase)
    if following is None or following.admit_top is None:
        return []
    board = private_board_of(session, phase)
    first = admitted_teams(session, phase.id or 0, board, top=following.admit_top)
    before = sa.select(col(Admission.team_id)).where(col(Admission.phase_id) == following.id)
    new = sorted(set(first) - set(session.execute(before).scalars()))
    session.add_all(Admission(phase_id=following.id or 0, team_id=team) for team in new)
    session.flush()
    return new


def admit_since(session: Session, phase: Phase, *, now: datetime) -> None:
    """Admit whom a correction or a decision after the reveal brought among the first; tell them."""
    if phase.revealed_at is not None:
        tell_admitted(session, phase, admit(session, phase), now=now)


def tell_admitted(session: Session, phase: Phase, team_ids: list[int], *, now: datetime) -> None:
    """Tell teams that the result of a phase brought them into the next, while that one lasts."""
    following = _following(session, phase)
    if following is None or now >= following.ends + INCLUSIVE:
        return
    for team in session.exec(select(Team).where(col(Team.id).in_(team_ids))).all():
        _tell(session, team, following, now=now)


def admit_beside(session: Session, challenge_id: int, *, now: datetime) -> None:
    """Admit whom a decision on a team or a submission brought among the first of any phase."""
    for phase in phases_of(session, challenge_id):
        admit_since(session, phase, now=now)


def _following(session: Session, phase: Phase) -> Phase | None:
    phases = phases_of(session, phase.challenge_id)
    return next((p for p in phases if p.position == phase.position + 1), None)


def _tell(session: Session, team: Team, following: Phase, *, now: datetime) -> None:
    challenge = session.get_one(Challenge, team.challenge_id)
    notify(
        session,
        kind="team_admitted",
        account_ids=sa.select(col(Membership.account_id)).where(col(Membership.team_id) == team.id),
        values={"challenge": challenge.title, "team": team.name, "phase": following.title},
        link=f"/challenges/{challenge.slug}/submit",
        now=now,
    )
