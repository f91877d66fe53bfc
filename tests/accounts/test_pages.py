"""Signing in and out, and what guards the forms, in the browser."""

import base64

import pytest
from sqlmodel import Session, select

from server.accounts.models import Account, Sighting
from server.accounts.passwords import HASHER, NOBODY
from tests.accounts.looking import NEW, account_of, is_signed_in, words_of
from tests.cast import PASSWORD, sign_in


def test_signing_in_goes_where_one_wanted_to_go(client, cast) -> None:
    answer = client.get("/settings")
    assert answer.location == "/sign-in?next=/settings"
    answer = client.post(answer.location, data={"email": cast.wei.email, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert is_signed_in(client)
    assert client.get("/sign-in?next=/settings").location == "/settings"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "http:evil",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client, cast, target) -> None:
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"email": cast.wei.email, "password": PASSWORD},
    )
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, cast) -> None:
    wrong = client.post("/sign-in", data={"email": cast.wei.email, "password": "not the one"})
    unknown = client.post("/sign-in", data={"email": "who@ever.example", "password": "not the one"})
    assert wrong.status_code == unknown.status_code == 422
    assert words_of(wrong.text).replace(cast.wei.email, "X") == words_of(unknown.text).replace(
        "who@ever.example", "X"
    )
    assert not is_signed_in(client)


def test_an_unknown_address_costs_a_real_hash(client, cast, real_hashing, monkeypatch) -> None:
    verified: list[str] = []

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            verified.append(kept)
            return HASHER.verify(kept, password)

        def check_needs_rehash(self, kept: str) -> bool:
            return False

    monkeypatch.setattr("server.accounts.passwords.HASHER", Counting())
    client.post("/sign-in", data={"email": "who@ever.example", "password": "not the one"})
    assert verified == [NOBODY]
    assert not HASHER.check_needs_rehash(NOBODY)


def test_an_account_without_a_password_can_not_be_entered(client, cast, database, session) -> None:
    account = session.get(Account, cast.wei.id)
    account.password_hash = ""
    session.commit()
    for guess in ("", "x" * 40, PASSWORD):
        answer = client.post("/sign-in", data={"email": cast.wei.email, "password": guess})
        assert answer.status_code == 422


def test_an_old_hash_is_made_anew_when_its_owner_signs_in(
    client, cast, real_hashing, database
) -> None:
    before = account_of(database, cast.wei.email).password_hash
    assert HASHER.check_needs_rehash(before)
    for _ in range(2):
        client.post("/sign-in", data={"email": cast.wei.email, "password": PASSWORD})
        client.post("/sign-out")
    after = account_of(database, cast.wei.email).password_hash
    assert after != before
    assert not HASHER.check_needs_rehash(after)
    assert HASHER.verify(after, PASSWORD)


def test_a_sign_in_is_seen_but_its_address_is_not_in_the_log(client, cast, database) -> None:
    client.post(
        "/sign-in",
        data={"email": cast.wei.email, "password": PASSWORD},
        headers={"User-Agent": "Firefox"},
    )
    with Session(database.read_engine) as session:
        sighting = session.exec(select(Sighting)).one()
    assert (sighting.account_id, sighting.what) == (cast.wei.id, "sign-in")
    assert (sighting.address, sighting.device) == ("127.0.0.1", "Firefox")


def test_signing_out_ends_this_browser_alone(app, client, cast) -> None:
    other = sign_in(app.test_client(), cast.wei)
    sign_in(client, cast.wei).post("/sign-out")
    assert not is_signed_in(client)
    assert is_signed_in(other)
    assert client.get("/sign-out").status_code == 405


def test_too_many_tries_are_stopped_by_address(settings, cast, client) -> None:
    settings.rate_limit_sign_in = "3 per minute"
    answers = [
        client.post("/sign-in", data={"email": f"{n}@x.example", "password": "guess"}).status_code
        for n in range(4)
    ]
    assert answers == [422, 422, 422, 429]
    assert client.get("/sign-in").status_code == 200


def test_too_many_guesses_at_one_account_are_stopped_wherever_they_come_from(
    settings, cast, client
) -> None:
    settings.rate_limit_sign_in = "3 per minute"
    answers = [
        client.post(
            "/sign-in",
            data={"email": cast.wei.email, "password": "guess"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{n}"},
        ).status_code
        for n in range(4)
    ]
    assert answers == [422, 422, 422, 429]


def test_guesses_through_the_api_are_counted_with_those_of_the_page(settings, cast, client) -> None:
    settings.rate_limit_sign_in = "2 per minute"
    guess = {"email": cast.wei.email, "password": "guess", "name": "laptop"}
    assert client.post("/sign-in", data=guess).status_code == 422
    assert client.post("/api/v1/tokens", json=guess).status_code == 401
    assert client.post("/api/v1/tokens", json=guess).status_code == 429
    assert client.post("/sign-in", data=guess).status_code == 429


def test_letters_to_one_address_are_limited(settings, cast, client, mailbox) -> None:
    settings.rate_limit_sign_up = "2 per hour"
    answers = [
        client.post(
            url,
            data={"email": cast.newt.email},
            environ_base={"REMOTE_ADDR": f"10.0.0.{n}"},
        ).status_code
        for n, url in enumerate(["/forgot", "/confirm", "/forgot"])
    ]
    assert answers == [200, 200, 429]
    assert len(mailbox.all()) == 2


def test_the_confirmation_is_sent_again_to_whoever_waits_for_it_alone(
    client, cast, mailbox
) -> None:
    waiting = client.post("/confirm", data={"email": cast.newt.email})
    confirmed = client.post("/confirm", data={"email": cast.wei.email})
    unknown = client.post("/confirm", data={"email": "who@ever.example"})
    texts = {
        words_of(waiting.text).replace(cast.newt.email, "X"),
        words_of(confirmed.text).replace(cast.wei.email, "X"),
        words_of(unknown.text).replace("who@ever.example", "X"),
    }
    assert len(texts) == 1
    assert [letter.recipient for letter in mailbox.all()] == [cast.newt.email]
    sign_in(client, cast.newt).post(mailbox.link(cast.newt.email, "confirm"))
    assert "not confirmed" not in client.get("/settings").text


def test_links_lead_to_the_configured_address_whatever_the_request_says(
    client, cast, mailbox
) -> None:
    client.post("/forgot", data={"email": cast.wei.email}, headers={"Host": "evil.example"})
    body = mailbox.last(cast.wei.email).body
    assert "evil.example" not in body
    assert "http://localhost/reset/" in body


def test_forms_are_guarded_against_other_sites(app, cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    data = {"email": cast.wei.email, "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 400
    assert client.post("/sign-up", data=NEW).status_code == 400


def test_the_cookie_holds_no_password_hash(client, cast) -> None:
    client.post("/sign-in", data={"email": cast.wei.email, "password": PASSWORD})
    cookie = client.get_cookie("varsity")
    assert cookie is not None
    payload = cookie.value.split(".")[0]
    text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert b"argon2" not in text


@pytest.mark.parametrize("body", [{"email": ["wei@tum.example"], "password": "x"}, [1], 7])
def test_a_form_sent_as_json_is_refused_before_it_is_read(client, cast, body) -> None:
    assert client.post("/sign-in", json=body).status_code == 415
