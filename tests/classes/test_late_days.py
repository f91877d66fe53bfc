"""The late days of a class: told, taken to their last second, and never taken away."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlmodel import select

from server.boards.actions import reveal
from server.boards.schedules import reveal_due
from server.challenges.models import Challenge
from server.classes.models import PublishedGrade
from server.shared.errors import Conflict
from server.submissions.models import Submission
from tests.boards.scored import evaluate, scored
from tests.cast import sign_in
from tests.classes.lecturing import LINEAR, URL, finish


def test_late_days_and_their_price_are_told_before_the_deadline(board, olga, app, cast) -> None:
    olga.post(URL, data=LINEAR | {"late_days": "2", "late_cost": "10"})
    lena = sign_in(app.test_client(), cast.lena)
    for tab in ("", "/rules", "/submit", "/grade"):
        page = lena.get(f"/challenges/digits{tab}").text
        assert "Late files are taken for 2 more days, for a grade alone." in page, tab
    assert "Each costs 10." in page
    olga.post(URL, data=LINEAR | {"late_days": "0"})
    for tab in ("", "/rules", "/submit", "/grade"):
        assert "Late files" not in lena.get(f"/challenges/digits{tab}").text, tab


def test_a_late_file_is_taken_to_the_last_second_and_counts_for_the_grade_alone(
    board, olga, cast, session, clock, app, database
) -> None:
    olga.post(URL, data=LINEAR)
    lena = sign_in(app.test_client(), cast.lena)

    def send(moment):
        clock.moment = moment
        data = {"file": (BytesIO(b"id,digit\n1,2\n"), "late.csv"), "phase": "a"}
        return lena.post("/challenges/digits/submit", data=data, content_type="multipart/form-data")

    until = board.ends + timedelta(days=2)
    assert send(until + timedelta(seconds=1)).status_code == 409
    assert send(until + timedelta(milliseconds=900)).status_code == 303
    with database.reading() as reading:
        sent = reading.exec(select(Submission).where(Submission.filename == "late.csv")).one()
    assert sent.late


def test_in_the_late_days_no_page_says_that_a_file_is_practice(
    board, olga, cast, session, clock, app
) -> None:
    olga.post(URL, data=LINEAR)
    session.rollback()
    phase = session.merge(board)
    at = phase.ends + timedelta(hours=3)
    isar = session.merge(cast.isar)
    late = scored(session, phase, isar, 0.5, 0.95, by=cast.lena, at=at, late=True)
    session.commit()
    clock.moment = at
    lena = sign_in(app.test_client(), cast.lena)
    page = lena.get(f"/submissions/{late.id}").text
    assert "it may count for the grade" in page
    assert "Practice" not in page
    board_page = lena.get("/challenges/digits/leaderboard?phase=a").text
    assert "follows after the late days of the class" in board_page
    link = "/challenges/digits/submit?phase=a"
    assert f'href="{link}"' in lena.get("/").text.partition("Hand in late")[0][-200:]
    # To the last second, which still counts.
    last = phase.ends + timedelta(days=session.get_one(Challenge, cast.digits.id).late_days)
    session.rollback()
    for clock.moment, runs in ((last, True), (last + timedelta(seconds=1), False)):
        shown = lena.get("/challenges/digits/leaderboard?phase=a").text
        assert ("follows after the late days" in shown) is runs


def test_late_days_that_a_team_has_used_are_not_taken_away(board, olga, cast, session) -> None:
    olga.post(URL, data=LINEAR | {"late_days": "3"})
    session.rollback()
    phase = session.merge(board)
    at = phase.ends + timedelta(hours=30)
    scored(session, phase, session.merge(cast.isar), 0.5, 0.95, by=cast.lena, at=at, late=True)
    session.commit()
    refused = olga.post(URL, data=LINEAR | {"late_days": "1"})
    assert refused.status_code == 422
    assert "handed in on late day 2 already" in refused.text
    assert olga.post(URL, data=LINEAR | {"late_days": "2"}).status_code == 303


def test_the_last_late_file_is_graded_where_it_is_better(
    board, olga, cast, session, clock, database
) -> None:
    olga.post(URL, data=LINEAR | {"late_cost": "2"})
    session.rollback()
    phase = session.merge(board)
    isar = session.merge(cast.isar)
    for hours, private in ((3, 0.95), (30, 0.9)):
        at = phase.ends + timedelta(hours=hours)
        scored(session, phase, isar, 0.5, private, by=cast.lena, at=at, late=True)
    session.commit()
    finish(session, phase, clock)
    olga.post(f"{URL}/phases/a/publish")
    with database.reading() as reading:
        lena = reading.exec(
            select(PublishedGrade).where(PublishedGrade.account_id == cast.lena.id)
        ).one()
    assert (lena.value, lena.late_days, lena.grade) == (0.9, 2, "96.0")


def test_nothing_is_revealed_while_late_files_are_taken(board, olga, session, clock) -> None:
    olga.post(URL, data=LINEAR)
    session.rollback()
    phase = session.merge(board)
    clock.moment = phase.ends + timedelta(days=2)
    assert reveal_due(session, now=clock()) == []
    with pytest.raises(Conflict, match="late days"):
        reveal(session, phase=phase, actor_id=None, now=clock())
    clock.forward(seconds=1)
    assert reveal_due(session, now=clock()) == [phase.id]


def test_late_days_stay_once_a_result_is_revealed(board, olga, session, clock) -> None:
    olga.post(URL, data=LINEAR)
    finish(session, board, clock)
    answer = olga.post(URL, data=LINEAR | {"late_days": "5"})
    assert answer.status_code == 422
    assert "stay as they were" in answer.text


def test_late_files_are_taken_beside_an_open_phase_whose_submissions_are_used_up(
    board, olga, cast, session, clock, app, database
) -> None:
    olga.post(URL, data=LINEAR)
    session.rollback()
    following = session.merge(cast.phase_b)
    following.starts, following.ends = board.ends, board.ends + timedelta(days=10)
    following.total = 1
    evaluate(session, following)
    at = clock.moment = board.ends + timedelta(hours=3)
    scored(session, following, session.merge(cast.isar), 0.5, 0.5, by=cast.lena, at=at)
    session.commit()
    lena = sign_in(app.test_client(), cast.lena)
    home = lena.get("/").text
    assert 'href="/challenges/digits/submit?phase=a"' in home.partition("Hand in late")[0][-200:]

    def send(phase):
        data = {"file": (BytesIO(b"id,digit\n1,2\n"), f"{phase}.csv"), "phase": phase}
        return lena.post("/challenges/digits/submit", data=data, content_type="multipart/form-data")

    assert send("b").status_code == 409
    assert send("a").status_code == 303
    with database.reading() as reading:
        sent = reading.exec(select(Submission).where(Submission.filename == "a.csv")).one()
    assert (sent.phase_id, sent.late) == (board.id, True)
