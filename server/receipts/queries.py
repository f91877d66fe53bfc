"""Reads for receipts: the listed keys, and what a submission's receipt states."""

from datetime import datetime

from sqlmodel import Session, col, select

from server.audit.queries import head_of
from server.boards.submission_schemas import SubmissionOut, submission_out
from server.boards.submission_views import view_of
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.receipts.models import ReceiptKey
from server.receipts.rules import require_result
from server.receipts.schemas import (
    KeyOut,
    KeysOut,
    ReceiptBody,
    ReceiptLogHead,
    ReceiptReceived,
    ReceiptResult,
)
from server.shared.canonical import moment_text
from server.submissions.models import Submission
from server.submissions.queries import submission_by_id
from server.submissions.rules import SubmissionState


def listed_keys(session: Session, *, issuer: str) -> KeysOut:
    """Return every key that receipts are or were signed with, the newest first."""
    query = select(ReceiptKey).order_by(col(ReceiptKey.since).desc(), col(ReceiptKey.kid))
    keys = [
        KeyOut(kid=row.kid, key=row.public_key, since=moment_text(row.since))
        for row in session.exec(query)
    ]
    return KeysOut(issuer=issuer, keys=keys)


def receipt_body(
    session: Session, submission_id: int, *, issuer: str, kid: str, now: datetime
) -> ReceiptBody:
    """Return what a receipt of a submission states: no more than its team is shown.

    Raises:
        NotFound: there is no such submission.
        Conflict: it has no result.
    """
    submission = submission_by_id(session, submission_id)
    # Also for an organiser who asks: a receipt is made to be passed on.
    shown = submission_out(view_of(session, submission, for_organisers=False), failed="")
    require_result(shown.state)
    head = head_of(session)
    return ReceiptBody(
        issuer=issuer,
        kid=kid,
        issued_at=moment_text(now),
        received=_received(submission, shown),
        result=_result(session, submission, shown),
        log_head=ReceiptLogHead(number=head.number, hash=head.hash) if head.number else None,
    )


def _received(submission: Submission, shown: SubmissionOut) -> ReceiptReceived:
    return ReceiptReceived.model_validate(
        {
            **shown.model_dump(include={"challenge", "phase", "team", "filename", "size"}),
            "submission": shown.id,
            "sha256": submission.sha256,
            "received_at": moment_text(submission.received_at),
            "late": submission.late,
        }
    )


def _result(session: Session, submission: Submission, shown: SubmissionOut) -> ReceiptResult:
    evaluation = live_evaluation(session, submission.phase_id)
    rejected = shown.state is SubmissionState.REJECTED
    return ReceiptResult.model_validate(
        {
            **shown.model_dump(include={"score", "private_score"}),
            "state": shown.state.value,
            "scored_at": _text(_said_at(evaluation, shown)),
            "evaluation": evaluation and evaluation.number,
            "scorer": evaluation and evaluation.scorer,
            "scorer_version": evaluation and evaluation.scorer_version,
            "message": shown.message if rejected else None,
            "withdrawn_at": _text(submission.withdrawn_at),
            "disqualified_at": _text(submission.disqualified_at),
        }
    )


def _said_at(evaluation: Evaluation | None, shown: SubmissionOut) -> datetime | None:
    """Return when the result was said: a rejection by a correction, when that went live."""
    moments = [shown.scored_at]
    if shown.state is SubmissionState.REJECTED and evaluation is not None:
        moments.append(evaluation.live_at)
    return max((moment for moment in moments if moment is not None), default=None)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
