"""Submissions, evaluations and what a scorer said of them, for tests that need no real scoring."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlmodel import Session

from server.boards.actions import record_score
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import BoardScore, Outcome, Report
from server.submissions.actions import Received, submit
from server.submissions.claims import claim
from server.submissions.models import Submission
from tests.cast import NOON, Cast

LEASE = timedelta(minutes=10)
SPEC: dict[str, Any] = {
    "scorer": "accuracy",
    "params": {},
    "also": [],
    "header": ["id", "digit"],
    "id_columns": ["id"],
    "labels": ["0", "1", "2"],
    "replicates": 200,
}


def add_live(
    session: Session,
    phase: Phase,
    *,
    number: int = 1,
    has_private: bool = True,
    state: EvaluationState = EvaluationState.LIVE,
    solution: str = "5" * 64,
) -> Evaluation:
    """Give a phase an evaluation."""
    evaluation = Evaluation(
        phase_id=phase.id,
        number=number,
        state=state,
        solution_sha256=solution,
        spec=SPEC,
        scorer="accuracy",
        scorer_version="1",
        has_private=has_private,
        created_at=NOON,
        live_at=NOON,
    )
    session.add(evaluation)
    session.flush()
    return evaluation


def submitted(
    session: Session,
    cast: Cast,
    *,
    team: str = "pandas",
    by: str = "wei",
    phase: str = "phase_a",
    at: datetime = NOON,
    data: str = "",
) -> Submission:
    """Have a team submit, at a moment."""
    sha256 = hashlib.sha256((data or f"{team} {phase} {at}").encode()).hexdigest()
    return submit(
        session,
        account_id=cast.people[by].id,
        challenge=session.get_one(Challenge, cast.digits.id),
        phase=session.get_one(Phase, cast.phases[phase].id),
        team_id=cast.teams[team].id,
        ended_challenge=False,
        upload=Received("predictions.csv", 100, sha256),
        comment="",
        now=at,
    ).submission


def board_score(value: float, *, replicates: bool = False) -> BoardScore:
    """What one board says."""
    data = np.linspace(value - 0.1, value + 0.1, 200).astype("<f8").tobytes()
    return BoardScore(
        value=value,
        low=value - 0.1,
        high=value + 0.1,
        method="percentile",
        also={},
        rows=50,
        replicates=base64.b64encode(data).decode() if replicates else None,
    )


def report(public: float, private: float | None = None, *, replicates: bool = False) -> Report:
    """What a scorer says of a good file."""
    return Report(
        outcome=Outcome.SCORED,
        public=board_score(public, replicates=replicates),
        private=None if private is None else board_score(private, replicates=replicates),
    )


def score(
    session: Session,
    submission: Submission,
    evaluation: Evaluation,
    said: Report,
    *,
    holder: str = "host/1/2/first",
    now: datetime = NOON,
) -> bool:
    """Claim a submission and record what a scorer said of it."""
    assert submission.id is not None
    taken = claim(session, submission.id, holder=holder, now=now, lease=LEASE)
    assert taken is not None
    return record_score(
        session, submission=taken, evaluation=evaluation, holder=holder, report=said, now=now
    )
