"""Scored submissions without a worker: rows as it would write them, and the entries they make."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.entries import rebuild_baseline, rebuild_entry
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation, Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board, EvaluationState
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Membership, Team
from tests.cast import NOON


def evaluate(session: Session, phase: Phase, *, has_private: bool = True) -> Evaluation:
    """Give a phase its live evaluation."""
    evaluation = Evaluation(
        phase_id=phase.id,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256="0" * 64,
        spec={"scorer": "accuracy", "params": {}},
        scorer="accuracy",
        scorer_version="1",
        has_private=has_private,
        rows_public=100,
        rows_private=200 if has_private else 0,
        created_at=NOON,
        live_at=NOON,
    )
    session.add(evaluation)
    session.flush()
    return evaluation


def open_phase(session: Session, cast: Any) -> Phase:
    """Return the open phase `a` of the cast's challenge with its live evaluation, committed."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    session.commit()
    return phase


def another_contest(session: Session, phase: Phase, slug: str) -> Phase:
    """Add a challenge like that of a phase, with a phase like it under a live evaluation."""
    like = session.get_one(Challenge, phase.challenge_id).model_dump(exclude={"id", "slug"})
    challenge = Challenge(**like, slug=slug)
    session.add(challenge)
    session.flush()
    same = phase.model_dump(exclude={"id", "challenge_id"})
    made = Phase(**same, challenge_id=challenge.id)
    session.add(made)
    session.flush()
    evaluate(session, made)
    return made


def add_team(session: Session, challenge_id: int, name: str, *, captain, university=None) -> Team:
    """Add a team that nobody but its captain is named in."""
    team = Team(
        challenge_id=challenge_id,
        name=name,
        name_key=name.casefold(),
        captain_id=captain.id,
        university_id=university.id if university else None,
        fixed_at=NOON - timedelta(days=2),
        code=f"code-{challenge_id}-{name}",
        created_at=NOON - timedelta(days=5),
    )
    session.add(team)
    session.flush()
    return team


def add_member(session: Session, team: Team, account) -> None:
    """Put an account into a team."""
    session.add(
        Membership(
            team_id=team.id,
            challenge_id=team.challenge_id,
            account_id=account.id,
            joined_at=NOON - timedelta(days=5),
        )
    )
    session.flush()


def submitted(
    session: Session,
    phase: Phase,
    team: Team | None,
    *,
    state: SubmissionState = SubmissionState.SCORED,
    at: datetime = NOON - timedelta(hours=1),
    by=None,
    **values,
) -> Submission:
    """Add a submission in a state, without a score."""
    submission = Submission(
        challenge_id=phase.challenge_id,
        phase_id=phase.id,
        team_id=team.id if team else None,
        account_id=by.id if by else None,
        state=state,
        filename="predictions.csv",
        size=10,
        sha256="a" * 64,
        received_at=at,
        scored_at=at,
        **values,
    )
    session.add(submission)
    session.flush()
    return submission


def scored(
    session: Session,
    phase: Phase,
    team: Team | None,
    public: float,
    private: float | None = None,
    *,
    at: datetime = NOON - timedelta(hours=1),
    by=None,
    **values,
) -> Submission:
    """Add a scored submission and move the entries as the worker does."""
    evaluation = live_evaluation(session, phase.id)
    submission = submitted(session, phase, team, at=at, by=by, **values)
    for board, value in ((Board.PUBLIC, public), (Board.PRIVATE, private)):
        if value is not None:
            score = Score(
                submission_id=submission.id,
                evaluation_id=evaluation.id,
                board=board,
                value=value,
                low=value - 0.02,
                high=value + 0.02,
                method="percentile of 1,000 resamples",
                also={},
                rows=100,
                scored_at=at,
            )
            session.add(score)
    session.flush()
    if team is None:
        rebuild_baseline(session, phase=phase, evaluation=evaluation, submission=submission)
    else:
        rebuild_entry(session, phase=phase, evaluation=evaluation, team_id=team.id)
    return submission


def reveal_now(session: Session, phase: Phase) -> None:
    """Set the fact of the reveal."""
    row = session.exec(select(Phase).where(col(Phase.id) == phase.id)).one()
    row.revealed_at = NOON
    session.add(row)
    session.flush()


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Collect what a session's engine is asked, with the values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, values, *_rest) -> None:
        seen.append((statement, values))

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def plan(session: Session, statement: str, values: Any) -> list[str]:
    """Return how SQLite would run a statement."""
    connection = session.connection()
    found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    return [str(row[3]) for row in found]
