"""Reads of the work that waits: which submissions nobody scores, and how it stands."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from server.submissions.models import SUBMISSIONS, Submission
from server.submissions.rules import WAITING, SubmissionState, day_of


class QueueFacts(NamedTuple):
    """How the queue stands; times in seconds."""

    waiting: int
    oldest_seconds: float
    failed_today: int


def queue_facts(session: Session, *, now: datetime) -> QueueFacts:
    """Return how many wait, how long the oldest has, and how many failed today."""
    waiting, oldest = session.exec(
        select(func.count(), func.min(Submission.received_at)).where(
            col(Submission.state).in_(WAITING)
        )
    ).one()
    failed = session.exec(
        select(func.count()).where(
            Submission.state == SubmissionState.FAILED, col(Submission.scored_at) >= day_of(now)
        )
    ).one()
    return QueueFacts(waiting, (now - oldest).total_seconds() if oldest else 0.0, failed)


def waiting_ids(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Return the submissions that nobody scores: queued, or with a lease that has run out."""
    query = (
        select(col(Submission.id))
        .where(SUBMISSIONS.free(now))
        .order_by(col(Submission.id))
        .limit(limit)
    )
    return [i for i in session.exec(query) if i is not None]
