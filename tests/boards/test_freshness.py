import gzip

import pytest
import sqlalchemy as sa

from server.shared.events import record
from tests.boards.scored import scored
from tests.cast import NOON, sign_in

PATHS = [
    "/challenges/digits/leaderboard",
    "/challenges/digits/universities",
    "/api/v1/challenges/digits/leaderboard?per_page=5",
    "/api/v1/challenges/digits/universities",
]


@pytest.fixture(params=PATHS)
def path(request, session, board, cast):
    scored(session, board, session.merge(cast.pandas), 0.9)
    session.commit()
    return request.param


@pytest.fixture
def asked(database):
    """What the database is asked, but for the bounds of transactions."""
    seen = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(database.read_engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(database.read_engine, "before_cursor_execute", note)


def again(client, path, first):
    return client.get(path, headers={"If-None-Match": first.headers["ETag"]})


def test_a_copy_that_is_still_right_is_not_sent_again(client, path):
    first = client.get(path)
    second = again(client, path, first)
    assert (first.status_code, second.status_code, second.data) == (200, 304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert "Cookie" in first.headers["Vary"]


def test_a_copy_that_is_still_right_takes_one_question(client, path, asked):
    first = client.get(path)
    del asked[:]
    assert again(client, path, first).status_code == 304
    assert len(asked) == 1


def test_a_page_of_a_team_takes_few_questions(client, session, board, cast, asked):
    team = session.merge(cast.pandas)
    scored(session, board, team, 0.9)
    session.commit()
    client.get(f"/teams/{team.id}")
    del asked[:]
    assert client.get(f"/teams/{team.id}").status_code == 200
    assert len(asked) == 5  # each rank stands at a mark


def test_a_new_score_makes_the_copy_stale(client, session, cast, board, path):
    first = client.get(path)
    scored(session, board, session.merge(cast.isar), 0.95)
    record(session, "submission.scored", at=NOON, challenge_id=board.challenge_id)
    session.commit()
    assert again(client, path, first).status_code == 200


def test_another_part_of_a_board_is_another_copy(client, path):
    other = path + ("&" if "?" in path else "?") + "phase=a"
    assert again(client, other, client.get(path)).status_code == 200


def test_a_copy_stays_right_while_only_minutes_pass(client, clock, path):
    first = client.get(path)
    clock.forward(minutes=1)
    assert again(client, path, first).status_code == 304


def test_a_copy_is_made_anew_when_the_phase_ends(client, clock, board, path):
    clock.forward(seconds=(board.ends - clock()).total_seconds())
    last = client.get(path)
    clock.forward(seconds=1)
    ended = again(client, path, last)
    assert ended.status_code == 200
    assert ("has ended" in ended.text) == (path == "/challenges/digits/leaderboard")
    clock.forward(seconds=1)
    assert again(client, path, ended).status_code in (200, 304)


def test_whoever_is_signed_in_gets_no_copy_of_others(app, client, cast, path):
    mine = sign_in(app.test_client(), cast.wei).get(path)
    assert "ETag" not in mine.headers
    assert "no-store" in mine.headers["Cache-Control"]


def test_a_refusal_is_no_copy(client, path):
    refused = client.get(path.split("?")[0] + "?board=private")
    assert refused.status_code == 403
    assert "ETag" not in refused.headers


def test_a_kept_page_is_sent_compressed_to_whoever_takes_it(app, client, cast, path):
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data
    # What is made for one reader holds a secret, which a compressed length could tell.
    mine = sign_in(app.test_client(), cast.wei)
    assert "Content-Encoding" not in mine.get(path, headers={"Accept-Encoding": "gzip"}).headers
