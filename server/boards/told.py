"""What people see under the bell of their submissions' ends, and of results that are out.

No score is told: a board says it to whom it may, and as it may.
"""

from datetime import datetime

from sqlmodel import Session

from server.challenges.models import Challenge, Phase
from server.notifications.actions import notify
from server.submissions.models import Submission
from server.teams.announcements import ask_to_tell


def tell_submitter(session: Session, submission: Submission, *, now: datetime) -> None:
    """Tell whoever sent a submission how it ended; a baseline of the organisers' tells nobody."""
    if submission.team_id is None or submission.account_id is None:
        return
    challenge = session.get_one(Challenge, submission.challenge_id)
    notify(
        session,
        kind=f"submission_{submission.state.value}",
        account_ids=[submission.account_id],
        values={
            "challenge": challenge.title,
            "number": submission.id,
            "file": submission.filename,
        },
        link=f"/submissions/{submission.id}",
        now=now,
    )


def tell_revealed(session: Session, phase: Phase, *, now: datetime) -> None:
    """Have every member of every team told that the final result of a phase is out."""
    challenge = session.get_one(Challenge, phase.challenge_id)
    ask_to_tell(
        session,
        challenge,
        kind="result_revealed",
        said={"phase": phase.title},
        link=f"/challenges/{challenge.slug}/leaderboard?phase={phase.slug}&board=private",
        now=now,
    )
