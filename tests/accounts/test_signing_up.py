"""Signing up and confirming an address, in the browser."""

import threading

import pytest
from flask import Flask
from sqlmodel import Session, select

from server.accounts.models import Account
from server.shared.database import Database
from tests.accounts.looking import NEW, account_of, is_signed_in, words_of
from tests.cast import Cast, sign_in


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
