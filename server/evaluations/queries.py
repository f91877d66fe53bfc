"""Reads of evaluations and scores."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.shared.errors import N_, NotFound


def evaluation_by_id(session: Session, evaluation_id: int) -> Evaluation:
    """Return an evaluation. Raises NotFound."""
    evaluation = session.get(Evaluation, evaluation_id)
    if evaluation is None:
        raise NotFound(N_("There is no such evaluation."))
    return evaluation


def live_evaluation(session: Session, phase_id: int | None) -> Evaluation | None:
    """Return the evaluation that a phase's boards stand on."""
    query = select(Evaluation).where(
        Evaluation.phase_id == phase_id, Evaluation.state == EvaluationState.LIVE
    )
    return session.exec(query).first()


def evaluations_of(session: Session, phase_id: int) -> list[Evaluation]:
    """Return all evaluations of a phase, the newest first."""
    query = (
        select(Evaluation)
        .where(Evaluation.phase_id == phase_id)
        .order_by(col(Evaluation.number).desc())
    )
    return list(session.exec(query))


def open_evaluations(session: Session, phase_id: int) -> list[Evaluation]:
    """Return the evaluations beside the live one that new submissions are scored under too."""
    states = (EvaluationState.SCORING, EvaluationState.COMPLETE)
    query = select(Evaluation).where(
        Evaluation.phase_id == phase_id, col(Evaluation.state).in_(states)
    )
    return list(session.exec(query))


def next_number(session: Session, phase_id: int) -> int:
    """Return the number of a phase's next evaluation."""
    query = select(func.coalesce(func.max(Evaluation.number), 0)).where(
        Evaluation.phase_id == phase_id
    )
    return int(session.exec(query).one()) + 1


def scores_of(
    session: Session, submission_ids: Iterable[int], *, board: Board
) -> dict[tuple[int, int], Score]:
    """Return scores by (submission, evaluation) on one board; the other is not read."""
    query = select(Score).where(
        col(Score.submission_id).in_(set(submission_ids)), Score.board == board
    )
    return {(s.submission_id, s.evaluation_id): s for s in session.exec(query)}


def score_on(
    session: Session, *, submission_id: int, evaluation_id: int, board: Board
) -> Score | None:
    """Return one submission's score on one board."""
    query = select(Score).where(
        Score.submission_id == submission_id,
        Score.evaluation_id == evaluation_id,
        Score.board == board,
    )
    return session.exec(query).first()


def replicates_of(
    session: Session, submission_ids: Iterable[int], *, evaluation_id: int, board: Board
) -> dict[int, bytes]:
    """Return the stored replicates by submission."""
    query = (
        select(col(Score.submission_id), col(Replicates.data))
        .join(Replicates, col(Replicates.score_id) == col(Score.id))
        .where(
            col(Score.submission_id).in_(set(submission_ids)),
            Score.evaluation_id == evaluation_id,
            Score.board == board,
        )
    )
    return {int(submission): data for submission, data in session.execute(query)}


def rescoring_left(session: Session, evaluation_id: int) -> tuple[int, int]:
    """Return how many submissions of an evaluation are still to score, and how many in all."""
    waiting = (RescoreState.QUEUED, RescoreState.SCORING)
    query = select(
        func.coalesce(func.sum(sa.case((col(Rescore.state).in_(waiting), 1), else_=0)), 0),
        func.count(),
    ).where(Rescore.evaluation_id == evaluation_id)
    left, total = session.exec(query).one()
    return int(left), int(total)


def received_evaluations(session: Session) -> list[int]:
    """Return the evaluations whose solution nobody has looked at."""
    query = select(col(Evaluation.id)).where(Evaluation.state == EvaluationState.RECEIVED)
    return [i for i in session.exec(query) if i is not None]


def waiting_rescores(session: Session, *, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (submission, evaluation) pairs that nobody scores."""
    free = sa.or_(
        col(Rescore.state) == RescoreState.QUEUED,
        sa.and_(col(Rescore.state) == RescoreState.SCORING, col(Rescore.lease_until) < now),
    )
    query = (
        sa.select(col(Rescore.submission_id), col(Rescore.evaluation_id))
        .where(free)
        .order_by(col(Rescore.evaluation_id), col(Rescore.submission_id))
        .limit(limit)
    )
    return [(int(s), int(e)) for s, e in session.execute(query)]


def rescore_holders(session: Session) -> set[str]:
    """Return who holds a lease on a rescore now."""
    query = select(col(Rescore.lease_holder)).where(Rescore.state == RescoreState.SCORING)
    return {holder for holder in session.exec(query) if holder}


def rescores_of(session: Session, evaluation_id: int) -> dict[int, Rescore]:
    """Return how each submission fares under an evaluation, by submission."""
    query = select(Rescore).where(Rescore.evaluation_id == evaluation_id)
    return {r.submission_id: r for r in session.exec(query)}
