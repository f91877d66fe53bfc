"""Writes of rescoring: a phase's submissions under an evaluation beside the live one."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Phase
from server.evaluations.actions import ended_state, log, write_scores
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.queries import open_evaluations, rescores_of, rescoring_left
from server.evaluations.rules import EvaluationState, RescoreState
from server.evaluations.scoring import Outcome, Report, SolutionReport
from server.shared.database import changed_rows
from server.submissions.models import Submission
from server.submissions.rules import FINAL, MOST_ATTEMPTS, SubmissionState


def queue_rescoring(session: Session, evaluation: Evaluation) -> list[tuple[int, int]]:
    """Queue every submission of the phase that came to an end under a new evaluation.

    Returns the (submission, evaluation) pairs to signal after the commit.
    """
    query = select(Submission).where(
        Submission.phase_id == evaluation.phase_id, col(Submission.state).in_(FINAL)
    )
    ids = [s.id for s in session.exec(query) if s.id is not None]
    session.add_all(Rescore(submission_id=i, evaluation_id=evaluation.id or 0) for i in ids)
    session.flush()
    if not ids:
        _complete(session, evaluation.id or 0)
    return [(i, evaluation.id or 0) for i in ids]


def apply_rescores(session: Session, evaluation: Evaluation) -> None:
    """Bring every submission to the end that the evaluation now live gave it."""
    for submission_id, rescore in rescores_of(session, evaluation.id or 0).items():
        submission = session.get_one(Submission, submission_id)
        submission.state = SubmissionState(rescore.state.value)
        rejected = rescore.state is RescoreState.REJECTED
        submission.message = rescore.message if rejected else None
        submission.faults, submission.fault_count = [], 0
        submission.trace = rescore.trace
        session.add(submission)
    session.flush()


def accept_solution(session: Session, evaluation: Evaluation, *, rows: SolutionReport) -> None:
    """Note that a new evaluation's solution is right; its submissions can be scored."""
    evaluation.state = EvaluationState.SCORING
    evaluation.rows_public, evaluation.rows_private = rows.public_rows, rows.private_rows
    evaluation.has_private = rows.private_rows > 0
    session.add(evaluation)
    session.flush()


def refuse_solution(
    session: Session, evaluation: Evaluation, *, problem: str, now: datetime
) -> None:
    """Note what is wrong with a new evaluation's solution, for its organiser."""
    evaluation.state, evaluation.problem = EvaluationState.REFUSED, problem
    session.add(evaluation)
    phase = session.get_one(Phase, evaluation.phase_id)
    log(session, "evaluation.refused", evaluation, phase, at=now, actor_id=None)


def score_beside(session: Session, submission: Submission) -> list[tuple[int, int]]:
    """Queue a submission that came to its end under every evaluation beside the live one."""
    pairs = []
    for evaluation in open_evaluations(session, submission.phase_id):
        if session.get(Rescore, (submission.id, evaluation.id)) is None:
            session.add(Rescore(submission_id=submission.id or 0, evaluation_id=evaluation.id or 0))
            evaluation.state = EvaluationState.SCORING
            session.add(evaluation)
            pairs.append((submission.id or 0, evaluation.id or 0))
    return pairs


def claim_rescore(
    session: Session, pair: tuple[int, int], *, holder: str, now: datetime, lease: timedelta
) -> bool:
    """Take one submission to score it under one evaluation, and say whether it was free."""
    free = sa.or_(
        col(Rescore.state) == RescoreState.QUEUED,
        sa.and_(col(Rescore.state) == RescoreState.SCORING, col(Rescore.lease_until) < now),
    )
    taken = changed_rows(
        session,
        sa.update(Rescore)
        .where(*_is_pair(pair), free)
        .values(state=RescoreState.SCORING, lease_until=now + lease, lease_holder=holder),
    )
    return taken == 1


def end_rescore(
    session: Session, pair: tuple[int, int], *, holder: str, report: Report, now: datetime
) -> bool:
    """Write what an evaluation says of one submission; the last one completes the evaluation."""
    row = session.exec(
        select(Rescore).where(*_is_pair(pair), Rescore.lease_holder == holder).with_for_update()
    ).first()
    if row is None or row.state is not RescoreState.SCORING:
        return False
    row.attempts += 1
    again = report.outcome is Outcome.FAULT and row.attempts < MOST_ATTEMPTS
    row.state = RescoreState.QUEUED if again else RescoreState(ended_state(report).value)
    row.lease_until = row.lease_holder = None
    row.message, row.trace = report.message or None, report.trace or None
    session.add(row)
    if row.state is RescoreState.SCORED:
        write_scores(session, submission_id=pair[0], evaluation_id=pair[1], report=report, now=now)
    session.flush()
    _complete(session, pair[1])
    return True


def _complete(session: Session, evaluation_id: int) -> None:
    left, _ = rescoring_left(session, evaluation_id)
    if left == 0:
        session.execute(
            sa.update(Evaluation)
            .where(
                col(Evaluation.id) == evaluation_id,
                col(Evaluation.state) == EvaluationState.SCORING,
            )
            .values(state=EvaluationState.COMPLETE)
        )


def give_back_rescores(session: Session, holder: str) -> None:
    """Put back what a worker holds."""
    session.execute(
        sa.update(Rescore)
        .where(
            col(Rescore.state) == RescoreState.SCORING,
            col(Rescore.lease_holder).startswith(holder, autoescape=True),
        )
        .values(state=RescoreState.QUEUED, lease_until=None, lease_holder=None)
    )


def _is_pair(pair: tuple[int, int]) -> tuple[sa.ColumnElement[bool], ...]:
    return (col(Rescore.submission_id) == pair[0], col(Rescore.evaluation_id) == pair[1])
