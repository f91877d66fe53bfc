import pytest

from tests.boards.scored import evaluate


@pytest.fixture
def board(session, cast):
    """The open phase `a` of the cast's challenge, with its live evaluation; the session writes."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    session.commit()
    return phase
