"""A team is given more than the quotas: exactly as much, to it alone, and it is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.mergers.actions import merge_by_code
from server.shared.access import Viewer
from server.shared.errors import Conflict
from server.shared.mail import OutgoingMail
from server.submissions.queries import quota_of
from server.teams.models import ExtraSubmissions
from tests.cast import NOON, sign_in
from tests.scores import submitted

FORM = {"phase": "a", "total": "3", "per_day": "2", "day": "2026-11-21", "reason": "lost files"}
BODY = {"phase": "a", "total": 3, "per_day": 2, "day": "2026-11-21", "reason": "lost files"}
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.fixture
def page(cast):
    return f"/organise/digits/controls/teams/{cast.pandas.id}/extra"


@pytest.fixture
def left(database, cast, board):
    """Return what a team has left at a moment: today, and in all."""

    def left(at, team="pandas"):
        with database.reading() as session:
            phase = session.get_one(Phase, board.id)
            found = quota_of(session, team_id=cast.teams[team].id, phase=phase, now=at)
        return found.left_today, found.left_total

    return left


def test_a_day_is_that_of_utc_from_its_first_instant_to_its_last(cast, board, olga, page, left):
    assert left(NOON) == (4, 99)
    assert olga.post(page, data=FORM).status_code == 303
    assert left(NOON) == (4, 102)
    assert left(MIDNIGHT - TICK) == (4, 102)
    assert left(MIDNIGHT) == (7, 102)
    assert left(MIDNIGHT + timedelta(days=1) - TICK) == (7, 102)
    assert left(MIDNIGHT + timedelta(days=1)) == (5, 102)


def test_nobody_else_is_given_anything(cast, board, olga, page, left):
    before = left(MIDNIGHT, "isar")
    olga.post(page, data=FORM)
    assert left(MIDNIGHT, "isar") == before


def test_as_many_are_taken_as_were_given_and_not_one_more(session, cast, board, olga, page):
    olga.post(page, data={**FORM, "day": "2026-11-20"})
    session.expire_all()
    for number in range(6):
        submitted(session, cast, data=str(number))
    with pytest.raises(Conflict, match="all its submissions of today"):
        submitted(session, cast, data="one more")


def test_the_total_is_raised_by_what_was_given(session, cast, board, olga, page):
    phase = session.get_one(Phase, board.id)
    phase.total = 1
    session.commit()
    olga.post(page, data={**FORM, "total": "1", "per_day": "0", "day": ""})
    session.expire_all()
    submitted(session, cast, data="given")
    with pytest.raises(Conflict, match="all its submissions of this phase"):
        submitted(session, cast, data="one more")


def test_the_team_is_told_by_mail_and_on_its_pages(app, database, cast, board, olga, page, clock):
    olga.post(page, data={**FORM, "day": "2026-11-20"})
    with database.reading() as session:
        told = {m.recipient: m.body for m in session.exec(select(OutgoingMail))}
    assert set(told) == {cast.wei.email, cast.mei.email}
    for part in ("3 more in all", "2 more on 20 Nov 2026 (UTC)", "lost files", "A board"):
        assert part in told[cast.mei.email]
    wei = sign_in(app.test_client(), cast.wei)
    assert "lost files" in wei.get("/challenges/digits/team").text
    shown = " ".join(wei.get("/challenges/digits/submit").text.split())
    assert (
        "The organisers gave your team more: 3 submissions in this phase, 2 submissions today."
        in shown
    )
    assert "7 a day, 102 of 103 left in all" in shown
    quota = wei.get("/api/v1/challenges/digits").json["phases"][0]["quota"]
    assert (quota["left_today"], quota["left_total"]) == (6, 102)


def test_a_program_gives_and_reads_what_is_left(cast, board, client, bearer):
    url = f"/api/v1/teams/{cast.pandas.id}/extra-submissions"
    given = client.post(url, json=BODY, headers=bearer(cast.olga))
    assert given.status_code == 200
    assert given.json == {
        "team": cast.pandas.id,
        "phase": "a",
        "total": 3,
        "per_day": 2,
        "day": "2026-11-21",
        "reason": "lost files",
        "left_today": 4,
        "left_total": 102,
    }


def test_a_second_click_gives_nothing_more(
    database, cast, board, olga, page, client, bearer, left, kinds
):
    olga.post(page, data=FORM)
    again = olga.post(page, data=FORM, follow_redirects=True)
    assert "The very same was given already" in again.text
    url = f"/api/v1/teams/{cast.pandas.id}/extra-submissions"
    by_program = client.post(url, json=BODY, headers=bearer(cast.olga))
    assert (by_program.status_code, by_program.json["code"]) == (409, "given-already")
    assert left(NOON) == (4, 102)
    assert kinds().count("team.extra_submissions") == 1
    olga.post(page, data={**FORM, "reason": "lost again"})
    assert left(NOON) == (4, 105)


def test_what_makes_no_sense_gives_nothing(cast, board, olga, page, left):
    for changes in (
        {"total": "0", "per_day": "0"},
        {"total": "-1"},
        {"total": "1001"},
        {"total": "many"},
        {"day": ""},
        {"day": "2026-11-19"},
        {"day": "soon"},
        {"reason": ""},
    ):
        assert olga.post(page, data=FORM | changes).status_code == 422, changes
    assert left(NOON) == (4, 99)


def test_a_form_that_is_refused_keeps_what_it_said(board, olga, page):
    typed = FORM | {"day": "2026-11-19", "reason": "two files were lost", "per_day": "7"}
    refused = olga.post(page, data=typed).text
    for value in ("2026-11-19", "two files were lost", "7"):
        assert f'value="{value}"' in refused


def test_there_is_no_such_phase_and_no_such_team_here(cast, board, olga, client, bearer):
    other = "/organise/digits/controls/teams/999"
    assert olga.get(other).status_code == 404
    assert olga.post(f"{other}/extra", data=FORM).status_code == 404
    url = f"/api/v1/teams/{cast.pandas.id}/extra-submissions"
    headers = bearer(cast.olga)
    assert client.post(url, json={**BODY, "phase": "z"}, headers=headers).status_code == 404
    assert client.post(url, json={**BODY, "day": None}, headers=headers).status_code == 422


def test_a_merger_takes_along_what_was_given_and_does_not_count_it_against_the_teams(
    session, cast, board, olga, page, left
):
    phase = session.get_one(Phase, board.id)
    phase.total = 4
    session.get_one(type(cast.digits), cast.digits.id).same_university = False
    session.commit()
    olga.post(page, data={**FORM, "total": "2", "per_day": "0", "day": ""})
    session.expire_all()
    for number in range(4):
        submitted(session, cast, data=str(number))
    session.commit()
    # Five of the pandas, one of Isar: six where one team could have made four, and two were given.
    wei = Viewer(id=cast.wei.id, email=cast.wei.email, confirmed=True)
    pandas = session.get_one(type(cast.pandas), cast.pandas.id)
    merge_by_code(session, team=pandas, code=cast.isar.code, by=wei, now=NOON)
    session.commit()
    given = session.exec(select(ExtraSubmissions)).one()
    assert given.team_id == cast.isar.id
    session.rollback()
    assert left(NOON, "isar") == (0, 0)


def test_a_team_that_a_phase_did_not_admit_is_given_nothing_there(session, cast, board, olga, page):
    board.revealed_at = NOON
    session.get_one(Phase, cast.phase_b.id).admit_top = 1
    session.commit()
    shown = olga.get(page.removesuffix("/extra")).text
    assert "did not admit" in olga.post(page, data={**FORM, "phase": "b"}).text
    assert "B board" not in shown
    assert not session.exec(select(ExtraSubmissions)).all()
