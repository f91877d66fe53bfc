"""Signing up and in, confirming, forgotten passwords: in the browser."""

import base64
import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts.models import Account, Sighting
from server.accounts.passwords import HASHER, NOBODY
from server.accounts.queries import account_by_email
from server.accounts.rules import RESET_LASTS
from server.shared.database import Database
from tests.cast import PASSWORD, Cast, sign_in

NEW = {
    "name": "Zhang San",
    "email": "zhang@tsinghua.example",
    "password": "seven green kettles",
    "accepts": "y",
}


def words_of(text: str) -> str:
    """A page without its token against forgery, which carries the time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def account_of(database: Database, email: str) -> Account:
    with Session(database.read_engine) as session:
        account = account_by_email(session, email)
        assert account is not None
        return account


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/settings").status_code == 200


def test_a_student_signs_up_confirms_and_belongs_to_the_university(
    client, cast, database, mailbox, events_of
) -> None:
    page = client.post("/sign-up", data=NEW)
    assert page.status_code == 200
    assert "zhang@tsinghua.example" in page.text
    assert account_of(database, NEW["email"]).confirmed_at is None
    assert not is_signed_in(client)

    link = mailbox.link(NEW["email"], "confirm")
    assert "Yes, confirm it" in client.get(link).text
    assert account_of(database, NEW["email"]).confirmed_at is None
    assert client.post(link).status_code == 303

    account = account_of(database, NEW["email"])
    assert account.confirmed_at is not None
    assert account.university_id == cast.tsinghua.id
    assert is_signed_in(client)
    assert events_of() == [
        "account.created",
        "policy.accepted",
        "policy.accepted",
        "account.confirmed",
        "account.university_changed",
    ]


def test_who_came_from_a_challenge_goes_on_there_after_the_confirmation(
    client, cast, mailbox
) -> None:
    wanted = "/challenges/digits/submit"
    assert f"/sign-up?next={wanted}" in client.get(f"/sign-in?next={wanted}").text
    client.post(f"/sign-up?next={wanted}", data=NEW)
    answer = client.post(mailbox.link(NEW["email"], "confirm"))
    assert answer.location == wanted
    assert f"You belong to {cast.tsinghua.name}." in client.get("/").text


def test_signing_up_leads_to_no_other_site(client, cast, mailbox) -> None:
    client.post("/sign-up?next=//evil.example/", data=NEW)
    assert client.post(mailbox.link(NEW["email"], "confirm")).location == "/"


def test_a_subdomain_of_the_university_counts(client, cast, database, mailbox) -> None:
    client.post("/sign-up", data={**NEW, "email": "z@mails.tsinghua.example"})
    client.post(mailbox.link("z@mails.tsinghua.example", "confirm"))
    assert account_of(database, "z@mails.tsinghua.example").university_id == cast.tsinghua.id


def test_an_address_elsewhere_joins_no_university(client, cast, database, mailbox) -> None:
    client.post("/sign-up", data={**NEW, "email": "z@mail.example"})
    client.post(mailbox.link("z@mail.example", "confirm"))
    account = account_of(database, "z@mail.example")
    assert account.confirmed_at is not None
    assert account.university_id is None


def test_another_browser_must_sign_in_to_confirm(app, client, cast, database, mailbox) -> None:
    client.post("/sign-up", data=NEW)
    link = mailbox.link(NEW["email"], "confirm")
    other = app.test_client()
    assert other.get(link).location == f"/sign-in?next={link}"
    assert other.post(link).status_code == 303
    assert account_of(database, NEW["email"]).confirmed_at is None
    answer = other.post(f"/sign-in?next={link}", data=NEW)
    assert answer.location == link
    other.post(link)
    assert account_of(database, NEW["email"]).confirmed_at is not None


def test_the_owner_of_an_address_is_not_led_into_an_account_that_another_made(
    app, client, cast, database, mailbox
) -> None:
    thief, owner = client, app.test_client()
    thief.post("/sign-up", data=NEW)
    stolen = mailbox.link(NEW["email"], "confirm")
    owner.post("/sign-up", data={**NEW, "password": "nine yellow saucers"})
    owner.post("/confirm", data={"email": NEW["email"]})
    for link in (stolen, mailbox.link(NEW["email"], "confirm")):
        owner.post(link)
        assert not is_signed_in(owner)
    assert account_of(database, NEW["email"]).confirmed_at is None


def test_the_link_of_one_account_does_not_confirm_another(client, cast, database, mailbox) -> None:
    client.post("/sign-up", data=NEW)
    link = mailbox.link(NEW["email"], "confirm")
    assert sign_in(client, cast.newt).post(link).status_code == 403
    assert account_of(database, cast.newt.email).confirmed_at is None


def test_a_confirmation_ends_after_exactly_three_days(client, cast, mailbox, clock) -> None:
    client.post("/sign-up", data=NEW)
    link = mailbox.link(NEW["email"], "confirm")
    clock.forward(days=3, microseconds=-1)
    assert client.get(link).status_code == 200
    clock.forward(microseconds=1)
    answer = client.post(link, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (422, "link-expired")


def test_a_changed_link_confirms_nothing(client, cast, mailbox) -> None:
    client.post("/sign-up", data=NEW)
    link = mailbox.link(NEW["email"], "confirm")
    assert client.get(f"{link}x").status_code == 422
    reset = link.replace("/confirm/", "/reset/")
    assert client.get(reset).status_code == 422


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_letter(
    client, cast, database, mailbox
) -> None:
    fresh = client.post("/sign-up", data=NEW)
    taken = client.post("/sign-up", data={**NEW, "email": cast.wei.email})
    assert taken.status_code == fresh.status_code == 200
    assert words_of(taken.text).replace(cast.wei.email, "X") == words_of(fresh.text).replace(
        NEW["email"], "X"
    )
    assert "already" in mailbox.last(cast.wei.email).body
    assert "/confirm/" not in mailbox.last(cast.wei.email).body
    assert account_of(database, cast.wei.email).name == cast.wei.name


def test_the_cookie_after_signing_up_does_not_tell_whether_the_address_was_taken(app, cast) -> None:
    sizes = set()
    for email in (NEW["email"], cast.wei.email):
        client = app.test_client()
        client.post("/sign-up", data={**NEW, "email": email})
        with client.session_transaction() as cookie:
            sizes.add((tuple(cookie), len(cookie["joining"])))
    assert len(sizes) == 1


def test_an_address_in_capitals_is_the_same_address(client, cast, database) -> None:
    client.post("/sign-up", data={**NEW, "email": "  ZHANG@Tsinghua.EXAMPLE "})
    assert account_of(database, NEW["email"]).name == "Zhang San"
    assert (
        client.post("/sign-in", data={**NEW, "email": "Zhang@TSINGHUA.example"}).status_code == 303
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "zhang", "This is no e-mail address"),
        ("email", "", "This is needed"),
        ("name", "   ", "Give the name"),
        ("name", "Evil\u202ename", "can be seen"),
        ("password", "short pwd", "at least 10 characters"),
        ("password", "password123", "Many people"),
        ("password", "zhangsan2026", "made of your name"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(client, cast, field, value, words) -> None:
    answer = client.post("/sign-up", data={**NEW, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    kept = "email" if field != "email" else "name"
    assert NEW[kept] in answer.text
    assert NEW["password"] not in answer.text


def test_every_mistake_is_shown_at_once(client, cast) -> None:
    text = client.post("/sign-up", data={"name": " ", "email": "z", "password": "short"}).text
    for words in ("Give the name", "This is no e-mail address", "at least 10 characters"):
        assert words in text


def test_of_two_who_race_for_an_address_one_gets_it_and_nobody_sees_a_fault(
    app: Flask, cast: Cast, database: Database, mailbox
) -> None:
    answers: list[int] = []
    start = threading.Barrier(4)

    def race() -> None:
        client = app.test_client()
        start.wait()
        answers.append(client.post("/sign-up", data=NEW).status_code)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    with Session(database.read_engine) as session:
        assert len(session.exec(select(Account).where(Account.email == NEW["email"])).all()) == 1
    subjects = [letter.subject for letter in mailbox.all(NEW["email"])]
    assert subjects.count("Confirm your e-mail address") == 1
    assert subjects.count("You have an account already") == 3


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


def test_a_forgotten_password_is_answered_alike_for_known_and_unknown(
    client, cast, mailbox
) -> None:
    known = client.post("/forgot", data={"email": cast.wei.email})
    unknown = client.post("/forgot", data={"email": "who@ever.example"})
    assert known.status_code == unknown.status_code == 200
    assert words_of(known.text).replace(cast.wei.email, "X") == words_of(unknown.text).replace(
        "who@ever.example", "X"
    )
    assert [letter.recipient for letter in mailbox.all()] == [cast.wei.email]


def test_a_reset_ends_every_session_and_works_once(app, client, cast, mailbox) -> None:
    elsewhere = sign_in(app.test_client(), cast.wei)
    client.post("/forgot", data={"email": cast.wei.email})
    client.post("/forgot", data={"email": cast.wei.email})
    link, new = mailbox.link(cast.wei.email, "reset"), "seven green kettles"
    assert client.get(link).status_code == 200
    answer = client.post(link, data={"password": new, "again": new})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_signed_in(elsewhere)
    again = client.post(
        link,
        data={"password": PASSWORD, "again": PASSWORD},
        headers={"Accept": "application/json"},
    )
    assert (again.status_code, again.json["code"]) == (422, "link-used")
    assert (
        client.post("/sign-in", data={"email": cast.wei.email, "password": new}).status_code == 303
    )
    assert "was changed" in mailbox.last(cast.wei.email).subject


def test_a_reset_link_ends_after_exactly_an_hour(client, cast, mailbox, clock) -> None:
    client.post("/forgot", data={"email": cast.wei.email})
    link = mailbox.link(cast.wei.email, "reset")
    assert timedelta(hours=1) == RESET_LASTS
    clock.forward(hours=1, microseconds=-1)
    assert client.get(link).status_code == 200
    clock.forward(microseconds=1)
    assert client.get(link).status_code == 422


def test_a_reset_refuses_a_weak_or_mistyped_password_and_stays_good(client, cast, mailbox) -> None:
    client.post("/forgot", data={"email": cast.wei.email})
    link = mailbox.link(cast.wei.email, "reset")
    weak = client.post(link, data={"password": "password12", "again": "password12"})
    assert weak.status_code == 422
    assert "Many people" in weak.text
    differing = client.post(link, data={"password": "seven green kettles", "again": "seven"})
    assert "not the same" in differing.text
    assert client.get(link).status_code == 200


def test_a_reset_confirms_the_address_since_its_mail_was_read(
    client, cast, database, mailbox
) -> None:
    client.post("/forgot", data={"email": cast.newt.email})
    new = "seven green kettles"
    client.post(mailbox.link(cast.newt.email, "reset"), data={"password": new, "again": new})
    assert account_of(database, cast.newt.email).confirmed_at is not None


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


def test_a_token_made_before_a_reset_opens_nothing_after_it(client, cast, mailbox) -> None:
    # Whoever signs up with another's address knows a password, and so can make a token.
    asked = {"name": "laptop", "email": cast.newt.email, "password": PASSWORD}
    token = client.post("/api/v1/tokens", json=asked).json["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/me", headers=bearer).status_code == 200
    client.post("/forgot", data={"email": cast.newt.email})
    new = {"password": "seven green kettles", "again": "seven green kettles"}
    assert client.post(mailbox.link(cast.newt.email, "reset"), data=new).status_code == 303
    assert client.get("/api/v1/me", headers=bearer).status_code == 401


def test_a_reset_link_sent_to_a_former_address_opens_nothing(
    app, client, cast, mailbox, database
) -> None:
    client.post("/forgot", data={"email": cast.wei.email})
    link = mailbox.link(cast.wei.email, "reset")
    assert client.get(link).status_code == 200
    with database.writing() as session:
        account = account_by_email(session, cast.wei.email)
        assert account is not None
        account.email = "wei@elsewhere.example"
        session.add(account)
        session.commit()
    new = {"password": "seven green kettles", "again": "seven green kettles"}
    assert client.get(link).status_code == 422
    assert client.post(link, data=new).status_code == 422


@pytest.mark.parametrize("body", [{"email": ["wei@tum.example"], "password": "x"}, [1], 7])
def test_a_form_sent_as_json_is_refused_before_it_is_read(client, cast, body) -> None:
    assert client.post("/sign-in", json=body).status_code == 415
