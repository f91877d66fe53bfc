"""Two-step sign-in: set up, asked for, and every way around it that was thought of."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts.models import Account, RecoveryCode, SecondFactor
from server.accounts.second_factor import MOST_FAILURES
from server.accounts.tokens import create_token
from server.shared.events import Event
from tests.accounts.devices import PROOF, begin, set_up
from tests.cast import NOON, PASSWORD, sign_in


@pytest.fixture
def wei(app, cast, clock):
    """A browser of Wei's, his device, and his recovery codes."""
    client = sign_in(app.test_client(), cast.wei)
    return client, *set_up(client, clock)


def knock(client: FlaskClient, account: Account, target: str = "/settings"):
    data = {"email": account.email, "password": PASSWORD}
    return client.post(f"/sign-in?next={target}", data=data)


def is_in(client: FlaskClient) -> bool:
    return client.get("/settings").status_code == 200


def kinds(database) -> list[str]:
    with Session(database.read_engine) as session:
        return list(session.exec(select(Event.kind).order_by(Event.id)))


def test_the_secret_is_shown_once_begun_and_kept_encrypted(client, cast, clock, database) -> None:
    sign_in(client, cast.wei)
    totp = begin(client)
    page = client.get("/settings/second-factor/set-up").text
    assert "data:image/svg+xml" in page
    assert totp.secret in html.unescape(page).replace(" ", "")
    with Session(database.read_engine) as session:
        row = session.get_one(SecondFactor, cast.wei.id)
    assert row.confirmed_at is None
    assert totp.secret not in row.secret
    # Nothing is asked for yet, and after a quarter of an hour nothing can be finished.
    assert knock(client.application.test_client(), cast.wei).location == "/settings"
    clock.forward(minutes=15)
    late = client.post("/settings/second-factor/set-up", data={"code": totp.at(clock())})
    assert late.location == "/settings/second-factor"


def test_a_token_does_not_read_the_secret_of_a_device_that_is_being_set_up(
    app, client, cast, session
) -> None:
    _token, plain = create_token(session, account_id=cast.wei.id, name="laptop", now=NOON)
    session.commit()
    secret = begin(sign_in(client, cast.wei)).secret
    bearer = {"Authorization": f"Bearer {plain}"}
    page = app.test_client().get("/settings/second-factor/set-up", headers=bearer)
    assert page.status_code == 403
    assert secret[:4] not in page.text


def test_setting_up_needs_the_password_and_a_right_code(client, cast, clock, database) -> None:
    sign_in(client, cast.wei)
    wrong = client.post("/settings/second-factor/begin", data={"own_password": "guess"})
    assert wrong.status_code == 422
    assert client.get("/settings/second-factor/set-up").status_code == 303
    begin(client)
    answer = client.post("/settings/second-factor/set-up", data={"code": "000000"})
    assert answer.status_code == 422
    assert "not the code that we expect" in answer.text
    with Session(database.read_engine) as session:
        assert session.get_one(SecondFactor, cast.wei.id).confirmed_at is None


def test_ten_recovery_codes_are_shown_once_and_kept_as_hashes(wei, database, mailbox, cast) -> None:
    client, _device, paper = wei
    assert len(set(paper)) == 10
    assert paper[0] not in client.get("/settings/second-factor").text
    assert "10 recovery codes left" in client.get("/settings/security").text
    with Session(database.read_engine) as session:
        digests = session.exec(select(RecoveryCode.digest)).all()
    assert len(digests) == 10
    assert not set(paper) & set(digests)
    assert mailbox.last(cast.wei.email).subject == "Two-step sign-in is on"
    assert "account.second_factor_set" in kinds(database)


def test_a_code_follows_the_password(app, wei, cast) -> None:
    _client, device, _paper = wei
    browser = app.test_client()
    asked = knock(browser, cast.wei, "/challenges")
    assert asked.location == "/sign-in/code?next=/challenges"
    assert not is_in(browser)
    entered = browser.post(asked.location, data={"code": device()})
    assert (entered.status_code, entered.location) == (303, "/challenges")
    assert is_in(browser)


def test_half_signed_in_opens_nothing(app, wei, cast) -> None:
    browser = app.test_client()
    knock(browser, cast.wei)
    assert browser.get("/settings/security").location.startswith("/sign-in?")
    assert browser.post("/settings/name", data={"name": "X"}).location.startswith("/sign-in")
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post("/settings/second-factor/off", data=PROOF).location.startswith("/sign-in")


def test_the_half_ends_after_five_minutes_and_with_a_new_password(app, wei, cast, clock) -> None:
    client, device, _paper = wei
    slow, other = app.test_client(), app.test_client()
    knock(slow, cast.wei)
    clock.forward(minutes=5)
    assert slow.post("/sign-in/code", data={"code": device()}).location.startswith("/sign-in?")
    assert not is_in(slow)
    knock(other, cast.wei)
    data = {"old_password": PASSWORD, "new_password": "seven green kettles"}
    assert client.post("/settings/password", data=data).status_code == 303
    assert other.post("/sign-in/code", data={"code": device()}).location.startswith("/sign-in?")
    assert not is_in(other)


def test_a_code_of_nobody_is_asked_for(client, cast) -> None:
    assert client.get("/sign-in/code").location.startswith("/sign-in?next=")
    assert client.post("/sign-in/code", data={"code": "123456"}).location.startswith("/sign-in?")


def test_a_code_counts_once(app, wei, cast, clock) -> None:
    _client, device, _paper = wei
    code, first, second = device(), app.test_client(), app.test_client()
    for browser in (first, second):
        knock(browser, cast.wei)
    assert first.post("/sign-in/code", data={"code": code}).status_code == 303
    again = second.post("/sign-in/code", data={"code": code})
    assert again.status_code == 422
    assert "used already" in again.text
    # Nor does the code of the step before it, which the drift would let in.
    clock.forward(seconds=-30)
    assert second.post("/sign-in/code", data={"code": device()}).status_code == 422
    clock.forward(seconds=60)
    assert second.post("/sign-in/code", data={"code": device()}).status_code == 303


def test_of_two_at_once_with_one_code_one_gets_in(app, wei, cast) -> None:
    _client, device, paper = wei
    for code in (device(), paper[0]):
        browsers = [app.test_client() for _ in range(2)]
        for browser in browsers:
            knock(browser, cast.wei)

        def enter(browser, code=code):
            return browser.post("/sign-in/code", data={"code": code}).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(enter, browsers)) == [303, 422]


def test_the_code_of_one_opens_no_other(app, wei, cast, clock) -> None:
    lena = sign_in(app.test_client(), cast.lena)
    hers, her_paper = set_up(lena, clock)
    browser = app.test_client()
    knock(browser, cast.wei)
    for code in (hers(), her_paper[0]):
        assert browser.post("/sign-in/code", data={"code": code}).status_code == 422
    assert not is_in(browser)


def test_a_recovery_code_opens_the_account_once(app, wei, cast, mailbox, database) -> None:
    client, _device, paper = wei
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        knock(browser, cast.wei)
    typed = paper[3].upper().replace("-", " ")
    assert first.post("/sign-in/code", data={"code": typed}).status_code == 303
    assert second.post("/sign-in/code", data={"code": paper[3]}).status_code == 422
    assert "9 recovery codes left" in client.get("/settings/security").text
    assert mailbox.last(cast.wei.email).subject == "A recovery code was used"
    assert "account.recovery_code_used" in kinds(database)


def test_guesses_are_counted_by_account_whatever_browser_they_come_from(
    app, wei, cast, clock, mailbox, database
) -> None:
    _client, device, paper = wei
    for number in range(MOST_FAILURES):
        browser = app.test_client()
        knock(browser, cast.wei)
        assert browser.post("/sign-in/code", data={"code": f"00000{number}"}).status_code == 422
    assert "Wrong codes" in mailbox.last(cast.wei.email).subject
    assert "account.second_factor_locked" in kinds(database)
    owner = app.test_client()
    knock(owner, cast.wei)
    assert "Too many wrong codes" in owner.post("/sign-in/code", data={"code": device()}).text
    assert not is_in(owner)
    # What nobody can guess still opens it, and so does the device after a quarter of an hour.
    assert owner.post("/sign-in/code", data={"code": paper[0]}).status_code == 303
    clock.forward(minutes=15)
    later = app.test_client()
    knock(later, cast.wei)
    assert later.post("/sign-in/code", data={"code": device()}).status_code == 303


def test_tries_of_one_browser_are_limited(app, settings, wei, cast) -> None:
    settings.rate_limit_sign_in = "3 per minute"
    browser = app.test_client()
    knock(browser, cast.wei)
    said = [browser.post("/sign-in/code", data={"code": "abcd"}).status_code for _ in range(4)]
    assert said == [422, 422, 422, 429]


def test_nothing_of_the_cookie_before_survives_the_sign_in(app, wei, cast) -> None:
    _client, device, _paper = wei
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["planted"] = "by somebody"
    knock(browser, cast.wei)
    with browser.session_transaction() as cookie:
        assert set(cookie) == {"second-step"}
        half = dict(cookie)
    browser.post("/sign-in/code", data={"code": device()})
    with browser.session_transaction() as cookie:
        assert "second-step" not in cookie
        assert "planted" not in cookie
    # Whoever copied the half before has no more than that.
    copied = app.test_client()
    with copied.session_transaction() as cookie:
        cookie.update(half)
    assert not is_in(copied)


def test_a_new_password_by_mail_does_not_get_around_the_code(app, wei, cast, mailbox) -> None:
    _client, device, _paper = wei
    thief = app.test_client()
    thief.post("/forgot", data={"email": cast.wei.email})
    link = mailbox.link(cast.wei.email, "reset")
    new = {"password": "seven green kettles", "again": "seven green kettles"}
    assert thief.post(link, data=new).location == "/sign-in"
    data = {"email": cast.wei.email, "password": new["password"]}
    assert thief.post("/sign-in", data=data).location.startswith("/sign-in/code")
    assert not is_in(thief)
    assert thief.post("/sign-in/code", data={"code": device()}).status_code == 303


def test_whoever_signed_up_with_anothers_address_does_not_lock_its_owner_out(
    app, cast, clock, mailbox, database
) -> None:
    set_up(sign_in(app.test_client(), cast.newt), clock)
    owner = app.test_client()
    owner.post("/forgot", data={"email": cast.newt.email})
    new = "seven green kettles"
    owner.post(mailbox.link(cast.newt.email, "reset"), data={"password": new, "again": new})
    entered = owner.post("/sign-in", data={"email": cast.newt.email, "password": new})
    assert entered.location == "/"
    assert is_in(owner)
    assert kinds(database).count("account.second_factor_ended") == 1
    with Session(database.read_engine) as session:
        assert session.get(SecondFactor, cast.newt.id) is None
        assert not session.exec(select(RecoveryCode)).all()


def test_a_token_by_password_needs_a_code_and_tokens_need_none(app, wei, cast) -> None:
    _client, device, _paper = wei
    ask = {"email": cast.wei.email, "password": PASSWORD, "name": "laptop"}
    program = app.test_client()
    refused = program.post("/api/v1/tokens", json=ask)
    assert (refused.status_code, refused.json["code"]) == (401, "second-factor-needed")
    assert program.post("/api/v1/tokens", json={**ask, "code": "000000"}).status_code == 422
    code = device()
    made = program.post("/api/v1/tokens", json={**ask, "code": code})
    assert made.status_code == 201
    assert program.post("/api/v1/tokens", json={**ask, "code": code}).status_code == 422
    bearer = {"Authorization": f"Bearer {made.json['token']}"}
    assert program.get("/api/v1/me", headers=bearer).json["id"] == cast.wei.id


def test_turning_it_off_needs_password_and_code(wei, cast, database, mailbox) -> None:
    client, device, _paper = wei
    for data in (PROOF, {**PROOF, "own_code": "000000"}, {"own_code": device()}):
        assert client.post("/settings/second-factor/off", data=data).status_code == 422
    done = client.post("/settings/second-factor/off", data={**PROOF, "own_code": device()})
    assert done.status_code == 303
    assert knock(client.application.test_client(), cast.wei).location == "/settings"
    assert mailbox.last(cast.wei.email).subject == "Two-step sign-in is off"
    with Session(database.read_engine) as session:
        assert session.exec(select(RecoveryCode)).all() == []


def test_new_recovery_codes_take_the_place_of_the_old(app, wei, cast) -> None:
    client, device, paper = wei
    data = {**PROOF, "own_code": device()}
    page = client.post("/settings/second-factor/recovery-codes", data=data)
    made = re.findall(r"<li><code>([a-z2-7-]+)</code>", page.text)
    assert len(made) == 10
    browser = app.test_client()
    knock(browser, cast.wei)
    assert browser.post("/sign-in/code", data={"code": paper[0]}).status_code == 422
    assert browser.post("/sign-in/code", data={"code": made[0]}).status_code == 303


def test_another_secret_key_leaves_the_recovery_codes(app, settings, wei, cast) -> None:
    _client, device, paper = wei
    settings.secret_key = "another-secret-that-took-its-place-0123456789"
    browser = app.test_client()
    knock(browser, cast.wei)
    refused = browser.post("/sign-in/code", data={"code": device()})
    assert refused.status_code == 422
    assert "secret key was changed" in html.unescape(refused.text)
    assert browser.post("/sign-in/code", data={"code": paper[0]}).status_code == 303


def test_an_administrator_turns_it_off_for_others_alone(app, wei, cast, database, mailbox) -> None:
    client, _device, _paper = wei
    ada = sign_in(app.test_client(), cast.ada)
    path = f"/admin/accounts/{cast.wei.id}/second-factor"
    assert client.post(path).status_code == 403
    assert "Turn off two-step sign-in" in ada.get(f"/admin/accounts/{cast.wei.id}").text
    assert ada.post(path).status_code == 303
    assert not is_in(client)
    assert knock(app.test_client(), cast.wei).location == "/settings"
    assert "An administrator" in mailbox.last(cast.wei.email).body
    said = kinds(database)
    assert "account.second_factor_reset" in said
    assert "admin.account_second_factor_reset" in said
    assert ada.post(path).status_code == 404


@pytest.mark.parametrize(
    ("asked_of", "who", "path", "led"),
    [
        ("nobody", "ada", "/admin", False),
        ("administrators", "ada", "/admin", True),
        ("administrators", "ada", "/settings", False),
        ("administrators", "olga", "/organise/digits", False),
        ("organisers", "olga", "/organise/digits", True),
        ("organisers", "olga", "/organise", True),
        ("organisers", "olga", "/challenges/digits", False),
        ("organisers", "manfred", "/universities/munich/manage", True),
        ("organisers", "wei", "/challenges/digits/submit", False),
    ],
)
def test_who_has_a_role_is_led_to_set_it_up(
    app, settings, cast, clock, asked_of, who, path, led
) -> None:
    settings.require_second_factor = asked_of
    client = sign_in(app.test_client(), cast.people[who])
    answer = client.get(path)
    if not led:
        assert answer.status_code == 200
        return
    assert answer.location == f"/settings/second-factor?next={path}"
    assert "asks people with your role" in client.get(answer.location).text
    begun = client.post(f"/settings/second-factor/begin?next={path}", data=PROOF)
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', client.get(begun.location).text)[1]
    code = pyotp.TOTP(secret.replace(" ", "")).at(clock())
    assert f'href="{path}"' in client.post(begun.location, data={"code": code}).text
    assert client.get(path).status_code == 200


def test_what_changes_something_is_asked_too_and_tokens_are_not(app, settings, cast) -> None:
    settings.require_second_factor = "organisers"
    olga = sign_in(app.test_client(), cast.olga)
    led = olga.post("/organise/digits/phases/a/reveal")
    assert led.location.startswith("/settings/second-factor?next=")
    refused = olga.get("/api/v1/challenges/digits/submissions/all")
    assert (refused.status_code, refused.json["code"]) == (403, "second-factor-needed")
    ask = {"email": cast.olga.email, "password": PASSWORD, "name": "x"}
    token = app.test_client().post("/api/v1/tokens", json=ask).json["token"]
    program = app.test_client().get(
        "/api/v1/challenges/digits/submissions/all", headers={"Authorization": f"Bearer {token}"}
    )
    assert program.status_code == 200
