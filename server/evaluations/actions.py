"""Writes of evaluations: a new way to score a phase, and what it says of a submission."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Phase
from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.queries import (
    live_evaluation,
    next_number,
    open_evaluations,
    rescores_of,
    rescoring_left,
)
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.evaluations.scoring import BoardScore, Outcome, Report, SolutionReport
from server.shared.database import changed_rows
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.submissions.models import Submission
from server.submissions.rules import FINAL, MOST_ATTEMPTS, SubmissionState


def add_evaluation(
    session: Session,
    *,
    phase: Phase,
    state: EvaluationState,
    solution_sha256: str,
    spec: Mapping[str, Any],
    scorer_version: str,
    rows: SolutionReport,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> Evaluation:
    """Add the next numbered evaluation of a phase."""
    assert phase.id is not None
    evaluation = Evaluation(
        phase_id=phase.id,
        number=next_number(session, phase.id),
        state=state,
        solution_sha256=solution_sha256,
        spec=dict(spec),
        scorer=str(spec["scorer"]),
        scorer_version=scorer_version,
        has_private=rows.private_rows > 0,
        rows_public=rows.public_rows,
        rows_private=rows.private_rows,
        reason=reason,
        created_by=actor_id,
        created_at=now,
        live_at=now if state is EvaluationState.LIVE else None,
    )
    session.add(evaluation)
    session.flush()
    _log(session, "evaluation.created", evaluation, phase, at=now, actor_id=actor_id)
    return evaluation


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


def make_live(
    session: Session, *, evaluation: Evaluation, phase: Phase, actor_id: int | None, now: datetime
) -> None:
    """Make a complete evaluation the live one; the old one stays readable.

    Raises:
        Conflict: it is not completely scored, or was discarded or replaced.
    """
    session.execute(
        sa.select(col(Phase.id)).where(col(Phase.id) == phase.id).with_for_update()
    ).scalar_one()
    session.refresh(evaluation)
    if evaluation.state is EvaluationState.LIVE:
        return
    left, _ = rescoring_left(session, evaluation.id or 0)
    if evaluation.state is not EvaluationState.COMPLETE or left:
        raise Conflict(
            N_("It can go live when every submission is scored; %(left)s are left."), left=left
        )
    before = live_evaluation(session, phase.id)
    if before is not None:
        before.state = EvaluationState.PAST
        session.add(before)
        session.flush()
    evaluation.state = EvaluationState.LIVE
    evaluation.live_at = now
    session.add(evaluation)
    _log(session, "evaluation.live", evaluation, phase, at=now, actor_id=actor_id)


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


def discard(
    session: Session, *, evaluation: Evaluation, phase: Phase, actor_id: int, now: datetime
) -> None:
    """Give up an evaluation that is not live; what it said stays readable.

    Raises:
        Conflict: it is or was live.
    """
    if evaluation.state in (EvaluationState.LIVE, EvaluationState.PAST):
        raise Conflict(N_("An evaluation that is or was live can't be discarded."))
    evaluation.state = EvaluationState.DISCARDED
    session.add(evaluation)
    session.execute(sa.delete(Rescore).where(col(Rescore.evaluation_id) == evaluation.id))
    _log(session, "evaluation.discarded", evaluation, phase, at=now, actor_id=actor_id)


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
    _log(session, "evaluation.refused", evaluation, phase, at=now, actor_id=None)


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


def write_scores(
    session: Session, *, submission_id: int, evaluation_id: int, report: Report, now: datetime
) -> None:
    """Write what an evaluation says of a submission; said again, it replaces nothing else."""
    for board, said in ((Board.PUBLIC, report.public), (Board.PRIVATE, report.private)):
        if said is not None:
            _write(session, submission_id, evaluation_id, board, said, now)


def _write(
    session: Session,
    submission_id: int,
    evaluation_id: int,
    board: Board,
    said: BoardScore,
    now: datetime,
) -> None:
    query = select(Score).where(
        Score.submission_id == submission_id,
        Score.evaluation_id == evaluation_id,
        Score.board == board,
    )
    score = session.exec(query).first() or Score(
        submission_id=submission_id,
        evaluation_id=evaluation_id,
        board=board,
        value=0,
        scored_at=now,
    )
    score.value, score.low, score.high = said.value, said.low, said.high
    score.method, score.also, score.rows = said.method[:300], said.also, said.rows
    score.scored_at = now
    session.add(score)
    session.flush()
    data = said.replicate_bytes
    if data is not None:
        assert score.id is not None
        session.merge(Replicates(score_id=score.id, data=data))


def forget_replicates(session: Session, submission_ids: set[int], evaluation_id: int) -> None:
    """Drop the replicates of submissions that count no longer; they can be computed again."""
    scores = select(Score.id).where(
        col(Score.submission_id).in_(submission_ids), Score.evaluation_id == evaluation_id
    )
    session.execute(sa.delete(Replicates).where(col(Replicates.score_id).in_(scores)))


def _log(
    session: Session,
    kind: str,
    evaluation: Evaluation,
    phase: Phase,
    *,
    at: datetime,
    actor_id: int | None,
) -> None:
    record(
        session,
        kind,
        at=at,
        actor_id=actor_id,
        challenge_id=phase.challenge_id,
        subject_id=evaluation.id,
        number=evaluation.number,
        reason=evaluation.reason,
        solution_sha256=evaluation.solution_sha256,
        scorer=evaluation.scorer,
    )


def ended_state(report: Report) -> SubmissionState:
    """Return where a report brings a submission; a solution that does not fit is a failure."""
    return {
        "scored": SubmissionState.SCORED,
        "rejected": SubmissionState.REJECTED,
        "solution": SubmissionState.FAILED,
        "fault": SubmissionState.FAILED,
    }[report.outcome.value]
