"""A challenge with scores, and people signed in."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from server.challenges.models import Organiser
from server.challenges.rules import Role
from server.submissions.rules import SubmissionState
from tests.boards.scored import evaluate, scored, submitted
from tests.cast import sign_in


@pytest.fixture
def board(session, cast):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    pandas, isar = session.merge(cast.pandas), session.merge(cast.isar)
    scored(session, phase, pandas, 0.9, 0.123454321, by=cast.wei)
    scored(session, phase, isar, 0.8, 0.7, by=cast.lena, comment="new features")
    submitted(session, phase, isar, state=SubmissionState.FAILED, trace="Traceback: boom")
    scored(session, phase, None, 0.5, 0.5, baseline="always zero")
    session.commit()
    return phase


@pytest.fixture
def as_(app) -> Callable[..., FlaskClient]:
    """A browser in which somebody is signed in."""
    return lambda person: sign_in(app.test_client(), person)


@pytest.fixture
def judge(session, cast):
    """Jonas judges `digits`."""
    return join(session, cast, "jonas", Role.JUDGE)


@pytest.fixture
def helper(session, cast):
    """Chidi organises `digits`, and does not own it."""
    return join(session, cast, "chidi", Role.ORGANISER)


def join(session, cast, name: str, role: Role):
    person = cast.people[name]
    session.add(Organiser(challenge_id=cast.digits.id, account_id=person.id, role=role))
    session.commit()
    return person
