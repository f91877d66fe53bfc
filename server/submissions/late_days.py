"""Late days that were said to a class: what was handed in on one stays handed in."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Phase
from server.challenges.rules import late_days
from server.shared.errors import N_, Conflict
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState


def late_days_used(session: Session, challenge: Challenge) -> int:
    """Return the highest late day on which a team handed in a file that may still be graded."""
    query = (
        sa.select(col(Submission.received_at), col(Phase.ends))
        .join(Phase, col(Phase.id) == col(Submission.phase_id))
        .where(
            col(Submission.challenge_id) == challenge.id,
            col(Submission.late).is_(True),
            col(Submission.state).not_in([SubmissionState.REJECTED, SubmissionState.FAILED]),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
        )
    )
    used = [late_days(received_at=at, ends=ends) for at, ends in session.execute(query)]
    return max(used, default=0)


def require_late_days(session: Session, challenge: Challenge, *, before: int, after: int) -> None:
    """Refuse other late days than a class was told, where they would change what was taken.

    Raises:
        Conflict: a phase is revealed already; or a file that was taken in good faith would fall
            out of them.
    """
    if before == after:
        return
    _refuse_after_reveal(session, challenge)
    used = min(late_days_used(session, challenge), before)
    if after < used:
        raise Conflict(
            N_(
                "A team has handed in on late day %(day)s already, as it was told that it could:"
                " late days can't become fewer than that."
            ),
            code="late-days",
            field="late_days",
            day=used,
        )


def _refuse_after_reveal(session: Session, challenge: Challenge) -> None:
    query = select(Phase.id).where(
        Phase.challenge_id == challenge.id, col(Phase.revealed_at).is_not(None)
    )
    if session.exec(query).first() is not None:
        raise Conflict(
            N_("A result is revealed already: the late days stay as they were."),
            code="late-days",
            field="late_days",
        )
