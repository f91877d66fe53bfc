import pytest

from server.challenges.models import Phase
from server.evaluations.models import Evaluation
from tests.scores import add_live


@pytest.fixture
def phase(session, cast) -> Phase:
    return session.get_one(Phase, cast.phase_a.id)


@pytest.fixture
def live(session, phase) -> Evaluation:
    return add_live(session, phase)
