"""The pages and the JSON of comparisons, as visitors, students and organisers read them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.tokens import create_token
from server.app import create_app
from server.boards.models import NextPlace
from server.boards.schedules import write_rank_ranges
from server.comparisons.models import Comparison
from server.comparisons.rules import ComparisonState
from server.comparisons.shaking import Shaker
from server.evaluations.rules import Board
from tests.boards.scored import reveal_now
from tests.cast import NOON, sign_in

FOUND = {
    "a": {"value": 0.912345, "interval": [0.85, 0.94], "method": "Wilson"},
    "b": {"value": 0.712345, "interval": [0.65, 0.74], "method": "Wilson"},
    "difference": 0.234567,
    "interval": [0.123456, 0.345678],
    "p_value": 0.0123456,
    "method": "paired: t interval, p-value by turned signs",
    "rows": 100,
}
# What a private row would be known by, on a page or in JSON.
MARKS = ("0.2346", "0.234567", "0.1235", "0.123456", "0.3457", "0.345678", "0.0123")


@pytest.fixture
def pair(cast):
    return f"a={cast.pandas.id}&b={cast.isar.id}"


def page(client, pair: str, more: str = "") -> str:
    answer = client.get(f"/challenges/digits/compare?{pair}{more}")
    assert answer.status_code == 200
    return answer.text


def stored(session, cast, two, *, board: Board = Board.PUBLIC) -> Comparison:
    """A comparison as a worker left it."""
    submissions = {s.team_id: s.id for s in two}
    first, second = sorted((cast.pandas.id, cast.isar.id))
    row = Comparison(
        phase_id=cast.phase_a.id,
        board=board,
        evaluation_id=1,
        first_team_id=first,
        second_team_id=second,
        first_submission_id=submissions[first],
        second_submission_id=submissions[second],
        state=ComparisonState.COMPARED,
        asked_at=NOON,
        compared_at=NOON,
        found=FOUND,
    )
    session.add(row)
    session.commit()
    return row


def test_a_student_asks_and_everybody_reads_what_was_found(client, session, cast, two, pair):
    assert "Sign in to have them compared" in page(client, pair)
    sign_in(client, cast.mei)
    assert "Nobody has asked for this comparison yet." in page(client, pair)
    form = {"a": cast.pandas.id, "b": cast.isar.id, "phase": "a", "board": "public"}
    for _ in range(2):
        answer = client.post("/challenges/digits/compare", data=form)
        assert answer.status_code == 303
    assert "It is being compared." in client.get(answer.location).text
    state = client.get(f"/challenges/digits/compare/state?{pair}").json
    assert state["state"] == "queued"
    with client.application.extensions["varsity"].database.writing() as writing:
        (row,) = writing.exec(select(Comparison)).all()
        row.state, row.found, row.compared_at = ComparisonState.COMPARED, FOUND, NOON
        writing.add(row)
        writing.commit()
    visitor = client.application.test_client()
    text = page(visitor, pair)
    better = "Giant Pandas" if cast.pandas.id < cast.isar.id else "Isar Surfers"
    assert f"{better} is better by 0.2346." in text
    assert "Taken alone, the test set tells the two apart." in text
    assert "As of" in text
    assert visitor.get(f"/challenges/digits/compare/state?{pair}").json["state"] == "compared"


def test_a_visitor_and_an_unconfirmed_account_ask_for_nothing(client, cast, session, two, pair):
    form = {"a": cast.pandas.id, "b": cast.isar.id}
    assert client.post("/challenges/digits/compare", data=form).status_code == 302
    sign_in(client, cast.newt)
    assert client.post("/challenges/digits/compare", data=form).status_code == 403
    assert session.exec(select(Comparison)).all() == []


def test_who_asks_too_often_is_told_so(settings, database, clock, cast, two):
    settings.rate_limit_comparisons = "1 per hour"
    app = create_app(settings, clock=clock, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    client = sign_in(app.test_client(), cast.mei)
    form = {"a": cast.pandas.id, "b": cast.isar.id}
    codes = [client.post("/challenges/digits/compare", data=form).status_code for _ in range(2)]
    assert codes == [303, 429]


def test_before_the_reveal_nothing_of_the_private_board_is_told(client, session, cast, two, pair):
    stored(session, cast, two, board=Board.PRIVATE)
    readers = [client, *(sign_in(client.application.test_client(), who) for who in (cast.wei,))]
    paths = [
        f"/challenges/digits/compare?{pair}",
        f"/challenges/digits/compare?{pair}&board=public",
        f"/challenges/digits/compare?{pair}&board=private",
        f"/challenges/digits/compare/state?{pair}&board=private",
        f"/challenges/digits/compare/state?{pair}",
        f"/api/v1/challenges/digits/comparison?{pair}",
        f"/api/v1/challenges/digits/comparison?{pair}&board=private",
        "/challenges/digits/shakeup",
        "/api/v1/challenges/digits/shakeup",
        f"/api/v1/teams/{cast.pandas.id}/places",
        f"/teams/{cast.pandas.id}",
    ]
    for reader in readers:
        for path in paths:
            answer = reader.get(path)
            refused = "board=private" in path or path.startswith("/api/v1/challenges/digits/shake")
            assert answer.status_code == (403 if refused else 200), path
            assert not [mark for mark in MARKS if mark in answer.text], path
    organiser = sign_in(client.application.test_client(), cast.olga)
    assert "0.2346" in page(organiser, pair, "&board=private")


def test_after_the_reveal_the_final_board_is_compared(client, session, cast, phase, two, pair):
    stored(session, cast, two, board=Board.PRIVATE)
    reveal_now(session, phase)
    session.commit()
    assert "0.2346" in page(client, pair)
    found = client.get(f"/api/v1/challenges/digits/comparison?{pair}").json
    sign = 1 if cast.pandas.id < cast.isar.id else -1
    assert (found["board"], found["state"]) == ("private", "compared")
    assert found["difference"] == {
        "value": sign * 0.234567,
        "interval": [0.123456, 0.345678] if sign > 0 else [-0.345678, -0.123456],
        "p_value": 0.0123456,
        "method": "paired: t interval, p-value by turned signs",
        "rows": 100,
        "as_of": "2026-11-20T12:00:00Z",
        "current": True,
    }


def test_where_there_is_no_interval_the_page_says_why(client, session, cast, two, pair):
    row = stored(session, cast, two)
    why = "withheld: 5 units are too few to compare by"
    row.found = FOUND | {"interval": None, "p_value": None, "method": why}
    session.commit()
    text = page(client, pair)
    assert "There is no interval and no p-value: 5 units are too few to compare by." in text
    assert "withheld:" not in text


def test_the_board_links_own_and_other_teams_to_their_comparison(client, cast, two):
    link = f"/challenges/digits/compare?a={cast.isar.id}&amp;b={cast.pandas.id}"
    assert link not in client.get("/challenges/digits/leaderboard").text
    sign_in(client, cast.lena)
    text = client.get("/challenges/digits/leaderboard").text
    assert link in text
    assert f"b={cast.isar.id}" not in text
    assert link in client.get(f"/teams/{cast.pandas.id}").text.replace("phase=a&amp;", "").replace(
        "board=public&amp;", ""
    )


def test_the_api_takes_a_wish_and_refuses_what_makes_no_pair(client, session, cast, two):
    two_teams = {"a": cast.pandas.id, "b": cast.isar.id}
    url = "/api/v1/challenges/digits/comparison"
    assert client.get(url).status_code == 422
    assert client.get(f"{url}?a=1&b=1").status_code == 422
    assert client.get(f"{url}?a={cast.pandas.id}&b=99999").status_code == 404
    assert client.get(f"{url}?a={cast.pandas.id}&b={10**30}").status_code == 422
    assert client.post(url, json=two_teams).status_code == 401
    _, token = create_token(session, account_id=cast.mei.id, name="tests", now=NOON)
    session.commit()
    header = {"Authorization": f"Bearer {token}"}
    taken = client.post(url, json=two_teams, headers=header)
    assert (taken.status_code, taken.json["state"], taken.json["difference"]) == (
        202,
        "queued",
        None,
    )
    assert client.get(f"{url}?a={cast.isar.id}&b={cast.pandas.id}").json["state"] == "queued"


def test_a_team_reads_what_the_next_place_would_take(client, session, cast, two):
    last = cast.isar.id
    session.add(
        NextPlace(
            phase_id=cast.phase_a.id,
            board=Board.PUBLIC,
            team_id=last,
            submission_id=two[1].id,
            difference=0.0042,
            detectable=0.0111,
            made_at=NOON,
        )
    )
    session.commit()
    text = client.get(f"/teams/{last}").text
    assert "0.0042 behind the next place." in text
    assert "finds a difference between the two reliably (80 times in 100) from 0.0111 on" in text
    assert "You are" not in text
    sign_in(client, cast.lena)
    assert "You are 0.0042 behind the next place." in client.get(f"/teams/{last}").text
    (place,) = client.get(f"/api/v1/teams/{last}/places").json["places"]
    assert place["next"] == {
        "difference": 0.0042,
        "detectable": 0.0111,
        "as_of": "2026-11-20T12:00:00Z",
    }
    assert (place["rank"], place["teams"], place["board"]) == (2, 2, "public")


def test_the_share_of_being_first_is_told_from_half_a_percent_on(client, database, contest):
    _, second, last = contest([0.9, 0.895, 0.5], [0.9, 0.895, 0.5])
    write_rank_ranges(database, now=NOON)
    text = client.get("/challenges/digits/leaderboard").text
    assert text.count("of resamples</small>") == 2
    rows = client.get("/api/v1/challenges/digits/leaderboard").json["rows"]
    assert sum(row["first_share"] for row in rows) == pytest.approx(1.0)
    assert "of resamples" in client.get(f"/teams/{second}").text
    assert "first in" not in client.get(f"/teams/{last}").text


def test_a_revealed_board_leads_to_its_shake_up(client, session, database, clock, phase, contest):
    teams = contest([0.9, 0.8, 0.7, 0.6], [0.5, 0.8, 0.7, 0.6])
    reveal_now(session, phase)
    session.commit()
    assert "/challenges/digits/shakeup" in client.get("/challenges/digits/leaderboard").text
    assert "It is being computed" in client.get("/challenges/digits/shakeup").text
    waiting = client.get("/api/v1/challenges/digits/shakeup").json
    assert (waiting["state"], waiting["spearman"], waiting["climbed"]) == ("waiting", None, [])
    write_rank_ranges(database, now=NOON)

    class Jobs:
        def handle(self, name: str, handler: object) -> None:
            """It is asked directly."""

    Shaker(database=database, jobs=Jobs(), clock=clock).shake_up(phase.id)
    text = client.get("/challenges/digits/shakeup").text
    assert "The ranks changed more than chance alone changes them." in text
    assert text.count('class="shake-dot') == 4
    assert "Team 0: 1 → 4" in text
    assert "style=" not in text
    found = client.get("/api/v1/challenges/digits/shakeup").json
    assert (found["state"], found["teams"], found["stayed"]) == ("ready", 4, None)
    assert found["fell"][0]["team"] == {"id": teams[0], "name": "Team 0"}
    # On all rows together it is level with Team 2.
    assert (found["fell"][0]["move"], found["fell"][0]["chance_move"]) == (-3, 1)
    assert found["chance"]["spearman"]["low"] > found["spearman"]
    assert "chance: 1" in client.get("/challenges/digits/leaderboard").text


def test_the_shake_up_is_that_of_the_phase_that_is_out(client, session, clock, phase, contest):
    contest([0.9, 0.8], [0.8, 0.9])
    reveal_now(session, phase)
    session.commit()
    clock.forward(days=40)
    assert client.get("/api/v1/challenges/digits/leaderboard").json["phase"] == "b"
    assert "It is being computed" in client.get("/challenges/digits/shakeup").text
    assert "Not yet" in client.get("/challenges/digits/shakeup?phase=b").text


def test_teams_beyond_those_that_are_offered_are_found_by_name(client, contest, monkeypatch):
    contest([0.9, 0.8, 0.7], [0.9, 0.8, 0.7])
    monkeypatch.setattr("server.comparisons.queries.MOST_OFFERED", 2)
    monkeypatch.setattr("server.comparisons.pages.MOST_OFFERED", 2)
    offered = client.get("/challenges/digits/compare").text
    found = client.get("/challenges/digits/compare?q=team+2").text
    assert "search for others by name" in offered
    assert ">Team 2</option>" not in offered
    assert ">Team 2</option>" in found
    assert ">Team 0</option>" not in found
    assert "No team of this board" in client.get("/challenges/digits/compare?q=nobody").text


@pytest.mark.parametrize(("asked", "shown"), [(-1, False), (1, True)])
def test_what_organisers_had_compared_before_the_reveal_stays_theirs(
    client, session, cast, phase, two, pair, asked, shown
):
    row = stored(session, cast, two, board=Board.PRIVATE)
    reveal_now(session, phase)
    # Of submissions that count no longer, so that it is an older result.
    row.evaluation_id, row.asked_at = 1, phase.revealed_at + timedelta(seconds=asked)
    row.first_submission_id, row.second_submission_id = (
        row.second_submission_id,
        (row.first_submission_id),
    )
    session.add(row)
    session.commit()
    assert ("0.2346" in page(client, pair, "&board=private")) is shown
