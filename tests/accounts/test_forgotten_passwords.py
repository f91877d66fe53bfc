"""A forgotten password, in the browser."""

from datetime import timedelta

from server.accounts.queries import account_by_email
from server.accounts.rules import RESET_LASTS
from tests.accounts.looking import account_of, is_signed_in, words_of
from tests.cast import PASSWORD, sign_in


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


def test_whoever_opens_a_spent_link_is_led_to_a_new_one(client, cast, mailbox, clock) -> None:
    client.post("/forgot", data={"email": cast.wei.email})
    link = mailbox.link(cast.wei.email, "reset")
    client.post(link, data={"password": "seven green kettles", "again": "seven green kettles"})
    for said in ("was used already", "has expired"):
        page = client.get(link).text
        assert said in page
        assert "This link does not work" in page
        assert 'href="/forgot">Ask for a new link' in page
        clock.forward(hours=1)


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
