import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.accounts.tokens import create_token
from server.evaluations.rules import Board, EvaluationState
from server.standings.keeping import refresh_standings
from server.submissions.rules import SubmissionState
from tests.boards.scored import add_team, reveal_now, scored, submitted
from tests.cast import NOON, sign_in
from tests.scores import add_live

MARKED = 0.123454321
BOARD = "/api/v1/challenges/digits/leaderboard"


@pytest.fixture
def pandas(session, cast, board, database):
    """The team of wei and mei with a submission whose private score is marked."""
    team = session.merge(cast.pandas)
    team.university_id, team.fixed_at = cast.tsinghua.id, NOON
    scored(session, board, team, 0.9, MARKED, by=cast.wei)
    isar = session.merge(cast.isar)
    isar.university_id, isar.fixed_at = cast.munich.id, NOON
    scored(session, board, isar, 0.8, 0.7, by=cast.lena)
    session.commit()
    refresh_standings(database, now=NOON)
    return team


def as_(app, person):
    return sign_in(app.test_client(), person)


def token(session, account):
    made = create_token(session, account_id=account.id, name="test", now=NOON)
    session.commit()
    return {"Authorization": f"Bearer {made[1]}"}


def test_a_board_has_the_fields_of_the_contract(client, pandas, cast):
    found = client.get(BOARD).json
    assert {k: v for k, v in found.items() if k != "rows"} == {
        "challenge": "digits",
        "phase": "a",
        "board": "public",
        "frozen_since": None,
        "evaluation": 1,
        "scorer": {"name": "accuracy", "title": "Accuracy", "higher_is_better": True},
        "total": 2,
        "page": 1,
        "per_page": 50,
        "withdrawn": [],
    }
    assert found["rows"][0] == {
        "rank": 1,
        "team": {"id": pandas.id, "name": "Giant Pandas"},
        "university": {"slug": "tsinghua", "name": "Tsinghua University"},
        "score": 0.9,
        "interval": [0.88, 0.92],
        "rank_range": None,
        "submissions": 1,
        "last_submitted_at": "2026-11-20T11:00:00Z",
        "baseline": None,
        "move": None,
        "chance_move": None,
        "first_share": None,
        "universities": [{"slug": "tsinghua", "name": "Tsinghua University"}],
    }


def test_no_more_than_a_hundred_rows_are_given(client, pandas):
    assert client.get(f"{BOARD}?per_page=5000").json["per_page"] == 100
    assert client.get(f"{BOARD}?page=0").status_code == 422


def test_an_unknown_phase_is_not_found(client, pandas):
    assert client.get(f"{BOARD}?phase=z").status_code == 404


@pytest.mark.parametrize("who", [None, "wei", "manfred", "chidi"])
def test_the_private_board_is_refused_before_the_reveal(app, pandas, cast, who):
    asker = as_(app, cast.people[who]) if who else app.test_client()
    assert asker.get(f"{BOARD}?board=private").status_code == 403
    assert asker.get("/challenges/digits/leaderboard?board=private").status_code == 403
    assert asker.get("/challenges/digits/leaderboard.csv?board=private").status_code == 403
    assert asker.get("/challenges/digits/ctftime.json?board=private").status_code == 403
    lines = "/api/v1/challenges/digits/universities?board=private"
    assert asker.get(lines).status_code == 403


@pytest.mark.parametrize("who", [None, "wei", "manfred", "chidi"])
def test_an_evaluation_that_never_was_live_is_for_the_organisers(
    app, session, pandas, cast, board, who
):
    add_live(session, board, number=2, state=EvaluationState.COMPLETE)
    session.commit()
    asker = as_(app, cast.people[who]) if who else app.test_client()
    assert asker.get(f"{BOARD}?evaluation=2").status_code == 403
    assert asker.get(f"{BOARD}?evaluation=1").status_code == 200
    assert asker.get(f"{BOARD}?evaluation=1&board=private").status_code == 403


@pytest.mark.parametrize("who", ["olga", "ada"])
def test_organisers_and_administrators_see_the_private_board_at_any_time(app, pandas, cast, who):
    found = as_(app, cast.people[who]).get(f"{BOARD}?board=private").json
    assert [row["score"] for row in found["rows"]] == [0.7, MARKED]


@pytest.mark.parametrize("who", [None, "wei", "manfred"])
def test_no_private_value_is_in_any_answer_before_the_reveal(
    app, session, pandas, cast, board, who
):
    asker = as_(app, cast.people[who]) if who else app.test_client()
    paths = [
        BOARD,
        "/api/v1/challenges/digits/universities",
        "/api/v1/challenges/digits/submissions",
        "/api/v1/submissions/1",
        "/api/v1/standings",
        "/api/v1/universities/tsinghua",
        "/challenges/digits/leaderboard",
        "/challenges/digits/leaderboard.csv",
        "/challenges/digits/ctftime.json",
        "/challenges/digits/universities",
        "/challenges/digits/submissions",
        "/submissions/1",
        "/submissions/1/state",
        f"/teams/{pandas.id}",
        "/universities",
        "/universities/tsinghua",
        "/standings.csv",
        f"/people/{cast.wei.id}",
    ]
    for path in paths:
        text = asker.get(path).get_data(as_text=True)
        for form in ("0.123454321", "0.1235", "0.1435", "0.10345"):
            assert form not in text, path


def test_what_serves_the_public_board_reads_no_private_row(app, database, pandas):
    seen = []

    def note(_connection, _cursor, statement, values, *_rest):
        seen.append((statement.lower(), values))

    sa.event.listen(database.read_engine, "before_cursor_execute", note)
    app.test_client().get(BOARD)
    app.test_client().get("/challenges/digits/leaderboard")
    app.test_client().get("/challenges/digits/universities")
    app.test_client().get("/universities")
    sa.event.remove(database.read_engine, "before_cursor_execute", note)
    of_boards = [v for s, v in seen if "from entry" in s or "from score" in s]
    assert of_boards
    assert all("public" in _flat(values) for values in of_boards)
    assert not [values for _, values in seen if Board.PRIVATE.value in _flat(values)]


def _flat(values):
    return json.dumps(
        values if not isinstance(values, dict) else list(values.values()), default=str
    )


def test_after_the_reveal_ranks_are_the_private_ones_with_the_moves(client, session, pandas, board):
    reveal_now(session, board)
    session.commit()
    found = client.get(BOARD).json
    assert found["board"] == "private"
    assert [(r["rank"], r["score"], r["move"]) for r in found["rows"]] == [
        (1, 0.7, 1),
        (2, MARKED, -1),
    ]
    public = client.get(f"{BOARD}?board=public").json
    assert [(r["score"], r["move"]) for r in public["rows"]] == [(0.9, None), (0.8, None)]


def test_the_clock_alone_reveals_nothing(client, clock, pandas):
    clock.forward(days=400)
    assert client.get(f"{BOARD}?phase=a").json["board"] == "public"
    assert client.get(f"{BOARD}?phase=a&board=private").status_code == 403


def test_a_submission_has_the_fields_of_the_contract(app, session, pandas, cast, board):
    found = as_(app, cast.mei).get("/api/v1/submissions/1").json
    assert found == {
        "id": 1,
        "challenge": "digits",
        "phase": "a",
        "team": {"id": pandas.id, "name": "Giant Pandas"},
        "by": "王伟",
        "state": "scored",
        "filename": "predictions.csv",
        "size": 10,
        "sha256": "a" * 64,
        "comment": "",
        "submitted_at": "2026-11-20T11:00:00Z",
        "scored_at": "2026-11-20T11:00:00Z",
        "late": False,
        "selected": False,
        "score": {
            "value": 0.9,
            "interval": [0.88, 0.92],
            "method": "percentile of 1,000 resamples",
            "also": {},
        },
        "private_score": None,
        "message": None,
        "rank": 1,
        "ladder": None,
    }
    reveal_now(session, board)
    session.commit()
    after = as_(app, cast.mei).get("/api/v1/submissions/1").json
    assert after["private_score"]["value"] == MARKED
    assert after["rank"] == 2


def test_another_teams_submission_is_not_found(app, pandas, cast):
    for path in ("/submissions/1", "/submissions/1/state", "/api/v1/submissions/1"):
        assert as_(app, cast.lena).get(path).status_code == 404
    assert app.test_client().get("/api/v1/submissions/1").status_code == 401


def test_a_team_lists_its_own_submissions_only(app, pandas, cast):
    found = as_(app, cast.wei).get("/api/v1/challenges/digits/submissions").json
    assert (found["total"], [row["id"] for row in found["rows"]]) == (1, [1])
    assert as_(app, cast.chidi).get("/api/v1/challenges/digits/submissions").json["total"] == 0


def test_a_trace_is_never_in_what_a_team_reads(app, session, pandas, cast, board):
    failed = submitted(
        session,
        board,
        pandas,
        state=SubmissionState.FAILED,
        trace="Traceback: secret.py",
        message="inner words",
    )
    session.commit()
    for path in ("/submissions/{}", "/submissions/{}/state", "/api/v1/submissions/{}"):
        text = as_(app, cast.wei).get(path.format(failed.id)).get_data(as_text=True)
        assert "secret.py" not in text
        assert "inner words" not in text


def test_a_rejected_file_shows_its_faults_by_line_and_column(app, session, pandas, cast, board):
    fault = {"code": "x", "message": "No label.", "line": 4711, "column": "digit"}
    rejected = submitted(
        session,
        board,
        pandas,
        state=SubmissionState.REJECTED,
        message="No label.",
        faults=[{**fault, "value": "cat", "expected": "0, 1 or 2"}],
        fault_count=3,
    )
    session.commit()
    found = as_(app, cast.wei).get(f"/submissions/{rejected.id}/state").json
    assert found["state"] == "rejected"
    for word in ("4,711", "digit", "cat", "0, 1 or 2", "and 2 more"):
        assert word in found["html"]


def faulty(code: str, value: str) -> dict[str, object]:
    return {"code": code, "message": f"{code} {value}", "line": None, "column": "id",
            "value": value, "expected": "an id"}  # fmt: skip


def test_of_an_id_that_is_missing_nothing_was_found(app, session, pandas, cast, board):
    told = {"state": SubmissionState.REJECTED, "message": "wrong ids"}
    lacking = submitted(
        session, board, pandas, faults=[faulty("missing_id", "d7")], fault_count=1, **told
    )
    foreign = submitted(
        session,
        board,
        pandas,
        faults=[faulty("missing_id", "d7"), faulty("unknown_id", "x1")],
        fault_count=900,
        **told,
    )
    session.commit()
    client = as_(app, cast.wei)
    html = client.get(f"/submissions/{lacking.id}/state").json["html"]
    assert "(nothing)" in html
    assert '<code class="found">d7' not in html
    assert "another phase" not in html
    html = client.get(f"/submissions/{foreign.id}/state").json["html"]
    assert '<code class="found">x1' in html
    assert "was the file made for another phase" in html


def test_withdrawing_takes_a_submission_off_the_board_at_once(app, session, pandas, cast):
    answer = app.test_client().post(
        "/api/v1/submissions/1/withdraw", headers=token(session, cast.wei)
    )
    assert answer.status_code == 200
    assert answer.json["rank"] is None
    rows = app.test_client().get(BOARD).json["rows"]
    assert [row["team"]["name"] for row in rows] == ["Isar Surfers"]


def test_picking_is_for_members_and_counts_to_the_limit(app, session, pandas, cast, board):
    extra = [scored(session, board, pandas, 0.5, 0.5, by=cast.wei) for _ in range(2)]
    session.commit()
    own, organiser = token(session, cast.wei), token(session, cast.olga)
    pick = app.test_client().post
    assert pick("/api/v1/submissions/1/select", headers=organiser).status_code == 403
    assert pick("/api/v1/submissions/1/select", headers=own).json["selected"] is True
    assert pick(f"/api/v1/submissions/{extra[0].id}/select", headers=own).status_code == 200
    assert pick(f"/api/v1/submissions/{extra[1].id}/select", headers=own).status_code == 409
    dropped = app.test_client().delete("/api/v1/submissions/1/select", headers=own)
    assert dropped.json["selected"] is False


def test_the_page_says_what_a_submission_changed(app, session, pandas, cast, board):
    better = scored(session, board, pandas, 0.95, 0.5, at=NOON - timedelta(minutes=1), by=cast.wei)
    session.commit()
    html = as_(app, cast.wei).get(f"/submissions/{better.id}").get_data(as_text=True)
    assert "better by" in html
    assert "it was 0.9000" in html


def test_a_formula_in_a_teams_name_is_plain_text_in_the_csv(client, session, cast, board):
    cheat = add_team(session, board.challenge_id, '=HYPERLINK("x")', captain=cast.olga)
    scored(session, board, cheat, -0.5)
    session.commit()
    lines = client.get("/challenges/digits/leaderboard.csv").get_data(as_text=True).split("\r\n")
    assert lines[0].startswith("\ufeffrank,team,university")
    assert '"\'=HYPERLINK(""x"")"' in lines[1]
    assert ",-0.5," in lines[1]


def test_ctftimes_feed_has_its_fields(client, pandas):
    found = client.get("/challenges/digits/ctftime.json").json
    assert found["tasks"] == ["A board"]
    assert found["standings"][0] == {
        "pos": 1,
        "team": "Giant Pandas",
        "score": 0.9,
        "taskStats": {"A board": {"points": 0.9, "time": 1795172400}},
        "lastAccept": 1795172400,
    }


def test_a_university_stands_where_its_best_team_stands(client, session, pandas, cast, board):
    lone = add_team(session, board.challenge_id, "lone", captain=cast.chidi)
    scored(session, board, lone, 0.95)
    session.commit()
    found = client.get("/api/v1/challenges/digits/universities").json
    # 100 * 2 ** -0.75 * log10(2) and 100 * 3 ** -0.75 * log10(2)
    assert [
        (r["rank"], r["university"] and r["university"]["slug"], r["best_rank"], r["teams"])
        for r in found["rows"]
    ] == [(1, "tsinghua", 2, 1), (2, "munich", 3, 1), (None, None, 1, 1)]
    assert [r["points"] and round(r["points"], 3) for r in found["rows"]] == [17.899, 13.206, None]


def test_a_teams_page_is_public_and_names_its_members(client, pandas):
    html = client.get(f"/teams/{pandas.id}").get_data(as_text=True)
    assert "王伟" in html
    assert "wei@" not in html


def test_the_own_row_is_marked_and_another_page_links_to_it(app, session, pandas, cast, board):
    for number in range(60):
        made = add_team(session, board.challenge_id, f"team {number}", captain=cast.olga)
        scored(session, board, made, 0.95)
    session.commit()
    wei = as_(app, cast.wei)
    first = wei.get("/challenges/digits/leaderboard").get_data(as_text=True)
    assert "Your team is at 61 of 62" in first
    assert "page=2" in first
    second = wei.get("/challenges/digits/leaderboard?page=2").get_data(as_text=True)
    assert 'id="own"' in second
    assert "Your team is at" not in second
