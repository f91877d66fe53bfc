"""Who asks, and what every page of theirs needs to know of them, is one question."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from server.challenges.queries import organises_any
from server.drafts.queries import has_console
from server.notifications.models import Notification
from server.notifications.queries import unread_count
from server.shared.access import Viewer
from server.shared.caching import FOUND, remember
from tests.cast import NOON, sign_in


@pytest.fixture
def asked(database):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(database.read_engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(database.read_engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("name", "console"), [("wei", False), ("olga", True)])
def test_the_menu_of_a_page_costs_no_question_of_its_own(app, session, cast, asked, name, console):
    account = getattr(cast, name)
    for _ in range(3):
        told = {"kind": "x", "data": {}, "link": "/", "created_at": NOON}
        session.add(Notification(account_id=account.id, **told))
    session.commit()
    browser = sign_in(app.test_client(), account)
    asked.clear()
    html = browser.get("/terms").text
    assert "3 unread" in html
    assert ('href="/organise"' in html) is console
    of_person = [s for s in asked if "FROM notification" in s or "FROM organiser" in s]
    assert len(of_person) == 1
    assert "browser_session" in of_person[0]


def test_what_is_remembered_is_what_would_be_asked(database, session, cast):
    told = {"kind": "x", "data": {}, "link": "/", "created_at": NOON}
    session.add(Notification(account_id=cast.wei.id, **told))
    session.commit()
    with Session(database.read_engine) as reading:
        for account in (cast.wei, cast.olga, cast.mei):
            viewer = Viewer(id=account.id, organises_any=organises_any(reading, account.id))
            assert viewer.organises_any is (account is cast.olga)
            assert unread_count(reading, account.id) == (account is cast.wei)
            assert has_console(reading, viewer, "administrators") is viewer.organises_any


def test_a_session_that_may_see_changes_asks_again(database, cast):
    with Session(database.read_engine) as reading:
        remember(reading, ("unread now", cast.wei.id), 7)
        assert unread_count(reading, cast.wei.id) == 0
    with Session(database.read_engine, info={FOUND: {}}) as page:
        remember(page, ("unread now", cast.wei.id), 7)
        assert unread_count(page, cast.wei.id) == 7
