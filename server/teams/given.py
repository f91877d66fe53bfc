"""Reads of what organisers gave teams beyond the quotas."""

from typing import NamedTuple

from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Phase
from server.teams.models import ExtraSubmissions, Team


class Given(NamedTuple):
    """What one team was given beyond the quotas of a phase."""

    given: ExtraSubmissions
    team: Team
    phase: Phase


def given_in(session: Session, challenge: Challenge, team: Team | None = None) -> list[Given]:
    """Return what the teams of a challenge, or one of them, were given; the newest first."""
    query = (
        select(ExtraSubmissions, Team, Phase)
        .join(Team, col(Team.id) == col(ExtraSubmissions.team_id))
        .join(Phase, col(Phase.id) == col(ExtraSubmissions.phase_id))
        .where(Phase.challenge_id == challenge.id)
        .order_by(col(ExtraSubmissions.id).desc())
    )
    if team is not None:
        query = query.where(Team.id == team.id)
    return [Given(*row) for row in session.exec(query)]
