"""One ladder for whoever climbs it: nobody begins another by way of a new team.

A ladder answers a team's first file with its very score. Who could leave, found a team, hear the
score of one more file and merge back would learn every score, and the ladder would hide nothing.
"""

import sqlalchemy as sa
from sqlmodel import Session, col

from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.shared.errors import N_, Forbidden
from server.shared.events import Event
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Membership, Team

PARTED = ("member.left", "member.removed")


def require_same_ladder(session: Session, *, team: Team, phase: Phase) -> None:
    """Refuse the first file of a team to a ladder where a member comes from one that had begun.

    Raises:
        Forbidden: somebody of the team left another, which had submitted, since the phase began.
    """
    if phase.ranking is not Ranking.LADDER or _has_begun(session, team, phase):
        return
    if _comes_from_another(session, team, phase):
        raise Forbidden(
            N_(
                "On a ladder each answer builds on those before. Somebody of your team was in "
                "another one that has submitted, and can't begin a new ladder: go on in a team "
                "that has submitted to this phase."
            ),
            code="new-ladder",
        )


def _has_begun(session: Session, team: Team, phase: Phase) -> bool:
    # One that was rejected has no answer to build on.
    scored = sa.select(col(Submission.id)).where(
        col(Submission.team_id) == team.id,
        col(Submission.phase_id) == phase.id,
        col(Submission.state) == SubmissionState.SCORED,
        col(Submission.late).is_(False),
    )
    return session.execute(scored.limit(1)).first() is not None


def _comes_from_another(session: Session, team: Team, phase: Phase) -> bool:
    members = sa.select(col(Membership.account_id)).where(col(Membership.team_id) == team.id)
    # By the moment of its first file: its submissions may be another team's since, by a merger.
    parted = (
        sa.select(col(Event.id))
        .join(Team, col(Team.id) == col(Event.team_id))
        .where(
            col(Event.challenge_id) == phase.challenge_id,
            col(Event.kind).in_(PARTED),
            col(Event.subject_id).in_(members),
            col(Event.team_id) != team.id,
            col(Event.at) >= phase.starts,
            col(Team.fixed_at) <= col(Event.at),
        )
    )
    return session.execute(parted.limit(1)).first() is not None
