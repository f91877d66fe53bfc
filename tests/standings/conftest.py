import pytest

from server.standings.keeping import refresh_standings


@pytest.fixture
def refresh(database, session, clock):
    """Commit what a test wrote, and bring the stored standings up to date as the worker does."""

    def run() -> bool:
        session.commit()
        return refresh_standings(database, now=clock())

    return run
