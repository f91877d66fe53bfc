"""Writes of organisers: take off the board and put back, reveal, try again."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from server.boards.actions import (
    disqualify_submission,
    disqualify_team,
    reinstate_submission,
    reinstate_team,
)
from server.shared.errors import N_, Conflict, Invalid
from server.submissions.models import Submission
from server.submissions.queries import submission_by_id
from server.teams.models import Team
from server.teams.queries import team_by_id

LONGEST_REASON = 1000


class Verdict(StrEnum):
    """What an organiser decides on a submission or a team."""

    DISQUALIFY = "disqualify"
    REINSTATE = "reinstate"


ON_SUBMISSIONS = {
    Verdict.DISQUALIFY: disqualify_submission,
    Verdict.REINSTATE: reinstate_submission,
}
ON_TEAMS = {Verdict.DISQUALIFY: disqualify_team, Verdict.REINSTATE: reinstate_team}


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise Invalid(N_("Say why: the team and the log will read it."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            N_("A reason has at most %(most)s characters."), field="reason", most=LONGEST_REASON
        )
    return reason


def judge_submission(
    session: Session,
    verdict: Verdict,
    *,
    submission_id: int,
    reason: str,
    actor_id: int,
    now: datetime,
) -> Submission:
    """Take a submission off the board or put it back; the board follows at once.

    Raises:
        Invalid: no reason is given.
        Conflict: it is so already, or it is a baseline.
    """
    submission = submission_by_id(session, submission_id)
    if submission.team_id is None:
        raise Conflict(N_("A baseline is changed by deploying the challenge."))
    ON_SUBMISSIONS[verdict](
        session, submission=submission, reason=_reason(reason), actor_id=actor_id, now=now
    )
    return submission


def judge_team(
    session: Session,
    verdict: Verdict,
    *,
    team_id: int,
    reason: str,
    actor_id: int,
    now: datetime,
) -> Team:
    """Take a team off every board or put it back.

    Raises:
        Invalid: no reason is given.
        Conflict: it is so already.
    """
    team = team_by_id(session, team_id)
    ON_TEAMS[verdict](session, team=team, reason=_reason(reason), actor_id=actor_id, now=now)
    return team
