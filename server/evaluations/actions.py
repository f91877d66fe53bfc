"""Writes of evaluations: a new way to score a phase, and what it says of a submission."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Phase
from server.evaluations.models import Evaluation, Replicates, Rescore, Rung, Score
from server.evaluations.queries import (
    WAITING,
    live_evaluation,
    next_number,
    not_scored_under,
)
from server.evaluations.rules import Board, EvaluationState
from server.evaluations.scoring import BoardScore, Outcome, Report, RungSaid, SolutionReport
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
) -> bool:
    """Make a complete evaluation the live one, and say whether it was not; the old one stays.

    Raises:
        Conflict: it is not completely scored, or was discarded or replaced.
    """
    assert phase.id is not None
    hold_phase(session, phase.id)
    session.refresh(evaluation)
    if evaluation.state is EvaluationState.LIVE:
        return False
    left = not_scored_under(session, evaluation)
    if evaluation.state is EvaluationState.SCORING or left:
        raise Conflict(
            N_("It can go live when every submission is scored; %(left)s are left."), left=left
        )
    if evaluation.state is not EvaluationState.COMPLETE:
        raise Conflict(N_("It was discarded, replaced or never accepted: it can't go live."))
    before = live_evaluation(session, phase.id)
    if before is not None:
        before.state, before.to_tidy = EvaluationState.PAST, True
        session.add(before)
        session.flush()
    evaluation.state = EvaluationState.LIVE
    evaluation.live_at = now
    session.add(evaluation)
    log(session, "evaluation.live", evaluation, phase, at=now, actor_id=actor_id)
    return True


def hold_phase(session: Session, phase_id: int) -> None:
    """Have everybody wait who would change a phase's evaluations, or record a score under them."""
    session.execute(
        sa.select(col(Phase.id)).where(col(Phase.id) == phase_id).with_for_update(key_share=True)
    ).scalar_one()


def discard(
    session: Session, *, evaluation: Evaluation, phase: Phase, actor_id: int, now: datetime
) -> None:
    """Give up an evaluation that is not live; what it said stays readable.

    Raises:
        Conflict: it is or was live.
    """
    assert phase.id is not None
    hold_phase(session, phase.id)
    session.refresh(evaluation)
    if evaluation.state in (EvaluationState.LIVE, EvaluationState.PAST):
        raise Conflict(N_("An evaluation that is or was live can't be discarded."))
    if evaluation.state is EvaluationState.DISCARDED:
        return
    # First, as where a rescore ends: two that wait for each other would be broken off. What it
    # said of the others stays readable.
    session.execute(
        sa.delete(Rescore).where(
            col(Rescore.evaluation_id) == evaluation.id, col(Rescore.state).in_(WAITING)
        )
    )
    evaluation.state, evaluation.to_tidy = EvaluationState.DISCARDED, True
    session.add(evaluation)
    log(session, "evaluation.discarded", evaluation, phase, at=now, actor_id=actor_id)


def write_scores(
    session: Session, *, submission_id: int, evaluation_id: int, report: Report, now: datetime
) -> None:
    """Write what an evaluation says of a submission; said again, it replaces nothing else."""
    for board, said in ((Board.PUBLIC, report.public), (Board.PRIVATE, report.private)):
        if said is not None:
            score_id = _write(session, submission_id, evaluation_id, board, said, now)
            if board is Board.PUBLIC and report.rung is not None:
                _write_rung(session, score_id, report.rung)


def _write(
    session: Session,
    submission_id: int,
    evaluation_id: int,
    board: Board,
    said: BoardScore,
    now: datetime,
) -> int:
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
    assert score.id is not None
    if data is not None:
        session.merge(Replicates(score_id=score.id, data=data))
    return score.id


def _write_rung(session: Session, score_id: int, said: RungSaid) -> None:
    """Keep what the ladder needs; said again, what was compared with it is compared again."""
    session.execute(
        sa.update(Rung).where(col(Rung.against) == score_id).values(against=None, error=None)
    )
    session.merge(
        Rung(
            score_id=score_id,
            form=said.form,
            power=said.power,
            per_unit=said.per_unit,
            evidence=said.evidence_bytes,
        )
    )


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


def words_of(report: Report) -> dict[str, Any]:
    """Return a report's words by their readers: the message the team's, the trace the organiser's.

    A solution that does not fit is the organiser's mistake: its words may tell hidden values.
    """
    rejected, unfit = report.outcome is Outcome.REJECTED, report.outcome is Outcome.SOLUTION
    return {
        "message": report.message if rejected else None,
        "faults": report.faults,
        "fault_count": report.fault_count,
        "trace": report.trace or (report.message if unfit else None),
        "trace_said": (report.said or None) if unfit else None,
    }


def ended_state(report: Report) -> SubmissionState:
    """Return where a report brings a submission; a solution that does not fit is a failure."""
    return {
        "scored": SubmissionState.SCORED,
        "rejected": SubmissionState.REJECTED,
        "solution": SubmissionState.FAILED,
        "fault": SubmissionState.FAILED,
    }[report.outcome.value]
