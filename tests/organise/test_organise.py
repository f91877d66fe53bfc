import pytest
from sqlmodel import select

from scorers.errors import Fault, InvalidSolution
from scorers.sentences import as_written, to_json
from server.accounts.tokens import create_token
from server.challenges.models import Challenge, Organiser
from server.shared.events import Event
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.boards.scored import submitted
from tests.cast import NOON, sign_in

ALL = "/api/v1/challenges/digits/submissions/all"
BOARD = "/api/v1/challenges/digits/leaderboard"


def token(session, account):
    made = create_token(session, account_id=account.id, name="test", now=NOON)
    session.commit()
    return {"Authorization": f"Bearer {made[1]}"}


def as_(app, person):
    return sign_in(app.test_client(), person)


def names(client):
    return [r["team"]["name"] for r in client.get(BOARD).json["rows"] if r["team"]]


def test_an_organiser_reads_all_submissions_with_both_scores_and_traces(app, cast, board):
    found = as_(app, cast.olga).get(ALL).json
    assert found["total"] == 4
    newest, failed, isar, pandas = found["rows"]
    assert newest["baseline"] == "always zero"
    assert failed["trace"] == "Traceback: boom"
    assert (isar["score"]["value"], isar["private_score"]["value"]) == (0.8, 0.7)
    assert pandas["private_score"]["value"] == 0.123454321


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("state=failed", [3]),
        ("state=scored", [4, 2, 1]),
        ("q=PANDA", [1]),
        ("q=features", [2]),
        ("phase=b", []),
        ("q=zero", [4]),
    ],
)
def test_submissions_are_filtered(app, cast, board, query, ids):
    found = as_(app, cast.olga).get(f"{ALL}?{query}").json
    assert [row["id"] for row in found["rows"]] == ids
    assert as_(app, cast.olga).get(f"/organise/digits/submissions?{query}").status_code == 200


def test_submissions_of_one_team(app, cast, board):
    found = as_(app, cast.olga).get(f"{ALL}?team={cast.isar.id}").json
    assert [row["id"] for row in found["rows"]] == [3, 2]


@pytest.mark.parametrize("who", [None, "wei", "manfred", "chidi"])
def test_nobody_else_gets_in(app, session, cast, board, who):
    headers = token(session, cast.people[who]) if who else {}
    status = 403 if who else 401
    client = app.test_client()
    assert client.get(ALL, headers=headers).status_code == status
    for path in (
        "submissions/1/disqualify",
        "submissions/1/reinstate",
        f"teams/{cast.pandas.id}/disqualify",
        f"teams/{cast.pandas.id}/reinstate",
        "challenges/digits/reveal",
    ):
        answer = client.post(f"/api/v1/{path}", json={"reason": "because"}, headers=headers)
        assert answer.status_code == status, path
    if who:
        for path in ("", "/submissions", "/submissions/1"):
            assert as_(app, cast.people[who]).get(f"/organise/digits{path}").status_code == 403


def test_an_organiser_of_another_challenge_gets_in_nowhere(app, session, cast, board):
    mine = session.get_one(Challenge, cast.digits.id).model_dump()
    other = Challenge(**{**mine, "id": None, "slug": "other"})
    session.add(other)
    session.flush()
    session.add(Organiser(challenge_id=other.id, account_id=cast.jonas.id))
    session.commit()
    headers = token(session, cast.jonas)
    post = app.test_client().post
    body = {"reason": "because"}
    assert post("/api/v1/submissions/1/disqualify", json=body, headers=headers).status_code == 403
    team = f"/api/v1/teams/{cast.pandas.id}/disqualify"
    assert post(team, json=body, headers=headers).status_code == 403
    jonas = as_(app, cast.jonas)
    assert jonas.get("/organise/other/submissions/1").status_code == 404
    page = "/organise/other/submissions/1/disqualify"
    assert jonas.post(page, data=body).status_code == 404
    page = f"/organise/other/teams/{cast.pandas.id}/disqualify"
    assert jonas.post(page, data=body).status_code == 404
    assert names(app.test_client()) == ["Giant Pandas", "Isar Surfers"]


def test_disqualifying_takes_off_the_board_at_once_and_reinstating_puts_back(
    app, session, cast, board
):
    headers, post = token(session, cast.olga), app.test_client().post
    body = {"reason": "two accounts"}
    answer = post("/api/v1/submissions/1/disqualify", json=body, headers=headers)
    assert answer.json["disqualified_reason"] == "two accounts"
    assert names(app.test_client()) == ["Isar Surfers"]
    again = post("/api/v1/submissions/1/disqualify", json=body, headers=headers)
    assert again.status_code == 409
    assert post("/api/v1/submissions/1/reinstate", json=body, headers=headers).status_code == 200
    assert names(app.test_client()) == ["Giant Pandas", "Isar Surfers"]
    kinds = [e.kind for e in session.exec(select(Event).where(Event.subject_id == 1))]
    assert kinds[-2:] == ["submission.disqualified", "submission.reinstated"]


def test_a_disqualified_team_is_on_no_board(app, session, cast, board):
    headers, post = token(session, cast.olga), app.test_client().post
    path = f"/api/v1/teams/{cast.pandas.id}"
    body = {"reason": "shared a solution"}
    assert post(f"{path}/disqualify", json=body, headers=headers).json["disqualified"] is True
    assert names(app.test_client()) == ["Isar Surfers"]
    assert post(f"{path}/reinstate", json=body, headers=headers).json["disqualified"] is False
    assert names(app.test_client()) == ["Giant Pandas", "Isar Surfers"]


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_must_be_given(app, session, cast, board, reason):
    answer = app.test_client().post(
        "/api/v1/submissions/1/disqualify",
        json={"reason": reason},
        headers=token(session, cast.olga),
    )
    assert answer.status_code == 422


def test_a_baseline_is_not_disqualified(app, session, cast, board):
    answer = app.test_client().post(
        "/api/v1/submissions/4/disqualify", json={"reason": "x"}, headers=token(session, cast.olga)
    )
    assert answer.status_code == 409


def test_the_result_is_revealed_when_the_phase_has_ended(app, session, cast, clock, board):
    headers, post = token(session, cast.olga), app.test_client().post
    early = post("/api/v1/challenges/digits/reveal", json={"phase": "a"}, headers=headers)
    assert (early.status_code, early.json["code"]) == (409, "not-ended")
    clock.forward(days=10, seconds=1)
    assert "Reveal the result" in as_(app, cast.olga).get("/organise/digits").text
    done = post("/api/v1/challenges/digits/reveal", headers=headers)
    assert (done.status_code, done.json["phase"]) == (200, "a")
    shown = app.test_client().get(f"{BOARD}?phase=a").json
    assert shown["board"] == "private"
    assert names_of(shown) == ["Isar Surfers", "Giant Pandas"]


def names_of(found):
    return [row["team"]["name"] for row in found["rows"] if row["team"]]


def test_nothing_is_revealed_while_something_waits(app, session, cast, clock, board):
    submitted(session, board, session.merge(cast.isar), state=SubmissionState.QUEUED)
    session.commit()
    clock.forward(days=11)
    assert "Reveal the result" not in as_(app, cast.olga).get("/organise/digits").text
    answer = as_(app, cast.olga).post("/organise/digits/phases/a/reveal")
    assert answer.status_code == 409


def test_a_failure_is_shown_with_its_trace_and_can_be_scored_again(app, session, cast, board):
    olga = as_(app, cast.olga)
    assert "Traceback: boom" in olga.get("/organise/digits").text
    assert "Traceback: boom" in olga.get("/organise/digits/submissions/3").text
    assert olga.post("/organise/digits/submissions/3/retry").status_code == 303
    session.expire_all()
    assert session.get_one(Submission, 3).state is SubmissionState.QUEUED


def test_the_console_lists_ones_own_challenges(app, cast, board):
    assert "Handwritten digits" in as_(app, cast.olga).get("/organise").text
    assert "Handwritten digits" not in as_(app, cast.wei).get("/organise").text
    assert "Handwritten digits" in as_(app, cast.ada).get("/organise").text


def test_deciding_on_a_page_comes_back_to_it(app, cast, board):
    olga = as_(app, cast.olga)
    answer = olga.post("/organise/digits/submissions/1/disqualify", data={"reason": "two accounts"})
    assert answer.status_code == 303
    assert "two accounts" in olga.get(answer.location).text


def test_a_failure_is_told_in_plain_words_before_its_trace(app, session, cast, board):
    trace = "Traceback (most recent call last):\n  File 'x.py'\nKeyError: 'digit'"
    submission = session.get(Submission, 3)
    submission.trace = trace
    session.add(submission)
    session.commit()
    olga = as_(app, cast.olga)
    for path in ("/organise/digits/submissions/3", "/organise/digits"):
        page = olga.get(path).text
        plain, folded = page.index("The fault is ours"), page.index("The whole trace")
        assert plain < page.index("Press “Score again” once") < folded < page.index("File &#39;x")
        assert "<details" in page[plain:folded]


def test_why_a_solution_does_not_fit_is_said_in_the_language_of_its_reader(
    app, session, cast, board
):
    said = InvalidSolution(
        [Fault("missing_column", as_written("line 1: “digit” is missing."))]
    ).said
    submission = session.get(Submission, 3)
    submission.trace, submission.trace_said = str(said), to_json(said)
    session.add(submission)
    session.commit()
    olga = as_(app, cast.olga)
    chinese = {"Accept-Language": "zh"}
    for path in ("/organise/digits/submissions/3", "/organise/digits"):
        assert "缺少一列" in olga.get(path, headers=chinese).text
        assert "line 1: “digit” is missing." in olga.get(path).text
    asked = token(session, cast.olga)
    read = [
        next(r["trace"] for r in answer.json["rows"] if r["id"] == 3)
        for answer in (
            app.test_client().get(ALL, headers=asked),
            app.test_client().get(ALL, headers=asked | chinese),
        )
    ]
    assert read[0] == str(said)
    assert "缺少一列" in read[1]


def test_a_trace_that_was_kept_as_text_alone_is_still_told(app, session, cast, board):
    submission = session.get(Submission, 3)
    submission.trace = "scoring took longer than 300 s of wall time"
    session.add(submission)
    session.commit()
    page = as_(app, cast.olga).get(
        "/organise/digits/submissions/3", headers={"Accept-Language": "zh"}
    )
    assert "scoring took longer" not in page.text
