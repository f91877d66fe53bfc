"""Ada, the administrator, at her browser; and one submission of each kind."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from server.boards.models import Entry
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board, EvaluationState
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import NOON, Cast, sign_in


@pytest.fixture
def ada(client: FlaskClient, cast: Cast) -> FlaskClient:
    return sign_in(client, cast.ada)


@pytest.fixture
def failed(database, cast: Cast) -> Submission:
    return _submission(database, cast, SubmissionState.FAILED)


@pytest.fixture
def waiting(database, cast: Cast) -> Submission:
    return _submission(database, cast, SubmissionState.QUEUED)


def _submission(database, cast: Cast, state: SubmissionState) -> Submission:
    is_failed = state is SubmissionState.FAILED
    row = Submission(
        challenge_id=cast.digits.id,
        phase_id=cast.phase_a.id,
        team_id=cast.pandas.id,
        account_id=cast.wei.id,
        state=state,
        filename="predictions.csv",
        size=1_000,
        sha256="ab" * 32,
        received_at=NOON - timedelta(minutes=7),
        scored_at=NOON if is_failed else None,
        message="Scoring took longer than 300 s." if is_failed else None,
        trace="Traceback: LimitExceeded at line 12" if is_failed else None,
        attempts=3 if is_failed else 0,
    )
    with database.writing() as session:
        session.add(row)
        session.commit()
    return row


@pytest.fixture
def entry(database, cast: Cast) -> Entry:
    """The Isar Surfers' place on the public board."""
    submission = _submission(database, cast, SubmissionState.SCORED)
    evaluation = Evaluation(
        phase_id=cast.phase_a.id,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256="cd" * 32,
        spec={},
        scorer="accuracy",
        scorer_version="1",
        has_private=True,
        created_at=NOON,
    )
    with database.writing() as session:
        session.add(evaluation)
        session.flush()
        row = Entry(
            phase_id=cast.phase_a.id,
            board=Board.PUBLIC,
            team_id=cast.isar.id,
            university_id=cast.munich.id,
            submission_id=submission.id,
            evaluation_id=evaluation.id,
            key=-0.9,
            value=0.9,
            submitted_at=NOON,
            last_submitted_at=NOON,
        )
        session.add(row)
        session.commit()
    return row
