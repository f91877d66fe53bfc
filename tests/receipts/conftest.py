import pytest

from server.receipts.listing import list_own_key
from tests.boards.scored import evaluate
from tests.cast import NOON


@pytest.fixture
def key(database, settings) -> str:
    """The instance's key, made and listed as the web server does when it starts."""
    with database.writing() as session:
        kid = list_own_key(session, settings, now=NOON)
        session.commit()
    return kid


@pytest.fixture
def phase(session, cast, key):
    """The open phase `a`, with its live evaluation; the session writes."""
    found = session.merge(cast.phase_a)
    evaluate(session, found)
    session.commit()
    return found
