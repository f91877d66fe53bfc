"""Reads of failed submissions: the first of a day are given back, further ones count."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.submissions.models import Submission
from server.submissions.rules import FAILURES_GIVEN_BACK, SubmissionState, day_of


def failed_by_phase(
    session: Session, team_ids: Iterable[int], *, late: bool = False
) -> dict[tuple[int, int], list[datetime]]:
    """Return when the failed submissions of teams were received, by the team and the phase."""
    query = sa.select(
        col(Submission.team_id), col(Submission.phase_id), col(Submission.received_at)
    ).where(
        col(Submission.team_id).in_(set(team_ids)),
        col(Submission.state) == SubmissionState.FAILED,
        col(Submission.late).is_(late),
    )
    found: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for team_id, phase_id, received_at in session.execute(query):
        found[team_id, phase_id].append(received_at)
    return found


def is_given_back(session: Session, submission: Submission) -> bool:
    """Whether a failed submission takes nothing from its team's quota."""
    day = day_of(submission.received_at)
    before = select(func.count()).where(
        Submission.team_id == submission.team_id,
        Submission.phase_id == submission.phase_id,
        Submission.state == SubmissionState.FAILED,
        Submission.late == submission.late,
        col(Submission.received_at) >= day,
        sa.tuple_(col(Submission.received_at), col(Submission.id))
        < sa.tuple_(sa.literal(submission.received_at), sa.literal(submission.id)),
    )
    return session.exec(before).one() < FAILURES_GIVEN_BACK
