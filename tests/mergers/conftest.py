"""Two teams of one university, and what they have sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from server.challenges.models import Phase
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import Board, EvaluationState
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.actions import create_team
from server.teams.models import Team
from tests.cast import NOON, Cast


@pytest.fixture
def solo(session: Session, cast: Cast) -> Team:
    """Jonas's team of one, of Lena's university."""
    team = create_team(
        session, challenge=cast.digits, account_id=cast.jonas.id, name="Solo", now=NOON
    )
    session.commit()
    return team


@pytest.fixture
def isar(session: Session, cast: Cast) -> Team:
    """Lena's team."""
    return session.get_one(Team, cast.isar.id)


@pytest.fixture
def submitted(session: Session, cast: Cast) -> Callable[..., list[Submission]]:
    """Give a team scored submissions with the values it is called with."""
    evaluation = Evaluation(
        phase_id=cast.phase_a.id,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256="0" * 64,
        spec={},
        scorer="accuracy",
        scorer_version="1",
        has_private=False,
        created_at=NOON,
    )
    session.add(evaluation)
    session.flush()

    def make(team: Team, *values: float, **more: object) -> list[Submission]:
        rows = [_submission(team, cast.phase_a, **more) for _ in values]
        session.add_all(rows)
        session.flush()
        for row, value in zip(rows, values, strict=True):
            session.add(
                Score(
                    submission_id=row.id,
                    evaluation_id=evaluation.id,
                    board=Board.PUBLIC,
                    value=value,
                    scored_at=NOON,
                )
            )
        team.fixed_at = team.fixed_at or NOON
        session.commit()
        return rows

    return make


def _submission(team: Team, phase: Phase, **more: object) -> Submission:
    values = {
        "challenge_id": phase.challenge_id,
        "phase_id": phase.id,
        "team_id": team.id,
        "account_id": team.captain_id,
        "state": SubmissionState.SCORED,
        "filename": "p.csv",
        "size": 1,
        "sha256": "1" * 64,
        "received_at": NOON - timedelta(hours=1),
        "scored_at": NOON,
    }
    return Submission(**(values | more))
