"""The settings: name, password, address, university, tokens, the end."""

import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts.models import Account, AffiliationRequest, ApiToken, Sighting
from server.accounts.queries import is_manager
from server.accounts.rules import RequestState
from server.accounts.signin import token_digest
from server.shared.database import Database
from tests.cast import PASSWORD, sign_in

NEW = "seven green kettles"
SECTIONS = {
    "/settings": ("name", "university", "email", "language"),
    "/settings/security": ("second-factor", "password", "sessions", "tokens"),
    "/settings/data": ("copy-title", "held-title", "close-title"),
    "/settings/second-factor": ("begin-title",),
    "/settings/close": ("goes-title", "stays-title", "do-title"),
    "/settings/profile": ("page-title",),
}


def words_of(text: str) -> str:
    """A page without its token against forgery, which carries the time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def account(database: Database, account_id: int) -> Account:
    with Session(database.read_engine) as session:
        found = session.get(Account, account_id)
        assert found is not None
        return found


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/settings").status_code == 200


def test_a_visitor_is_asked_to_sign_in(client, cast) -> None:
    assert client.get("/settings").location == "/sign-in?next=/settings"
    for section in ("name", "password", "email", "university", "tokens", "close"):
        assert client.post(f"/settings/{section}").status_code == 302


def test_a_name_is_changed_and_a_bad_one_is_shown_at_its_field(client, cast, database) -> None:
    sign_in(client, cast.wei)
    assert client.post("/settings/name", data={"name": " Wang   Wei "}).status_code == 303
    assert account(database, cast.wei.id).name == "Wang Wei"
    refused = client.post("/settings/name", data={"name": "\u202e"})
    assert refused.status_code == 422
    assert "can be seen" in refused.text
    assert account(database, cast.wei.id).name == "Wang Wei"


def test_a_new_password_ends_every_session_but_this_one(app, client, cast, mailbox) -> None:
    sign_in(client, cast.wei)
    elsewhere = [sign_in(app.test_client(), cast.wei) for _ in range(2)]
    answer = client.post("/settings/password", data={"old_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 303
    assert is_signed_in(client)
    assert [is_signed_in(other) for other in elsewhere] == [False, False]
    entered = client.post("/sign-out") and client.post(
        "/sign-in", data={"email": cast.wei.email, "password": PASSWORD}
    )
    assert entered.status_code == 422
    assert "was changed" in mailbox.last(cast.wei.email).subject


def test_a_new_password_needs_the_old_one(client, cast, database) -> None:
    sign_in(client, cast.wei)
    answer = client.post("/settings/password", data={"old_password": "guess", "new_password": NEW})
    assert answer.status_code == 422
    assert "This is not your password" in answer.text
    assert account(database, cast.wei.id).session_version == 0


@pytest.mark.parametrize(
    ("new", "words"),
    [("short", "at least 10"), (PASSWORD, "password you have"), ("password12", "Many people")],
)
def test_a_new_password_is_checked_at_its_own_field(client, cast, new, words) -> None:
    sign_in(client, cast.wei)
    answer = client.post("/settings/password", data={"old_password": PASSWORD, "new_password": new})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#new_password"' in answer.text


def test_guesses_at_the_own_password_are_limited(settings, client, cast) -> None:
    settings.rate_limit_sign_in = "2 per minute"
    sign_in(client, cast.wei)
    data = {"old_password": "guess", "new_password": NEW}
    answers = [client.post("/settings/password", data=data).status_code for _ in range(3)]
    assert answers == [422, 422, 429]


def ask_for(client: FlaskClient, email: str, password: str = PASSWORD) -> int:
    answer = client.post("/settings/email", data={"email": email, "email_password": password})
    return answer.status_code


def test_a_new_address_counts_when_its_mail_is_read_and_moves_its_owner(
    client, cast, database, mailbox
) -> None:
    sign_in(client, cast.wei)
    assert ask_for(client, "Wei@TUM.example") == 303
    assert account(database, cast.wei.id).email == cast.wei.email
    assert "wei@tum.example" in mailbox.last(cast.wei.email).body
    link = mailbox.link("wei@tum.example", "settings/email")
    assert client.get(link).status_code == 200
    assert account(database, cast.wei.id).email == cast.wei.email
    assert client.post(link).status_code == 303
    changed = account(database, cast.wei.id)
    assert (changed.email, changed.university_id) == ("wei@tum.example", cast.munich.id)
    assert mailbox.last(cast.wei.email).subject == "Your e-mail address was changed"
    assert client.post(link).status_code == 422


def test_a_private_address_keeps_the_university(client, cast, database, mailbox) -> None:
    sign_in(client, cast.wei)
    ask_for(client, "wei@home.example")
    client.post(mailbox.link("wei@home.example", "settings/email"))
    assert account(database, cast.wei.id).university_id == cast.tsinghua.id


def test_before_the_address_is_changed_its_owner_reads_what_becomes_of_the_university(
    client, cast, mailbox
) -> None:
    sign_in(client, cast.wei)
    ask_for(client, "wei@tum.example")
    page = client.get(mailbox.link("wei@tum.example", "settings/email")).text
    assert "you will belong there, and no longer to" in page
    ask_for(client, "wei@home.example")
    page = client.get(mailbox.link("wei@home.example", "settings/email")).text
    assert "You go on belonging to" in page


def test_a_new_address_takes_no_manager_out_of_the_university(
    client, cast, database, mailbox
) -> None:
    sign_in(client, cast.manfred)
    ask_for(client, "manfred@uonbi.example")
    link = mailbox.link("manfred@uonbi.example", "settings/email")
    assert "You go on belonging to" in client.get(link).text
    assert client.post(link).status_code == 303
    assert account(database, cast.manfred.id).university_id == cast.munich.id
    with Session(database.read_engine) as session:
        assert is_manager(session, cast.munich.id, cast.manfred.id)


def test_who_left_a_university_does_not_come_back_by_a_new_password(
    client, cast, database, mailbox
) -> None:
    sign_in(client, cast.wei)
    client.post("/settings/university/leave")
    client.post("/sign-out")
    client.post("/forgot", data={"email": cast.wei.email})
    link = mailbox.link(cast.wei.email, "reset")
    assert client.post(link, data={"password": NEW, "again": NEW}).status_code == 303
    assert account(database, cast.wei.id).university_id is None


def test_a_new_address_needs_the_password(client, cast, mailbox) -> None:
    sign_in(client, cast.wei)
    assert ask_for(client, "wei@home.example", "guess") == 422
    assert mailbox.all() == []


def test_a_taken_address_is_not_disclosed_and_its_owner_is_told(client, cast, mailbox) -> None:
    sign_in(client, cast.wei)
    free = client.post(
        "/settings/email", data={"email": "wei@home.example", "email_password": PASSWORD}
    )
    free_page = words_of(client.get(free.location).text)
    taken = client.post(
        "/settings/email", data={"email": cast.lena.email, "email_password": PASSWORD}
    )
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert words_of(client.get(taken.location).text) == free_page
    assert "asked to use" in mailbox.last(cast.lena.email).body
    assert "/settings/email/" not in mailbox.last(cast.lena.email).body


def test_an_address_taken_meanwhile_is_refused_without_a_fault(
    app, client, cast, database, mailbox
) -> None:
    sign_in(client, cast.wei)
    ask_for(client, "new@home.example")
    link = mailbox.link("new@home.example", "settings/email")
    other = sign_in(app.test_client(), cast.lena)
    ask_for(other, "new@home.example")
    assert other.post(mailbox.link("new@home.example", "settings/email")).status_code == 303
    assert client.post(link).status_code == 409
    assert account(database, cast.wei.id).email == cast.wei.email


def test_the_link_to_a_new_address_is_for_its_own_account(
    app, client, cast, database, mailbox
) -> None:
    ask_for(sign_in(client, cast.wei), "wei@home.example")
    link = mailbox.link("wei@home.example", "settings/email")
    assert app.test_client().post(link).status_code == 302
    assert sign_in(app.test_client(), cast.lena).post(link).status_code == 403
    assert account(database, cast.lena.id).email == cast.lena.email


def test_a_new_password_makes_a_waiting_change_of_address_void(client, cast, mailbox) -> None:
    sign_in(client, cast.wei)
    ask_for(client, "wei@home.example")
    client.post("/settings/password", data={"old_password": PASSWORD, "new_password": NEW})
    assert client.post(mailbox.link("wei@home.example", "settings/email")).status_code == 422


def test_somebody_asks_to_belong_and_withdraws(client, cast, database, mailbox) -> None:
    sign_in(client, cast.chidi)
    data = {"university_id": cast.munich.id, "note": "I sit in Prof. Huber's course"}
    assert client.post("/settings/university", data=data).status_code == 303
    assert "Prof. Huber" in client.get("/settings").text
    assert "Prof. Huber" in mailbox.last(cast.manfred.email).body
    second = client.post("/settings/university", data={"university_id": cast.nairobi.id})
    assert second.status_code == 422
    assert client.post("/settings/university/withdraw").status_code == 303
    with Session(database.read_engine) as session:
        request = session.exec(select(AffiliationRequest)).one()
    assert request.state == RequestState.WITHDRAWN
    assert client.post("/settings/university", data=data).status_code == 303
    assert client.post("/settings/university/withdraw").status_code == 303
    assert client.post("/settings/university/withdraw").status_code == 404


def test_an_unconfirmed_account_can_not_ask(client, cast) -> None:
    sign_in(client, cast.newt)
    answer = client.post("/settings/university", data={"university_id": cast.munich.id})
    assert answer.status_code == 422
    assert "Confirm your e-mail address first" in answer.text


def test_a_university_that_is_not_there_is_refused(client, cast) -> None:
    sign_in(client, cast.chidi)
    for wrong in ("999999", "munich", ""):
        answer = client.post("/settings/university", data={"university_id": wrong})
        assert answer.status_code == 422


def test_a_member_leaves_but_the_last_manager_does_not(client, cast, database) -> None:
    sign_in(client, cast.lena).post("/settings/university/leave")
    assert account(database, cast.lena.id).university_id is None
    assert client.post("/settings/university/leave").status_code == 409
    assert sign_in(client, cast.manfred).post("/settings/university/leave").status_code == 409
    assert account(database, cast.manfred.id).university_id == cast.munich.id


def test_a_token_is_shown_once_and_kept_as_a_digest(client, cast, database) -> None:
    sign_in(client, cast.wei)
    page = client.post("/settings/tokens", data={"token_name": "laptop"})
    found = re.search(r"var_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", page.text)
    assert found
    assert page.headers["Cache-Control"] == "private, no-store"
    assert found[0] not in client.get("/settings/security").text
    with Session(database.read_engine) as session:
        token = session.exec(select(ApiToken)).one()
    assert (token.digest, token.hint) == (token_digest(found[0]), found[0][:8])
    assert found[0] not in repr(token)


def test_whose_account_makes_a_token_reads_so_in_a_letter(app, client, cast, mailbox) -> None:
    sign_in(client, cast.wei).post("/settings/tokens", data={"token_name": "laptop"})
    letter = mailbox.last(cast.wei.email)
    assert letter.subject == "A token was made for your account"
    assert "“laptop”" in letter.body
    assert "/settings/security" in letter.body
    assert "var_" not in letter.body
    body = {"email": cast.lena.email, "password": PASSWORD, "name": "cluster"}
    assert app.test_client().post("/api/v1/tokens", json=body).status_code == 201
    assert "“cluster”" in mailbox.last(cast.lena.email).body


def test_who_changes_the_password_reads_that_tokens_stay(client, cast) -> None:
    page = sign_in(client, cast.wei).get("/settings/security").text
    assert "signs you out everywhere else. Tokens of programs stay" in page
    assert "revoke the tokens below that you did not make" in page


def test_a_revoked_token_opens_nothing(app, client, cast) -> None:
    sign_in(client, cast.wei)
    page = client.post("/settings/tokens", data={"token_name": "laptop"}).text
    bearer = {"Authorization": "Bearer " + re.search(r"var_[\w-]{43}", page)[0]}
    program = app.test_client()
    assert program.get("/api/v1/tokens", headers=bearer).status_code == 200
    token_id = re.search(r"/settings/tokens/(\d+)/revoke", client.get("/settings/security").text)[1]
    stranger = sign_in(app.test_client(), cast.lena)
    assert stranger.post(f"/settings/tokens/{token_id}/revoke").status_code == 404
    assert program.get("/api/v1/tokens", headers=bearer).status_code == 200
    assert client.post(f"/settings/tokens/{token_id}/revoke").status_code == 303
    assert program.get("/api/v1/tokens", headers=bearer).status_code == 401
    assert client.post(f"/settings/tokens/{token_id}/revoke").status_code == 404


def test_closing_an_account_leaves_no_trace_of_the_person(app, client, cast, database) -> None:
    client.post("/sign-in", data={"email": cast.wei.email, "password": PASSWORD})
    elsewhere = sign_in(app.test_client(), cast.wei)
    client.post("/settings/tokens", data={"token_name": "Wei's laptop"})
    data = {"own_password": PASSWORD, "understood": "y"}
    assert client.post("/settings/close", data=data).status_code == 303
    closed = account(database, cast.wei.id)
    assert closed.name == "Former participant"
    assert closed.email == f"closed-{cast.wei.id}@invalid"
    assert (closed.password_hash, closed.is_admin) == ("", False)
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)
    with Session(database.read_engine) as session:
        assert session.exec(select(ApiToken)).all() == []
        assert session.exec(select(Sighting)).all() == []
    answer = client.post("/sign-in", data={"email": cast.wei.email, "password": PASSWORD})
    assert answer.status_code == 422


def test_closing_needs_the_password_and_a_tick(client, cast, database) -> None:
    sign_in(client, cast.wei)
    for data in ({"own_password": PASSWORD}, {"own_password": "guess", "understood": "y"}):
        assert client.post("/settings/close", data=data).status_code == 422
    assert account(database, cast.wei.id).closed_at is None


def test_the_last_administrator_can_not_close_the_account(client, cast, database) -> None:
    sign_in(client, cast.ada)
    answer = client.post("/settings/close", data={"own_password": PASSWORD, "understood": "y"})
    assert answer.status_code == 422
    assert "last administrator" in answer.text
    assert account(database, cast.ada.id).closed_at is None


@pytest.mark.parametrize("who", ["wei", "chidi", "newt"])
def test_no_two_parts_of_a_page_have_the_same_id(client, cast, who) -> None:
    sign_in(client, cast.people[who])
    for page, sections in SECTIONS.items():
        ids = re.findall(r'\bid="([^"]+)"', client.get(page).text)
        assert len(ids) == len(set(ids))
        assert set(sections) <= set(ids)


def test_managers_are_not_buried_in_requests(client, cast, mailbox) -> None:
    sign_in(client, cast.newt)
    said = {client.post("/settings/university").status_code for _ in range(11)}
    assert 429 in said
