"""A team's own decisions on a submission: pick it, drop the pick, withdraw it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.entries import hold_team, rebuild_team
from server.challenges.models import Phase
from server.shared.errors import N_, Forbidden
from server.submissions.actions import select_final, unselect_final, withdraw
from server.submissions.models import Submission
from server.submissions.queries import submission_by_id
from server.teams.queries import is_member


class Choice(StrEnum):
    """What a team decides on one of its submissions."""

    SELECT = "select"
    UNSELECT = "unselect"
    WITHDRAW = "withdraw"


VERBS = {
    Choice.SELECT: select_final,
    Choice.UNSELECT: unselect_final,
    Choice.WITHDRAW: withdraw,
}


def decide(
    session: Session, choice: Choice, *, submission_id: int, actor_id: int, now: datetime
) -> Submission:
    """Do what a member decides, and bring the team's entries up to date with it.

    Raises:
        Forbidden: the actor is not in the team (an organiser decides nothing for it).
        Conflict: as the verb says.
    """
    # The submission before its team, as a score on its way does; two picks then count in turn.
    session.execute(
        sa.select(col(Submission.id))
        .where(col(Submission.id) == submission_id)
        .with_for_update(key_share=True)
    )
    submission = submission_by_id(session, submission_id)
    if submission.team_id is None or not is_member(session, submission.team_id, actor_id):
        raise Forbidden(N_("Only the members of the team may decide this."), code="not-a-member")
    hold_team(session, submission.team_id)
    session.refresh(submission)
    phase = session.get_one(Phase, submission.phase_id)
    VERBS[choice](session, submission=submission, phase=phase, actor_id=actor_id, now=now)
    session.flush()
    rebuild_team(session, team_id=submission.team_id, now=now)
    return submission
