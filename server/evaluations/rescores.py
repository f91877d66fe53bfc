"""Writes of rescoring: a phase's submissions under an evaluation beside the live one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Phase
from server.evaluations.actions import ended_state, hold_phase, log, words_of, write_scores
from server.evaluations.models import RESCORES, Evaluation, Rescore
from server.evaluations.queries import open_evaluations, waiting_under, without_rescore
from server.evaluations.rules import BESIDE, EvaluationState, RescoreState
from server.evaluations.scoring import Outcome, Report, SolutionReport
from server.shared.database import changed_rows
from server.shared.errors import N_, Conflict
from server.submissions.models import Submission
from server.submissions.rules import AGAIN_AFTER, FINAL, MOST_ATTEMPTS, MOST_INTERRUPTIONS

# What is told of a submission's end, in columns that both tables have.
WORDS = ("message", "faults", "fault_count", "trace", "trace_said")
# Who holds what came to another end when its evaluation went live, until its team is told.
TO_BE_TOLD = "to be told"


def queue_rescoring(session: Session, evaluation: Evaluation) -> list[tuple[int, int]]:
    """Queue every submission of the phase that came to an end under an evaluation beside the live.

    Returns the (submission, evaluation) pairs; called again, it queues what came to an end since.
    """
    assert evaluation.id is not None
    # A submission that ends at this moment waits for this, or is seen here.
    hold_phase(session, evaluation.phase_id)
    missing = without_rescore(evaluation.id, evaluation.phase_id)
    ids = list(session.execute(missing).scalars())
    if ids:
        rows = [{"submission_id": i, "evaluation_id": evaluation.id} for i in ids]
        session.execute(sa.insert(Rescore), rows)
        evaluation.state = EvaluationState.SCORING
        session.add(evaluation)
        session.flush()
    complete_where_done(session, evaluation.id)
    return [(i, evaluation.id) for i in ids]


def apply_rescores(session: Session, evaluation: Evaluation) -> None:
    """Bring every submission to the end that the evaluation now live gave it.

    What comes to another end than before is noted: its team is to be told (`TO_BE_TOLD`).
    """
    session.flush()
    turned = (
        sa.update(Rescore)
        .where(
            *_of_ended(evaluation),
            col(Submission.team_id).is_not(None),
            col(Submission.withdrawn_at).is_(None),
            _text(Rescore.state) != _text(Submission.state),
        )
        .values(lease_holder=TO_BE_TOLD)
    )
    ended = (
        sa.update(Submission)
        .where(*_of_ended(evaluation), _says_other())
        .values(
            state=col(Rescore.state),
            **{name: getattr(Rescore, name) for name in WORDS},
        )
    )
    for statement in (turned, ended):
        session.execute(statement.execution_options(synchronize_session=False))
    for known in session.identity_map.values():
        if isinstance(known, Submission | Rescore):
            session.expire(known)


def _of_ended(evaluation: Evaluation) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Submission.id) == col(Rescore.submission_id),
        col(Rescore.evaluation_id) == evaluation.id,
        # What waits to be scored again will be scored under this very evaluation.
        col(Submission.state).in_(FINAL),
    )


def _says_other() -> sa.ColumnElement[bool]:
    """Return the condition that an end is told in other words than before: most are the same."""
    compared = [(_text(Submission.state), _text(Rescore.state))]
    compared += [(_text(getattr(Submission, n)), _text(getattr(Rescore, n))) for n in WORDS]
    return sa.or_(*(before.is_distinct_from(after) for before, after in compared))


def _text(column: Any) -> sa.ColumnElement[str]:
    # JSON has no equality of its own everywhere, and the two tables' states are two types.
    return sa.cast(column, sa.Text)


def accept_solution(session: Session, evaluation: Evaluation, *, rows: SolutionReport) -> None:
    """Note that a new evaluation's solution is right; its submissions can be scored."""
    evaluation.state = EvaluationState.SCORING
    evaluation.rows_public, evaluation.rows_private = rows.public_rows, rows.private_rows
    evaluation.has_private = rows.private_rows > 0
    session.add(evaluation)
    session.flush()


def refuse_solution(
    session: Session, evaluation: Evaluation, *, found: SolutionReport, now: datetime
) -> None:
    """Note what is wrong with a new evaluation's solution, for its organiser."""
    evaluation.state, evaluation.problem = EvaluationState.REFUSED, found.problem
    evaluation.problem_said = found.said or None
    session.add(evaluation)
    phase = session.get_one(Phase, evaluation.phase_id)
    log(session, "evaluation.refused", evaluation, phase, at=now, actor_id=None)


def score_beside(
    session: Session, submission: Submission, said: Mapping[int, Report], *, now: datetime
) -> list[int]:
    """Bring a submission that came to its end to one under every evaluation beside the live one.

    `said`: what evaluations, by id, say of it already: these return. The others have it queued.
    """
    ended = []
    for evaluation in open_evaluations(session, submission.phase_id):
        pair = (submission.id or 0, evaluation.id or 0)
        before = session.get(Rescore, pair)
        # What had failed there is tried again with it.
        if before is not None and before.state is not RescoreState.FAILED:
            continue
        report = said.get(pair[1])
        if report is None or report.outcome is Outcome.FAULT:
            session.merge(Rescore(submission_id=pair[0], evaluation_id=pair[1]))
            evaluation.state = EvaluationState.SCORING
            session.add(evaluation)
        else:
            row = Rescore(submission_id=pair[0], evaluation_id=pair[1])
            _end(session, session.merge(row), report, now=now)
            ended.append(pair[1])
    return ended


def _end(session: Session, row: Rescore, report: Report, *, now: datetime) -> None:
    again = report.outcome is Outcome.FAULT and row.attempts < MOST_ATTEMPTS
    row.state = RescoreState.QUEUED if again else RescoreState(ended_state(report).value)
    row.lease_until = now + AGAIN_AFTER[row.attempts - 1] if again else None
    for name, said in words_of(report).items():
        setattr(row, name, said)
    session.add(row)
    if row.state is RescoreState.SCORED:
        write_scores(
            session,
            submission_id=row.submission_id,
            evaluation_id=row.evaluation_id,
            report=report,
            now=now,
        )
    session.flush()


def claim_rescore(
    session: Session, pair: tuple[int, int], *, holder: str, now: datetime, lease: timedelta
) -> bool:
    """Take one submission to score it under one evaluation, and say whether it was free."""
    return RESCORES.claim(session, *_is_pair(pair), holder=holder, now=now, lease=lease)


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
    row.lease_until = row.lease_holder = None
    _end(session, row, report, now=now)
    complete_where_done(session, pair[1])
    return True


def complete_where_done(session: Session, evaluation_id: int) -> None:
    """Note that an evaluation is complete, where nothing waits to be scored under it."""
    session.execute(
        sa.update(Evaluation)
        .where(
            col(Evaluation.id) == evaluation_id,
            col(Evaluation.state) == EvaluationState.SCORING,
            ~waiting_under(evaluation_id),
        )
        .values(state=EvaluationState.COMPLETE)
    )


def fail_interrupted_rescores(session: Session) -> None:
    """Fail what took its worker down too often; a file that kills every worker must end."""
    session.execute(
        sa.update(Rescore)
        .where(
            col(Rescore.state) == RescoreState.QUEUED,
            col(Rescore.interruptions) >= MOST_INTERRUPTIONS,
        )
        .values(
            state=RescoreState.FAILED,
            trace=f"The worker died {MOST_INTERRUPTIONS} times while it scored this.",
            trace_said=None,
        )
    )


def score_failed_again(session: Session, evaluation: Evaluation) -> int:
    """Queue once more what could not be scored under an evaluation; return how many.

    Raises:
        Conflict: it is not being scored or complete.
    """
    hold_phase(session, evaluation.phase_id)
    session.refresh(evaluation)
    if evaluation.state not in BESIDE:
        raise Conflict(N_("Only what is scored beside the live evaluation can be tried again."))
    again = changed_rows(
        session,
        sa.update(Rescore)
        .where(
            col(Rescore.evaluation_id) == evaluation.id, col(Rescore.state) == RescoreState.FAILED
        )
        .values(
            state=RescoreState.QUEUED, attempts=0, interruptions=0, trace=None, trace_said=None
        ),
    )
    if again:
        evaluation.state = EvaluationState.SCORING
        session.add(evaluation)
        session.flush()
    return again


def _is_pair(pair: tuple[int, int]) -> tuple[sa.ColumnElement[bool], ...]:
    return (col(Rescore.submission_id) == pair[0], col(Rescore.evaluation_id) == pair[1])
