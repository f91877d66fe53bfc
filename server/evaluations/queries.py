"""Reads of evaluations and scores."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.evaluations.models import (
    NONE_TO_BE_HAD,
    RESCORES,
    Evaluation,
    Replicates,
    Rescore,
    Score,
)
from server.evaluations.rules import BESIDE, UNDECIDED, Board, EvaluationState, RescoreState
from server.shared.caching import once
from server.shared.errors import N_, NotFound
from server.submissions.models import Submission
from server.submissions.rules import FINAL

WAITING = (RescoreState.QUEUED, RescoreState.SCORING)
# What may be begun by an upload, and given up before anybody looked at it.
UPLOADED = (EvaluationState.RECEIVED, EvaluationState.REFUSED, EvaluationState.DISCARDED)
# Made once: to build it takes as long as to run it, in each request of a board.
LIVE_OF_PHASE = select(Evaluation).where(
    Evaluation.phase_id == sa.bindparam("phase_id"), Evaluation.state == EvaluationState.LIVE
)


def evaluation_by_id(session: Session, evaluation_id: int) -> Evaluation:
    """Return an evaluation. Raises NotFound."""
    evaluation = session.get(Evaluation, evaluation_id)
    if evaluation is None:
        raise NotFound(N_("There is no such evaluation."))
    return evaluation


def live_evaluation(session: Session, phase_id: int | None) -> Evaluation | None:
    """Return the evaluation that a phase's boards stand on."""
    name, of = ("live evaluation", phase_id), {"phase_id": phase_id}
    return once(session, name, lambda: session.exec(LIVE_OF_PHASE, params=of).first())


def live_by_phase(session: Session, phase_ids: Iterable[int]) -> dict[int, Evaluation]:
    """Return the live evaluations of phases, by phase; a page that asks again finds them."""
    ids = frozenset(phase_ids)
    found = once(session, ("live evaluations", ids), lambda: _live_by_phase(session, ids))
    return dict(found)


def _live_by_phase(session: Session, ids: Collection[int]) -> dict[int, Evaluation]:
    query = select(Evaluation).where(
        col(Evaluation.phase_id).in_(ids), Evaluation.state == EvaluationState.LIVE
    )
    return {found.phase_id: found for found in session.exec(query)}


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
    query = select(Evaluation).where(
        Evaluation.phase_id == phase_id, col(Evaluation.state).in_(BESIDE)
    )
    return list(session.exec(query))


def undecided_evaluations(session: Session, phase_id: int) -> list[Evaluation]:
    """Return the evaluations that are neither live nor given up yet, the oldest first."""
    query = select(Evaluation).where(
        Evaluation.phase_id == phase_id, col(Evaluation.state).in_(UNDECIDED)
    )
    return list(session.exec(query.order_by(col(Evaluation.number))))


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
    found = session.execute(query)
    return {int(submission): data for submission, data in found if data != NONE_TO_BE_HAD}


class Rescoring(NamedTuple):
    """How far an evaluation is scored, and how it ended for how many."""

    waiting: int
    scored: int
    rejected: int
    failed: int

    @property
    def total(self) -> int:
        """How many submissions there are under it."""
        return sum(self)

    @property
    def done(self) -> int:
        """How many of them came to an end."""
        return self.total - self.waiting


def rescoring_of(session: Session, evaluation_id: int) -> Rescoring:
    """Return how far the submissions of an evaluation are scored under it."""
    query = (
        sa.select(col(Rescore.state), func.count())
        .where(col(Rescore.evaluation_id) == evaluation_id)
        .group_by(col(Rescore.state))
    )
    counts = dict(session.execute(query).tuples().all())
    ended = [
        counts.get(state, 0)
        for state in (RescoreState.SCORED, RescoreState.REJECTED, RescoreState.FAILED)
    ]
    return Rescoring(sum(counts.values()) - sum(ended), *ended)


def rescoring_left(session: Session, evaluation_id: int) -> tuple[int, int]:
    """Return how many submissions of an evaluation are still to score, and how many in all."""
    rescoring = rescoring_of(session, evaluation_id)
    return rescoring.waiting, rescoring.total


def not_scored_under(session: Session, evaluation: Evaluation) -> int:
    """Return how many submissions with an end have none under an evaluation."""
    assert evaluation.id is not None
    missing = without_rescore(evaluation.id, evaluation.phase_id).subquery()
    unknown = session.execute(sa.select(func.count()).select_from(missing)).scalar_one()
    return rescoring_of(session, evaluation.id).waiting + int(unknown)


def waiting_under(evaluation_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that something waits to be scored under an evaluation."""
    waiting = sa.select(col(Rescore.submission_id)).where(
        col(Rescore.evaluation_id) == evaluation_id, col(Rescore.state).in_(WAITING)
    )
    return waiting.exists()


def without_rescore(evaluation_id: int, phase_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what came to an end in a phase and is not known to an evaluation."""
    known = sa.select(col(Rescore.submission_id)).where(
        col(Rescore.submission_id) == col(Submission.id),
        col(Rescore.evaluation_id) == evaluation_id,
    )
    return (
        sa.select(col(Submission.id))
        .where(
            col(Submission.phase_id) == phase_id,
            col(Submission.state).in_(FINAL),
            ~known.exists(),
        )
        .order_by(col(Submission.id))
    )


def not_taken_in(session: Session) -> list[int]:
    """Return the evaluations whose solution lies where the web can read it, or is not looked at."""
    query = select(col(Evaluation.id)).where(
        sa.or_(
            col(Evaluation.taken_in).is_(False) & col(Evaluation.state).in_(UPLOADED),
            col(Evaluation.state) == EvaluationState.RECEIVED,
        )
    )
    return [i for i in session.exec(query) if i is not None]


def to_complete(session: Session) -> list[Evaluation]:
    """Return the evaluations beside a live one that lack a submission, or have nothing to do."""
    query = select(Evaluation).where(col(Evaluation.state).in_(BESIDE))
    return [e for e in session.exec(query) if _lacks(session, e)]


def _lacks(session: Session, evaluation: Evaluation) -> bool:
    assert evaluation.id is not None
    if evaluation.state is EvaluationState.SCORING:
        waits = session.execute(sa.select(waiting_under(evaluation.id))).scalar_one()
        if not waits:
            return True
    missing = without_rescore(evaluation.id, evaluation.phase_id).limit(1)
    return session.execute(missing).first() is not None


def next_rescore(session: Session, *, now: datetime) -> tuple[int, int] | None:
    """Return a (submission, evaluation) pair that nobody scores, the oldest first."""
    query = (
        sa.select(col(Rescore.submission_id), col(Rescore.evaluation_id))
        # The states alone lead into the index of what waits.
        .where(col(Rescore.state).in_(WAITING), RESCORES.free(now))
        .order_by(col(Rescore.evaluation_id), col(Rescore.submission_id))
        .limit(1)
    )
    found = session.execute(query).first()
    return None if found is None else (int(found[0]), int(found[1]))
