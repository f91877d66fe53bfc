"""Writes of organisers: take off the board and put back, reveal, try again."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from server.boards.actions import (
    disqualify_submission,
    disqualify_team,
    reinstate_submission,
    reinstate_team,
)
from server.controls.letters import mail_verdict, mail_verdict_on
from server.controls.rules import clean_reason
from server.shared.errors import N_, Conflict
from server.submissions.models import Submission
from server.submissions.queries import submission_by_id
from server.teams.models import Team
from server.teams.queries import team_by_id


class Verdict(StrEnum):
    """What an organiser decides on a submission or a team."""

    DISQUALIFY = "disqualify"
    REINSTATE = "reinstate"


ON_SUBMISSIONS = {
    Verdict.DISQUALIFY: disqualify_submission,
    Verdict.REINSTATE: reinstate_submission,
}


def judge_submission(
    session: Session,
    verdict: Verdict,
    *,
    submission_id: int,
    reason: str,
    actor_id: int,
    now: datetime,
) -> Submission:
    """Take a submission off the board or put it back; the board follows, and the team is told.

    Raises:
        Invalid: no reason is given.
        Conflict: it is so already, or it is a baseline.
    """
    submission = submission_by_id(session, submission_id)
    if submission.team_id is None:
        raise Conflict(N_("A baseline is changed by deploying the challenge."))
    reason = clean_reason(reason)
    ON_SUBMISSIONS[verdict](
        session, submission=submission, reason=reason, actor_id=actor_id, now=now
    )
    mail_verdict_on(session, submission=submission, reason=reason, now=now)
    return submission


def judge_team(
    session: Session,
    verdict: Verdict,
    *,
    team_id: int,
    reason: str,
    actor_id: int,
    now: datetime,
    shown: bool = False,
) -> Team:
    """Take a team off every board or put it back, and tell its members.

    `shown`: boards name it as withdrawn by the organiser.

    Raises:
        Invalid: no reason is given.
        Conflict: it is so already.
    """
    team = team_by_id(session, team_id)
    said: dict[str, Any] = {"reason": clean_reason(reason), "actor_id": actor_id, "now": now}
    if verdict is Verdict.DISQUALIFY:
        disqualify_team(session, team=team, shown=shown, **said)
    else:
        reinstate_team(session, team=team, **said)
    mail_verdict(session, team=team, reason=said["reason"], now=now)
    return team
