"""While a public board is frozen nobody but its organisers learns that anything moves."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from server.app import _services
from server.boards.actions import reveal
from server.boards.entries import rebuild_team
from server.boards.models import Entry
from server.boards.rebuilding import rebuild_board
from server.boards.schedules import write_rank_ranges
from server.evaluations.actions import write_scores
from server.evaluations.models import Replicates, Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board, EvaluationState
from server.shared.events import record
from server.standings.keeping import refresh_standings
from server.submissions.models import Submission
from server.teams.models import Team
from tests.boards.scored import evaluate
from tests.cast import NOON, sign_in
from tests.scores import add_live, report, score, submitted

FREEZE = "/organise/digits/phases/a/freeze"
UNFREEZE = "/organise/digits/phases/a/unfreeze"
API = "/api/v1/challenges/digits/leaderboard"
MARKED = 0.987654321
# Whatever shows a place, a score or a count that a new score would move.
PATHS = (
    "/challenges/digits/leaderboard",
    "/challenges/digits/leaderboard?board=public&q=isar",
    "/challenges/digits/leaderboard?university=munich",
    "/challenges/digits/leaderboard.csv",
    "/challenges/digits/ctftime.json",
    "/challenges/digits/universities",
    "/teams/{isar}",
    "/teams/{pandas}",
    "/challenges/digits/compare?a={isar}&b={pandas}",
    "/api/v1/challenges/digits/comparison?a={isar}&b={pandas}",
    "/api/v1/teams/{isar}/places",
    "/people/{lena}",
    "/universities",
    "/universities?rule=medals",
    "/universities?rule=participation",
    "/universities/munich",
    API,
    f"{API}?board=public&per_page=1&page=2",
    "/api/v1/challenges/digits/universities",
    "/api/v1/standings",
    "/api/v1/standings?rule=participation",
    "/api/v1/universities/munich",
)
REQUEST = re.compile(r'name="csrf_token" value="[^"]*"')


@pytest.fixture
def walk(app, settings, database, clock, cast, bearer):
    """Read every path as a visitor and as another team, with nothing kept from before."""
    ids = {key: team.id for key, team in cast.teams.items()} | {"lena": cast.lena.id}
    headers = bearer(cast.wei)

    def walk():
        found = {}
        app.extensions["varsity"] = _services(settings, clock, database)
        refresh_standings(database, now=clock())
        browsers = {"visitor": app.test_client(), "wei": sign_in(app.test_client(), cast.wei)}
        for path in (p.format(**ids) for p in PATHS):
            for name, browser in browsers.items():
                if name == "visitor" and not path.endswith("/leaderboard"):
                    continue
                extra = headers if name == "wei" and path.startswith("/api") else {}
                answer = browser.get(path, headers=extra)
                assert answer.status_code == 200, path
                found[name, path] = REQUEST.sub("", answer.text)
        return found

    return walk


def names(client, path=API, **headers):
    return [r["team"]["name"] for r in client.get(path, **headers).json["rows"] if r["team"]]


def another(session, cast, *, at=NOON):
    """Isar overtakes the pandas; the session is free again."""
    session.rollback()
    made = submitted(session, cast, team="isar", by="lena", at=at)
    live = live_evaluation(session, made.phase_id)
    assert score(session, made, live, report(MARKED, 0.1), now=at)
    session.commit()
    return made


def said(session, cast):
    """Write the event that every decision writes, and free the session."""
    record(session, "test.decided", at=NOON, challenge_id=cast.digits.id)
    session.commit()


def test_a_new_score_changes_nothing_that_others_read_until_the_board_moves_again(
    session, cast, board, olga, walk, clock
):
    clock.forward(minutes=1)
    assert olga.post(FREEZE).status_code == 303
    before = walk()
    another(session, cast, at=clock())
    after = walk()
    assert not [key for key, body in before.items() if after[key] != body]
    olga.post(UNFREEZE)
    moved = walk()
    assert not [key for key, body in before.items() if moved[key] == body]


def test_what_a_frozen_board_shows_keeps_its_replicates_for_the_ranges_of_the_standings(
    session, cast, board, olga
):
    live = live_evaluation(session, cast.phase_a.id)
    [first] = session.exec(select(Submission).where(Submission.team_id == cast.isar.id)).all()
    said = report(0.5, 0.5, replicates=True)
    write_scores(session, submission_id=first.id, evaluation_id=live.id, report=said, now=NOON)
    session.commit()
    olga.post(FREEZE)
    another(session, cast)
    kept = select(Score.board).join(Replicates).where(Score.submission_id == first.id)
    assert Board.PUBLIC in session.exec(kept).all()


def test_the_organisers_see_the_board_move_and_are_told_that_others_do_not(
    session, cast, board, olga, client
):
    olga.post(FREEZE)
    another(session, cast)
    assert names(client) == ["Giant Pandas", "Isar Surfers"]
    page = olga.get("/challenges/digits/leaderboard").text
    assert page.index("Isar Surfers") < page.index("Giant Pandas")
    assert "You see it move because you organise the challenge" in page
    assert "It is shown as it stood at" in client.get("/challenges/digits/leaderboard").text


def test_a_team_still_sees_its_own_score_and_no_rank_of_the_live_board(
    session, app, cast, board, olga, bearer
):
    olga.post(FREEZE)
    made = another(session, cast)
    headers = bearer(cast.lena)
    own = app.test_client().get(f"/api/v1/submissions/{made.id}", headers=headers).json
    assert (own["score"]["value"], own["rank"]) == (MARKED, None)
    lena = sign_in(app.test_client(), cast.lena)
    page = lena.get(f"/submissions/{made.id}").text
    assert "0.9877" in page
    assert "The public board is frozen since" in page
    assert "not on the frozen board" in page
    own_ones = select(Submission).where(Submission.team_id == cast.isar.id)
    first = session.exec(own_ones.order_by(Submission.id)).first()
    session.rollback()
    held = app.test_client().get(f"/api/v1/submissions/{first.id}", headers=headers).json
    assert held["rank"] == 2


def test_the_api_says_since_when_and_names_the_board_as_before(client, session, board, olga):
    assert client.get(API).json["frozen_since"] is None
    olga.post(FREEZE)
    for path in (API, "/api/v1/challenges/digits/universities"):
        found = client.get(path).json
        assert (found["board"], found["frozen_since"]) == ("public", "2026-11-20T12:00:00Z")
    assert client.get(f"{API}?board=frozen").status_code == 422


def test_letting_it_move_shows_the_present_board_and_keeps_no_copy(
    session, cast, board, olga, client
):
    olga.post(FREEZE)
    another(session, cast)
    olga.post(UNFREEZE)
    assert names(client) == ["Isar Surfers", "Giant Pandas"]
    assert client.get(API).json["frozen_since"] is None
    session.rollback()
    assert not session.exec(select(Entry).where(Entry.board == Board.FROZEN)).all()


def test_the_reveal_ends_the_freeze(session, cast, board, olga, client, clock, fresh):
    olga.post(FREEZE)
    another(session, cast)
    clock.forward(days=11)
    phase = fresh(board)
    reveal(session, phase=phase, actor_id=None, now=clock())
    session.commit()
    found = client.get(f"{API}?phase=a&board=public").json
    assert (names_of(found), found["frozen_since"]) == (["Isar Surfers", "Giant Pandas"], None)
    assert names(client, f"{API}?phase=a") == ["Giant Pandas", "Isar Surfers"]
    assert not session.exec(select(Entry).where(Entry.board == Board.FROZEN)).all()
    session.rollback()
    assert olga.post(FREEZE).status_code == 303
    assert fresh(board).frozen_at is None


def names_of(found):
    return [row["team"]["name"] for row in found["rows"] if row["team"]]


def test_a_new_evaluation_that_goes_live_leaves_a_frozen_board_as_it_was(
    session, cast, board, olga, client, fresh
):
    olga.post(FREEZE)
    before = client.get(API).json
    phase = fresh(board)
    old = live_evaluation(session, phase.id)
    old.state = EvaluationState.PAST
    session.flush()
    new = add_live(session, phase, number=2)
    for submission in session.exec(select(Submission).where(Submission.phase_id == phase.id)):
        of = {"submission_id": submission.id, "evaluation_id": new.id, "board": Board.PUBLIC}
        session.add(Score(value=0.111, scored_at=NOON, **of))
    session.flush()
    rebuild_board(session, phase=phase, evaluation=new)
    said(session, cast)
    assert client.get(API).json == before
    assert (before["evaluation"], olga_sees(session, phase)) == (1, {new.id})


def olga_sees(session, phase):
    public = select(Entry).where(Entry.phase_id == phase.id, Entry.board == Board.PUBLIC)
    return {entry.evaluation_id for entry in session.exec(public)}


def test_a_disqualified_team_leaves_a_frozen_board_and_comes_back_as_it_stood(
    session, cast, board, olga, client
):
    olga.post(FREEZE)
    another(session, cast)
    path = f"/organise/digits/teams/{cast.isar.id}"
    assert olga.post(f"{path}/disqualify", data={"reason": "two accounts"}).status_code == 303
    assert names(client) == ["Giant Pandas"]
    olga.post(f"{path}/reinstate", data={"reason": "a mistake"})
    rows = client.get(API).json["rows"]
    assert [(r["team"]["name"], r["score"]) for r in rows if r["team"]] == [
        ("Giant Pandas", 0.9),
        ("Isar Surfers", 0.8),
    ]


def test_a_disqualified_submission_leaves_a_frozen_board_as_long_as_it_is(
    session, cast, board, olga, client
):
    shown = session.exec(select(Submission.id).where(Submission.team_id == cast.isar.id)).one()
    session.rollback()
    olga.post(FREEZE)
    another(session, cast)
    path = f"/organise/digits/submissions/{shown}"
    olga.post(f"{path}/disqualify", data={"reason": "sent by somebody else"})
    assert names(client) == ["Giant Pandas"]
    assert client.get(API).json["withdrawn"] == []
    olga.post(f"{path}/reinstate", data={"reason": "it was not"})
    assert names(client) == ["Giant Pandas", "Isar Surfers"]


def test_a_team_that_became_part_of_another_is_on_no_frozen_board(
    session, cast, board, olga, client
):
    olga.post(FREEZE)
    session.expire_all()
    team = session.get_one(Team, cast.isar.id)
    team.closed_at, team.merged_into = NOON, cast.pandas.id
    session.flush()
    rebuild_team(session, team_id=team.id, now=NOON)
    said(session, cast)
    assert names(client) == ["Giant Pandas"]


def test_the_ranges_of_a_frozen_board_are_computed_no_more(session, cast, board, olga, database):
    olga.post(FREEZE)
    session.rollback()
    write_rank_ranges(database, now=NOON + timedelta(minutes=5))
    frozen = session.exec(select(Entry).where(Entry.board == Board.FROZEN)).all()
    assert len(frozen) == 3
    assert {entry.ranges_at for entry in frozen if entry.team_id} == {NOON}


def test_freezing_twice_keeps_the_first_moment(session, cast, board, olga, client, clock, bearer):
    olga.post(FREEZE)
    first = client.get(API).json["frozen_since"]
    another(session, cast)
    clock.forward(minutes=3)
    assert olga.post(FREEZE).status_code == 303
    assert "frozen already" in olga.get("/organise/digits/controls").text
    again = app_post(client, "freeze", bearer(cast.olga))
    assert (again.status_code, again.json["code"]) == (409, "frozen-already")
    assert client.get(API).json["frozen_since"] == first
    assert names(client) == ["Giant Pandas", "Isar Surfers"]
    assert app_post(client, "unfreeze", bearer(cast.olga)).json["frozen_since"] is None
    over = app_post(client, "unfreeze", bearer(cast.olga))
    assert (over.status_code, over.json["code"]) == (409, "not-frozen")


def app_post(client, what, headers):
    return client.post(f"/api/v1/challenges/digits/phases/a/{what}", headers=headers)


def test_an_empty_board_can_be_frozen(session, cast, olga, client):
    evaluate(session, session.merge(cast.phase_a))
    session.commit()
    olga.post(FREEZE)
    another(session, cast)
    assert client.get(API).json["rows"] == []
    assert "No score yet" in client.get("/challenges/digits/leaderboard").text
