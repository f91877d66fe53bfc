"""What the boards of a class keep of universities: nothing, where its board is anonymous."""

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.teams.models import Team


def named_university(session: Session, phase: Phase, team: Team) -> int | None:
    """Return the university that a team's entry names: in a small class it would name the team."""
    anonymous = session.get_one(Challenge, phase.challenge_id).anonymous
    return None if anonymous else team.university_id


def follow_anonymity(session: Session, challenge: Challenge) -> None:
    """Let the entries of a challenge's boards name universities, or none any more."""
    phases = sa.select(col(Phase.id)).where(col(Phase.challenge_id) == challenge.id)
    of_team = sa.select(col(Team.university_id)).where(col(Team.id) == col(Entry.team_id))
    named = sa.null() if challenge.anonymous else of_team.scalar_subquery()
    session.execute(
        sa.update(Entry)
        .where(col(Entry.phase_id).in_(phases), col(Entry.team_id).is_not(None))
        .values(university_id=named)
        .execution_options(synchronize_session=False)
    )
