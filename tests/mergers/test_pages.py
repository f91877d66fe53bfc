"""Merging two teams in the browser."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.challenges.models import Challenge
from server.challenges.rules import Joining
from server.shared.database import Database
from server.shared.mail import OutgoingMail
from server.teams.models import Team
from tests.cast import NOON, Cast, sign_in
from tests.mergers.merging import merge


def test_a_captain_merges_in_the_browser_and_the_others_are_told(
    client: FlaskClient, cast: Cast, solo: Team, database: Database
) -> None:
    link = f"http://localhost/teams/join/{cast.isar.code}"
    answer = sign_in(client, cast.jonas).post(f"/teams/{solo.id}/merge", data={"code": link})
    assert "Your teams are one now" in client.get(answer.location).text
    with database.reading() as reading:
        assert reading.exec(select(OutgoingMail.recipient)).all() == [cast.lena.email]


def test_a_refused_merger_is_said_on_the_teams_page(
    client: FlaskClient, cast: Cast, solo: Team
) -> None:
    answer = sign_in(client, cast.jonas).post(f"/teams/{solo.id}/merge", data={"code": "guess"})
    assert answer.status_code == 422
    assert "opens no team" in answer.text
    # What was pasted stands there still.
    assert 'value="guess"' in answer.text


def test_a_merger_that_nobody_may_ask_for_any_more_says_why(
    client: FlaskClient, session: Session, cast: Cast, solo: Team
) -> None:
    session.get_one(Challenge, cast.digits.id).lock_at = NOON - timedelta(days=1)
    session.commit()
    data = {"code": cast.isar.code}
    answer = sign_in(client, cast.jonas).post(f"/teams/{solo.id}/merge", data=data)
    assert answer.status_code == 422
    assert "locked" in answer.text


def test_a_captain_accepts_a_merger_in_the_browser(
    client: FlaskClient, session: Session, cast: Cast, solo: Team, database: Database
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    request = merge(session, cast, solo, session.get_one(Team, cast.isar.id)).asked.request
    session.commit()
    sign_in(client, cast.lena)
    assert "would merge into your team" in client.get("/challenges/digits/team").text
    answer = client.post(f"/teams/{cast.isar.id}/merge/accept", data={"request_id": request.id})
    assert "Solo is part of your team now" in client.get(answer.location).text


def test_a_captain_who_asks_again_to_merge_sends_no_second_letter(
    client: FlaskClient, session: Session, cast: Cast, solo: Team, database: Database
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    session.commit()
    sign_in(client, cast.jonas)
    for _ in range(2):
        client.post(f"/teams/{solo.id}/merge", data={"code": cast.isar.code})
    with database.reading() as reading:
        assert reading.exec(select(OutgoingMail.recipient)).all() == [cast.lena.email]


def test_a_captain_whose_merger_is_refused_is_told_that_the_own_team_goes_on(
    client: FlaskClient, session: Session, cast: Cast, solo: Team, database: Database
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    request = merge(session, cast, solo, session.get_one(Team, cast.isar.id)).asked.request
    session.commit()
    data = {"request_id": request.id, "decision": "refuse"}
    sign_in(client, cast.lena).post(f"/teams/{cast.isar.id}/decide", data=data)
    with database.reading() as reading:
        [letter] = reading.exec(select(OutgoingMail)).all()
    told = sign_in(client, cast.jonas).get("/notifications").text
    for said in (letter.body.replace("\n", " "), told):
        assert "Yours goes on as it was" in said
        assert "on your own" not in said


@pytest.mark.parametrize("path", ["merge", "merge/accept"])
def test_nobody_of_another_team_presses_a_button(
    client: FlaskClient, cast: Cast, solo: Team, path: str
) -> None:
    answer = sign_in(client, cast.amina).post(f"/teams/{solo.id}/{path}", data={"request_id": 1})
    assert answer.status_code == 403
