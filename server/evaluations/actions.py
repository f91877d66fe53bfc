"""Writes of evaluations: a new way to score a phase, and what it says of a submission."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Phase
from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.queries import (
    live_evaluation,
    next_number,
    rescoring_left,
)
from server.evaluations.rules import Board, EvaluationState
from server.evaluations.scoring import BoardScore, Report, SolutionReport
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.submissions.rules import SubmissionState


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
    log(session, "evaluation.created", evaluation, phase, at=now, actor_id=actor_id)
    return evaluation


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
    log(session, "evaluation.live", evaluation, phase, at=now, actor_id=actor_id)


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
    log(session, "evaluation.discarded", evaluation, phase, at=now, actor_id=actor_id)


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


def log(
    session: Session,
    kind: str,
    evaluation: Evaluation,
    phase: Phase,
    *,
    at: datetime,
    actor_id: int | None,
) -> None:
    """Write an event of an evaluation."""
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
