"""The page about one's data, and the end of an account."""

import re

import pytest
from sqlmodel import Session

from server.accounts.models import Account
from server.challenges.models import Organiser
from server.challenges.rules import Role
from tests.accounts.devices import PROOF, set_up
from tests.boards.scored import statements
from tests.cast import sign_in

CLOSE = {**PROOF, "understood": "y"}


def is_closed(database, account_id: int) -> bool:
    with Session(database.read_engine) as session:
        return session.get_one(Account, account_id).closed_at is not None


def test_it_says_what_is_kept_why_and_how_long(client, cast) -> None:
    page = sign_in(client, cast.wei).get("/settings/data").text
    assert "Teams that you are in" in page
    assert "as long as the challenge is kept" in page
    assert "Two-step sign-in" not in re.search(r"held-title.*", page, re.DOTALL)[0]


def test_before_it_is_deleted_a_person_sees_what_goes_and_what_stays(client, cast) -> None:
    page = sign_in(client, cast.wei).get("/settings/close").text
    goes, stays = page.split('id="stays-title"')
    assert "Browsers in which you are signed in" in goes
    assert "Teams that you are in" in stays


@pytest.mark.parametrize("path", ["/settings/data", "/settings/close"])
def test_however_many_tables_there_are_they_are_counted_in_one_question(
    client, session, cast, path
) -> None:
    browser = sign_in(client, cast.wei)
    browser.get(path)
    with statements(session) as seen:
        assert browser.get(path).status_code == 200
    assert len(seen) <= 12, [said for said, _values in seen]


def test_the_page_of_who_is_gone_is_there_for_nobody(app, client, cast, database) -> None:
    assert sign_in(client, cast.wei).post("/settings/close", data=CLOSE).location == "/"
    assert is_closed(database, cast.wei.id)
    for who in (None, cast.lena, cast.ada):
        browser = app.test_client() if who is None else sign_in(app.test_client(), who)
        assert browser.get(f"/people/{cast.wei.id}").status_code == 404
        assert browser.get(f"/api/v1/people/{cast.wei.id}").status_code == 404


def test_with_two_steps_it_takes_a_code_too(client, cast, clock, database) -> None:
    _device, paper = set_up(sign_in(client, cast.wei), clock)
    for code in ("", "000000"):
        assert client.post("/settings/close", data={**CLOSE, "own_code": code}).status_code == 422
    assert not is_closed(database, cast.wei.id)
    # A code that comes with a wrong password is not spent.
    wrong = {**CLOSE, "own_password": "guess", "own_code": paper[0]}
    assert client.post("/settings/close", data=wrong).status_code == 422
    data = {**CLOSE, "own_code": paper[0]}
    assert client.post("/settings/close", data=data).status_code == 303
    assert is_closed(database, cast.wei.id)


def test_the_only_owner_is_told_what_to_do_and_keeps_the_code(
    client, session, cast, clock, database
) -> None:
    owner = session.get_one(Organiser, (cast.digits.id, cast.olga.id))
    owner.role = Role.OWNER
    session.add(owner)
    session.commit()
    sign_in(client, cast.olga)
    page = client.get("/settings/close").text
    assert "You are the only owner of a challenge" in page
    assert "/organise/digits" in page
    refused = client.post("/settings/close", data=CLOSE)
    assert refused.status_code == 422
    assert "Name another owner first" in refused.text
    assert not is_closed(database, cast.olga.id)


@pytest.mark.parametrize("path", ["/settings/close", "/settings/data/export"])
def test_guesses_are_limited(settings, client, cast, path) -> None:
    settings.rate_limit_sign_in = "2 per minute"
    sign_in(client, cast.wei)
    guess = {"own_password": "guess", "understood": "y"}
    assert [client.post(path, data=guess).status_code for _ in range(3)] == [422, 422, 429]


def test_no_other_site_deletes_an_account(app, cast, database) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(app.test_client(), cast.wei)
    assert client.post("/settings/close", data=CLOSE).status_code == 400
    assert client.post("/settings/data/export", data=PROOF).status_code == 400
    assert not is_closed(database, cast.wei.id)
