"""No page of a board goes through all submissions, entries or teams: on either database."""

import pytest
import sqlalchemy as sa

from server.shared.clock import utcnow
from server.shared.events import record
from server.standings.keeping import refresh_standings
from tests.boards.scored import scored
from tests.cast import NOON, sign_in
from tests.plans import walks_in

pytestmark = pytest.mark.usefixtures("new_tables")
BOARD = "/challenges/digits/leaderboard"
PATHS = (
    BOARD,
    f"{BOARD}?page=2",
    f"{BOARD}?q=an",
    f"{BOARD}?university=tsinghua",
    f"/api/v1{BOARD}?per_page=5",
    "/challenges/digits/universities",
    "/universities",
    "/universities?rule=medals&page=2",
    "/universities/tsinghua",
)


@pytest.fixture
def asked(app, client, session, board, cast, database):
    """Every SELECT of these pages, with values that it had, as a visitor and as a member."""
    for team, value in ((cast.pandas, 0.9), (cast.isar, 0.8)):
        scored(session, board, session.merge(team), value)
    record(session, "submission.scored", at=NOON, challenge_id=board.challenge_id)
    session.commit()
    refresh_standings(database, now=utcnow())
    seen = {}

    def note(_connection, _cursor, statement, values, *_rest) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.setdefault(statement, values)

    sa.event.listen(database.read_engine, "before_cursor_execute", note)
    member = sign_in(app.test_client(), cast.wei)
    for reader in (client, member):
        for path in (*PATHS, f"/teams/{cast.pandas.id}"):
            assert reader.get(path).status_code == 200
    sa.event.remove(database.read_engine, "before_cursor_execute", note)
    return seen


def test_no_page_of_a_board_walks_through_what_grows(asked, database):
    assert len(asked) > 25
    assert not walks_in(database, asked)


@pytest.mark.parametrize("words", ["count(*) FROM submission", "* FROM entry WHERE value > 0.5"])
def test_a_walk_is_seen(database, words):
    assert walks_in(database, {f"SELECT {words}": ()})


def test_a_look_into_an_index_is_no_walk(database):
    newest = "SELECT id FROM event ORDER BY id DESC LIMIT 1"
    assert not walks_in(database, {"SELECT * FROM submission WHERE team_id = 1": ()})
    assert database.is_sqlite or not walks_in(database, {newest: ()})
