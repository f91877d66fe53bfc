import pytest

from tests.scores import submitted


@pytest.fixture
def waiting(database, cast) -> int:
    """One queued submission's id."""
    with database.writing() as session:
        submission = submitted(session, cast)
        session.commit()
    return submission.id
