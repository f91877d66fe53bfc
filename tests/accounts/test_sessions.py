"""Sessions of browsers: a row each, ended one by one or all at once, and nothing in a cookie."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts import pages
from server.accounts.models import Account, BrowserSession
from server.accounts.queries import sessions_of
from server.accounts.rules import MOST_SESSIONS, SESSION_LASTS
from server.accounts.sessions import end_session, open_session, purge_sessions, session_digest
from server.accounts.signin import COOKIE_KEY
from server.shared.database import Database
from server.shared.errors import NotFound
from tests.cast import NOON, PASSWORD, sign_in
from tests.plans import walks_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = timedelta(days=1)


def enter(client: FlaskClient, email: str, user_agent: str = FIREFOX) -> None:
    answer = client.post(
        "/sign-in",
        data={"email": email, "password": PASSWORD},
        headers={"User-Agent": user_agent},
    )
    assert answer.status_code == 303


def copy_of(app, client: FlaskClient) -> FlaskClient:
    """Another browser with the very same cookie."""
    kept = client.get_cookie("varsity")
    copied = app.test_client()
    copied.set_cookie("varsity", kept.value)
    return copied


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/settings").status_code == 200


def kept(database: Database) -> list[BrowserSession]:
    with Session(database.read_engine) as session:
        return list(session.exec(select(BrowserSession)))


def digest_of(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return session_digest(cookie[COOKIE_KEY])


def test_a_copied_cookie_opens_nothing_after_the_sign_out(app, client, cast, database) -> None:
    enter(client, cast.wei.email)
    thief = copy_of(app, client)
    assert is_signed_in(thief)
    assert client.post("/sign-out").status_code == 303
    assert not is_signed_in(thief)
    assert kept(database) == []


def test_what_is_kept_is_no_key(client, cast, database) -> None:
    enter(client, cast.wei.email)
    with client.session_transaction() as cookie:
        key = cookie[COOKIE_KEY]
    row = kept(database)[0]
    assert key not in (row.digest, row.browser)
    assert row.digest == session_digest(key)
    assert (row.account_id, row.browser, row.created_at) == (cast.wei.id, "Firefox, Linux", NOON)


def test_signing_out_of_one_browser_leaves_the_others(app, client, cast) -> None:
    other = app.test_client()
    enter(client, cast.wei.email)
    enter(other, cast.wei.email)
    client.post("/sign-out")
    assert (is_signed_in(client), is_signed_in(other)) == (False, True)


def test_signing_out_twice_is_no_fault(app, client, cast) -> None:
    enter(client, cast.wei.email)
    copied = copy_of(app, client)
    client.post("/sign-out")
    assert copied.post("/sign-out").status_code == 303
    assert app.test_client().post("/sign-out").status_code == 303


def test_a_session_that_ends_elsewhere_this_moment_leaves_no_cookie(
    client, cast, monkeypatch
) -> None:
    enter(client, cast.wei.email)
    monkeypatch.setattr(pages, "this_session", lambda: "0" * 64)
    assert client.post("/sign-out").status_code == 303
    with client.session_transaction() as cookie:
        assert COOKIE_KEY not in cookie


def test_a_new_password_ends_copies_of_this_browsers_own_cookie_too(app, client, cast) -> None:
    enter(client, cast.wei.email)
    thief = copy_of(app, client)
    new = {"old_password": PASSWORD, "new_password": "seven green kettles"}
    assert client.post("/settings/password", data=new).status_code == 303
    assert (is_signed_in(client), is_signed_in(thief)) == (True, False)


def test_the_settings_list_the_browsers_and_mark_this_one(app, client, cast) -> None:
    enter(client, cast.wei.email)
    enter(app.test_client(), cast.wei.email, "curl/8")
    page = client.get("/settings/security").text
    assert page.count("this one") == 1
    assert "Firefox, Linux" in page
    assert "does not say what it is" in page
    assert page.count('action="/settings/sessions/end"') == 2


def test_a_day_is_one_of_the_readers_own_zone_and_on_agreed_texts_of_utc(client, cast) -> None:
    page = sign_in(client, cast.wei).get("/settings/security").text
    assert re.search(r'<time datetime="[^"]+T[^"]+" data-day>', page)
    terms = client.get("/terms").text
    assert "<time" in terms
    assert "data-day" not in terms


def test_one_browser_is_signed_out_from_another(app, client, cast) -> None:
    other = app.test_client()
    enter(client, cast.wei.email)
    enter(other, cast.wei.email)
    answer = client.post("/settings/sessions/end", data={"digest": digest_of(other)})
    assert answer.location == "/settings/security#sessions"
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    again = client.post("/settings/sessions/end", data={"digest": digest_of(other)})
    assert again.status_code == 404


def test_signing_this_browser_out_from_the_list_is_signing_out(client, cast) -> None:
    enter(client, cast.wei.email)
    answer = client.post("/settings/sessions/end", data={"digest": digest_of(client)})
    assert answer.location == "/"
    assert not is_signed_in(client)


def test_nobody_ends_the_session_of_another(app, client, cast) -> None:
    lena = app.test_client()
    enter(client, cast.wei.email)
    enter(lena, cast.lena.email)
    answer = client.post("/settings/sessions/end", data={"digest": digest_of(lena)})
    assert answer.status_code == 404
    assert is_signed_in(lena)


def test_signing_out_everywhere_ends_all_and_voids_letters(
    app, client, cast, database, mailbox, events_of
) -> None:
    others = [app.test_client() for _ in range(2)]
    for browser in (client, *others):
        enter(browser, cast.wei.email)
    lena = sign_in(app.test_client(), cast.lena)
    app.test_client().post("/forgot", data={"email": cast.wei.email})
    letter = mailbox.link(cast.wei.email, "reset")
    assert client.post("/settings/sessions/end-all").location == "/"
    assert [is_signed_in(b) for b in (client, *others, lena)] == [False, False, False, True]
    assert app.test_client().get(letter).status_code == 422
    assert "account.signed_out_everywhere" in events_of()


def test_closing_the_account_leaves_no_session(client, cast, database) -> None:
    enter(client, cast.wei.email)
    client.post("/settings/close", data={"own_password": PASSWORD, "understood": "y"})
    assert kept(database) == []


def test_a_browser_that_is_used_stays_signed_in(client, cast, clock, database) -> None:
    sign_in(client, cast.wei)
    for _ in range(4):
        clock.forward(days=10)
        assert is_signed_in(client)
    assert kept(database)[0].seen_on == clock.moment


def test_a_browser_that_is_not_used_is_signed_out_and_its_row_is_purged(
    client, cast, clock, database
) -> None:
    sign_in(client, cast.wei)
    clock.forward(days=SESSION_LASTS.days + 1, seconds=-1)
    with database.writing() as session:
        assert purge_sessions(session, now=clock()) == 0
    clock.forward(seconds=1)
    assert not is_signed_in(client)
    with database.writing() as session:
        assert purge_sessions(session, now=clock()) == 1
        session.commit()
    assert kept(database) == []


def test_the_day_of_the_last_use_is_written_once_a_day(client, cast, clock, database) -> None:
    sign_in(client, cast.wei)
    writes = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            writes.append(statement)

    sa.event.listen(database.write_engine, "before_cursor_execute", note)
    clock.forward(hours=1)
    is_signed_in(client)
    assert writes == []
    tomorrow = clock.forward(days=1)
    is_signed_in(client)
    is_signed_in(client)
    assert len([w for w in writes if w.startswith("UPDATE browser_session")]) == 1
    assert kept(database)[0].seen_on == tomorrow


@pytest.mark.parametrize("path", ["/standings/embed", "/static/varsity.css"])
def test_no_answer_that_a_cache_may_keep_carries_the_cookie(client, cast, clock, path) -> None:
    enter(client, cast.wei.email)
    clock.forward(hours=1)
    with client.get(path) as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_the_cookie_lasts_as_long_as_it_is_used(client, cast, clock) -> None:
    enter(client, cast.wei.email)
    clock.forward(days=1)
    assert "Expires=" in client.get("/settings").headers["Set-Cookie"]
    assert "Set-Cookie" not in client.get("/settings").headers


def test_who_asks_is_one_read_by_indexes_alone(client, cast, database) -> None:
    sign_in(client, cast.wei)
    reads = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        if "browser_session" in statement or statement.endswith("WHERE account.id = ?"):
            reads.append((statement, parameters))

    sa.event.listen(database.read_engine, "before_cursor_execute", note)
    assert client.get("/challenges").status_code == 200
    assert len(reads) == 1
    # The bell's count is of a hundred at most, by an index of what waits.
    assert not walks_in(database, dict(reads))


@pytest.mark.parametrize("value", [[1, 0], 1, "", "a" * 5000, None, {"id": 1}])
def test_a_cookie_that_names_no_session_is_a_visitors(client, cast, value) -> None:
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = value
    assert not is_signed_in(client)
    assert client.get("/").status_code == 200


def test_an_account_has_a_bounded_number_of_sessions(session, cast) -> None:
    first = open_session(session, account_id=cast.wei.id, browser="", now=NOON - DAY)
    for _ in range(MOST_SESSIONS):
        open_session(session, account_id=cast.wei.id, browser="", now=NOON)
    left = sessions_of(session, cast.wei.id, now=NOON)
    assert len(left) == MOST_SESSIONS
    assert session_digest(first) not in {row.digest for row in left}


def test_ending_what_has_ended_is_refused(session, cast) -> None:
    key = open_session(session, account_id=cast.wei.id, browser="", now=NOON)
    end_session(session, account_id=cast.wei.id, digest=session_digest(key), now=NOON)
    with pytest.raises(NotFound, match="ended already"):
        end_session(session, account_id=cast.wei.id, digest=session_digest(key), now=NOON)


def test_the_account_of_a_session_can_not_be_taken_away_under_it(session, cast) -> None:
    open_session(session, account_id=cast.wei.id, browser="", now=NOON)
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.delete(Account).where(Account.id == cast.wei.id))
