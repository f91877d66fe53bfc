"""A web process looks at its boards before its first visitors do."""

import pytest
import sqlalchemy as sa

from server.cli.visits import first_visits
from server.shared.language import LANGUAGES
from server.shared.measures import REQUESTS
from tests.boards.scored import open_phase, scored

BOARD = "/challenges/digits/leaderboard"


@pytest.fixture
def board(session, cast):
    return open_phase(session, cast)


def boards_counted() -> float:
    return REQUESTS.labels("boards.leaderboard", "GET", "200")._value.get()


def test_a_board_is_made_before_its_first_visitor_comes(
    app, client, database, session, board, cast
):
    scored(session, board, session.merge(cast.pandas), 0.9)
    session.commit()
    for visit in first_visits(app):
        visit()
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    sa.event.listen(database.read_engine, "before_cursor_execute", note)
    for spoken in LANGUAGES:
        answer = client.get(BOARD, headers={"Accept-Language": spoken})
        assert cast.pandas.name in answer.text
    sa.event.remove(database.read_engine, "before_cursor_execute", note)
    # What names the version, and nothing of the board itself.
    assert asked
    assert not [statement for statement in asked if statement.startswith("SELECT entry")]


def test_these_visits_are_not_counted(app, board):
    before = boards_counted()
    for visit in first_visits(app):
        visit()
    assert boards_counted() == before


def test_a_challenge_that_is_not_public_is_not_looked_at(app, session, board):
    session.execute(sa.text("UPDATE challenge SET visibility = 'invited'"))
    session.commit()
    paths = [visit.args[1] for visit in first_visits(app)]
    assert paths
    assert BOARD not in paths
