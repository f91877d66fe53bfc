"""A deadline becomes later by hand: every team is told, and what keeps the new one counts."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from server.boards.actions import go_live
from server.boards.ladder import climb_beside
from server.boards.models import Entry
from server.boards.rebuilding import made_entries
from server.challenges.models import Challenge, Phase
from server.controls.actions import By, extend
from server.controls.letters import LETTERS
from server.evaluations.actions import write_scores
from server.evaluations.models import Rescore
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.shared.errors import Conflict
from server.shared.events import Event
from server.shared.mail import HOME, OutgoingMail
from server.submissions.models import Submission
from server.teams.announcements import tell_asked
from tests.boards.climbing import climbed, has_ladder, said
from tests.boards.scored import scored
from tests.cast import NOON, sign_in
from tests.scores import add_live, submitted

PAGE = "/organise/digits/phases/a/extend"
API = "/api/v1/challenges/digits/phases/a/extend"
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
LATER = NOON + timedelta(days=10, hours=12)
FORM = {"ends": "2026-12-01T00:00", "reason": "the server was away"}


@pytest.fixture
def letters(database):
    """Return the letters posted so far, by their recipient."""

    def letters():
        tell_asked(database, letters=LETTERS, now=NOON)
        with database.reading() as session:
            return {mail.recipient: mail for mail in session.exec(select(OutgoingMail))}

    return letters


def test_the_deadline_moves_and_everybody_in_a_team_is_written_to_by_name(
    cast, board, olga, seen, letters
):
    assert "everybody in a team is told" in olga.post(PAGE, data=FORM, follow_redirects=True).text
    phase = seen(Phase, board.id)
    assert (phase.ends, phase.extended_from) == (LATER, NOON + timedelta(days=10))
    told = letters()
    assert set(told) == {cast.wei.email, cast.mei.email, cast.lena.email}
    letter = told[cast.lena.email]
    assert letter.subject == "More time for Handwritten digits"
    assert letter.body.startswith("Dear Lena Vogt,")
    for part in ("30 Nov 2026, 12:00 UTC", "1 Dec 2026, 00:00 UTC", "the server was away"):
        assert part in letter.body
    assert f"{HOME}/challenges/digits\n" in letter.body
    assert letter.created_at == NOON


def test_a_letter_says_the_moment_in_its_reader_s_zone_and_in_utc(
    session, cast, board, olga, letters
):
    for person, zone, language in (
        (cast.wei, "Asia/Shanghai", "zh"),
        (cast.mei, "Europe/Berlin", "en"),
        (cast.lena, "Nowhere/Atlantis", "en"),
    ):
        account = session.merge(person)
        account.time_zone, account.language = zone, language
    session.commit()
    olga.post(PAGE, data=FORM)
    told = letters()
    # In Shanghai it is morning already, of the day that begins in UTC.
    assert "08:00 Asia/Shanghai (00:00 UTC)" in told[cast.wei.email].body
    assert "2026年12月1日" in told[cast.wei.email].body
    assert "1 Dec 2026, 01:00 Europe/Berlin (00:00 UTC)" in told[cast.mei.email].body
    assert "30 Nov 2026, 13:00 Europe/Berlin (12:00 UTC)" in told[cast.mei.email].body
    assert "1 Dec 2026, 00:00 UTC\n" in told[cast.lena.email].body


def test_who_has_left_is_not_written_to(session, cast, board, olga, letters):
    session.merge(cast.mei).closed_at = NOON
    session.commit()
    olga.post(PAGE, data=FORM)
    assert cast.mei.email not in letters()


def test_the_log_says_who_moved_it_from_when_to_when_and_why(database, cast, board, olga):
    olga.post(PAGE, data=FORM)
    with database.reading() as session:
        event = session.exec(select(Event).where(Event.kind == "phase.extended")).one()
    assert (event.actor_id, event.challenge_id, event.subject_id) == (
        cast.olga.id,
        cast.digits.id,
        board.id,
    )
    assert event.data["before"] == "2026-11-30T12:00:00+00:00"
    assert event.data["ends"] == "2026-12-01T00:00:00+00:00"
    assert event.data["reason"] == "the server was away"


def test_the_new_deadline_counts_to_its_last_instant_and_not_one_later(session, cast, board, olga):
    olga.post(PAGE, data=FORM)
    session.expire_all()
    last = LATER + SECOND - TICK
    assert submitted(session, cast, at=last).late is False
    with pytest.raises(Conflict, match="deadline has passed"):
        submitted(session, cast, at=LATER + SECOND)


def test_after_the_end_a_phase_opens_again_as_long_as_its_result_is_hidden(
    session, app, cast, board, clock, seen
):
    clock.forward(days=10, hours=1)
    olga = sign_in(app.test_client(), cast.olga)
    with pytest.raises(Conflict, match="deadline has passed"):
        submitted(session, cast, at=clock())
    session.rollback()
    olga.post(PAGE, data=FORM)
    session.expire_all()
    assert submitted(session, cast, at=clock()).late is False


def test_what_came_late_by_the_old_deadline_counts_where_it_keeps_the_new_one(
    session, cast, board, olga, seen, database
):
    wei = {"by": cast.wei, "late": True}
    pandas = session.merge(cast.pandas)
    kept = scored(session, board, pandas, 0.97, 0.1, at=LATER + SECOND - TICK, **wei)
    missed = scored(session, board, pandas, 0.99, 0.1, at=LATER + SECOND, **wei)
    session.commit()
    olga.post(PAGE, data=FORM)
    assert (seen(Submission, kept.id).late, seen(Submission, missed.id).late) == (False, True)
    with database.reading() as reading:
        entry = reading.exec(
            select(Entry).where(Entry.team_id == cast.pandas.id, Entry.board == Board.PUBLIC)
        ).one()
        event = reading.exec(select(Event).where(Event.kind == "phase.extended")).one()
    assert (entry.submission_id, entry.value) == (kept.id, 0.97)
    assert event.data["in_time"] == 1


def test_pages_say_that_it_was_extended(cast, board, olga, client):
    olga.post(PAGE, data=FORM)
    assert "extended; it was" in client.get("/challenges/digits").text
    shown = client.get("/api/v1/challenges/digits").json["phases"][0]
    assert (shown["ends"], shown["extended_from"]) == (
        "2026-12-01T00:00:00Z",
        "2026-11-30T12:00:00Z",
    )


def test_a_second_click_and_an_organiser_who_saw_another_end_move_nothing(
    cast, board, olga, client, bearer, seen, letters, kinds
):
    form = {**FORM, "seen": "2026-11-30T12:00:00+00:00"}
    olga.post(PAGE, data=form)
    again = olga.post(PAGE, data=form, follow_redirects=True)
    assert "The deadline was moved meanwhile: it is 2026-12-01 00:00 UTC now" in again.text
    body = {"ends": "2026-12-24T00:00:00Z", "reason": "x", "was": "2026-11-30T12:00:00Z"}
    by_program = client.post(API, json=body, headers=bearer(cast.olga))
    assert (by_program.status_code, by_program.json["code"]) == (409, "deadline-moved")
    assert (seen(Phase, board.id).ends, kinds().count("phase.extended")) == (LATER, 1)
    assert len(letters()) == 3


def test_a_program_extends_under_the_same_rules(cast, board, client, bearer):
    headers, body = bearer(cast.olga), {"ends": "2026-12-01T00:00:00Z", "reason": "more time"}
    for changes in (
        {"ends": "2026-11-30T12:00:00Z"},
        {"ends": "2026-11-29T12:00:00Z"},
        {"ends": "2026-12-01T00:00:00"},
        {"reason": ""},
        {"reason": "  "},
    ):
        assert client.post(API, json=body | changes, headers=headers).status_code == 422, changes
    zoned = body | {"ends": "2026-12-01T00:00:00+02:00"}
    answer = client.post(API, json=zoned, headers=headers)
    assert datetime.fromisoformat(answer.json["ends"]) == LATER - timedelta(hours=2)


def test_what_is_no_moment_is_said_to_be_none(cast, board, olga, seen):
    for ends in ("", "tomorrow", "2026-13-01T00:00", "0001-01-01T00:00+14:00"):
        page = olga.post(PAGE, data={**FORM, "ends": ends}, follow_redirects=True).text
        assert "Write a moment like" in page, ends
    assert seen(Phase, board.id).extended_from is None


def test_a_form_that_is_refused_comes_back_open_as_it_was_filled_in(board, olga):
    answer = olga.post(PAGE, data={"ends": "2026-11-29T08:00", "reason": "the power failed"})
    assert answer.status_code == 422
    form = answer.text.split("<details open>")[1].split("</details>")[0]
    assert 'value="2026-11-29T08:00"' in form
    assert 'value="the power failed"' in form
    assert "notice-danger" in form
    assert answer.text.count("<details open>") == 1


def test_the_next_phase_that_admits_by_the_result_is_not_overrun(session, cast, board, olga, seen):
    session.get_one(Phase, cast.phase_b.id).admit_top = 1
    session.commit()
    begins = cast.phase_b.starts
    form = {**FORM, "ends": f"{begins + timedelta(minutes=1):%Y-%m-%dT%H:%M}"}
    assert "The next phase begins at" in olga.post(PAGE, data=form, follow_redirects=True).text
    olga.post(PAGE, data={**FORM, "ends": f"{begins:%Y-%m-%dT%H:%M}"})
    assert seen(Phase, board.id).ends == begins


def test_a_revealed_phase_stays_closed(session, cast, board, olga, seen):
    session.get_one(Phase, board.id).revealed_at = NOON
    session.commit()
    olga.post(PAGE, data=FORM)
    assert seen(Phase, board.id).extended_from is None


def test_a_preview_of_a_ladder_has_what_the_new_deadline_took_in(session, cast):
    phase = has_ladder(session, cast)
    live = add_live(session, phase)
    made = [climbed(session, cast, live, minute, hits) for minute, hits in enumerate((30, 44, 58))]
    late = made[-1]
    late.late, late.received_at = True, phase.ends + timedelta(hours=1)
    session.add(late)
    corrected = add_live(session, phase, number=2, state=EvaluationState.COMPLETE)
    for seed, submission in enumerate(made):
        ids = {"submission_id": submission.id, "evaluation_id": corrected.id}
        session.add(Rescore(state=RescoreState.SCORED, **ids))
        write_scores(session, report=said(30 + 10 * seed, seed=seed), now=NOON, **ids)
    for submission in made:
        climb_beside(session, submission_id=submission.id, evaluation_id=corrected.id)
    digits = session.get_one(Challenge, phase.challenge_id)
    by = By(cast.olga.id, NOON)
    extend(session, digits, phase, until=LATER, reason="the server was away", by=by)
    beside = made_entries(session, phase=phase, evaluation=corrected, beside=True)
    shown = {row["board"]: (row["submission_id"], row["value"]) for row in beside}
    go_live(session, evaluation=corrected, phase=phase, actor_id=cast.olga.id, now=NOON)
    entries = session.exec(select(Entry).where(Entry.phase_id == phase.id)).all()
    assert shown == {e.board: (e.submission_id, e.value) for e in entries}
    assert shown[Board.PUBLIC] == (late.id, 50 / 60)
