"""Writes of scoring: claim, give back, end. Every claim is a conditional UPDATE."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from server.submissions.actions import log
from server.submissions.models import SUBMISSIONS, Submission
from server.submissions.rules import AGAIN_AFTER, MOST_ATTEMPTS, MOST_INTERRUPTIONS, SubmissionState


def claim(
    session: Session, submission_id: int, *, holder: str, now: datetime, lease: timedelta
) -> Submission | None:
    """Take a submission to score it, or return None: somebody else has it, or it is done."""
    which = col(Submission.id) == submission_id
    taken = SUBMISSIONS.claim(session, which, holder=holder, now=now, lease=lease)
    if not taken:
        return None
    return session.get(Submission, submission_id, populate_existing=True)


def hold_longer(session: Session, submission_id: int, *, holder: str, until: datetime) -> bool:
    """Keep a claimed submission until later, and say whether it was still ours to keep."""
    which = col(Submission.id) == submission_id
    return SUBMISSIONS.extend(session, which, holder=holder, until=until)


def finish(
    session: Session, submission_id: int, *, holder: str, state: SubmissionState, **values: Any
) -> bool:
    """Bring a claimed submission to an end, and say whether it was still ours to end."""
    which = col(Submission.id) == submission_id
    return SUBMISSIONS.end(session, which, holder=holder, state=state, **values)


def try_again_or_fail(
    session: Session, submission: Submission, *, holder: str, trace: str, now: datetime
) -> SubmissionState:
    """After a fault of ours: back to the queue, for a while, or failed at the last try."""
    attempts = submission.attempts + 1
    last = attempts >= MOST_ATTEMPTS
    state = SubmissionState.FAILED if last else SubmissionState.QUEUED
    values: dict[str, Any] = {"attempts": attempts, "trace": trace, "trace_said": None}
    if last:
        values |= {"scored_at": now, "message": None}
    else:
        values["again_at"] = now + AGAIN_AFTER[attempts - 1]
    assert submission.id is not None
    ours = finish(session, submission.id, holder=holder, state=state, **values)
    if last and ours:
        log(session, "submission.failed", submission, at=now, actor_id=None)
    return state


def fail_interrupted(session: Session, *, now: datetime) -> Sequence[Submission]:
    """Fail what took its worker down too often; a file that kills every worker must end."""
    query = (
        select(Submission)
        .where(
            Submission.state == SubmissionState.QUEUED,
            Submission.interruptions >= MOST_INTERRUPTIONS,
        )
        # Locked, so that no worker claims one between this look and the write.
        .with_for_update(skip_locked=True)
    )
    failed = session.exec(query).all()
    for submission in failed:
        submission.state = SubmissionState.FAILED
        submission.scored_at = now
        submission.trace = f"The worker died {submission.interruptions} times while it scored this."
        submission.trace_said = None
        session.add(submission)
        log(session, "submission.failed", submission, at=now, actor_id=None)
    return failed
