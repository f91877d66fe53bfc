"""The bell, the list, the preferences, and letters that end at the press of one button."""

import email
from email import policy

import pytest
from itsdangerous import TimestampSigner

from server.accounts.tokens import create_token
from server.notifications.models import Notification
from server.notifications.words import words_of
from server.shared.bidi import ISOLATE
from server.shared.language import speaking
from server.shared.mail import Ending, deliver, no_more_link
from tests.cast import NOON, sign_in


def test_the_bell_counts_what_is_unread_and_the_list_shows_it_newest_first(wei, cast, tell):
    assert "bell-count" not in wei.get("/challenges").text
    tell(cast.wei, title="First")
    tell(cast.wei, title="Second")
    tell(cast.lena, title="Not hers")
    page = wei.get("/notifications").text
    assert '<span class="bell-count" aria-hidden="true">2</span>' in page
    assert page.index("Second") < page.index("First")
    assert "Not hers" not in page


def test_opening_one_marks_it_and_goes_where_it_points(wei, cast, tell, rows):
    tell(cast.wei)
    number = rows()[0].id
    answer = wei.post(f"/notifications/{number}/open")
    assert (answer.status_code, answer.location) == (303, "/challenges/digits/news")
    assert rows()[0].read_at == NOON
    assert "bell-count" not in wei.get("/notifications").text


def test_news_of_a_page_that_was_looked_at_is_read_and_the_bell_counts_anew(wei, cast, tell, rows):
    tell(cast.wei, link="/submissions/7")
    tell(cast.wei, link="/submissions/71")
    tell(cast.lena, link="/submissions/7")
    answer = wei.post("/notifications/seen", data={"link": "/submissions/7"})
    assert '<span class="bell-count" aria-hidden="true">1</span>' in answer.json["html"]
    assert [row.read_at for row in rows()] == [NOON, None, None]
    answer = wei.post("/notifications/seen", data={"link": "/submissions/71"})
    assert "bell-count" not in answer.json["html"]


@pytest.mark.parametrize("what", ["open", "read"])
def test_another_persons_notification_is_not_there(app, cast, tell, rows, what):
    tell(cast.wei)
    lena = sign_in(app.test_client(), cast.lena)
    assert lena.post(f"/notifications/{rows()[0].id}/{what}").status_code == 404
    assert rows()[0].read_at is None


def test_a_link_that_leads_elsewhere_is_not_followed(wei, cast, session, rows):
    session.add(
        Notification(
            account_id=cast.wei.id,
            kind="announcement",
            data={},
            link="//elsewhere.example/",
            created_at=NOON,
        )
    )
    session.commit()
    assert wei.post(f"/notifications/{rows()[0].id}/open").location == "/notifications"


def test_all_are_marked_at_once_and_the_unread_can_be_seen_alone(wei, cast, tell):
    for number in range(31):
        tell(cast.wei, title=f"News {number}")
    assert "1 to 30 of 31" in wei.get("/notifications?show=unread").text
    assert "News 0" in wei.get("/notifications?page=2").text
    assert wei.post("/notifications/read").status_code == 303
    page = wei.get("/notifications?show=unread").text
    assert "Nothing is unread" in page


def test_an_empty_list_says_what_to_do_next(wei):
    assert "Find a challenge" in wei.get("/notifications").text


def test_names_with_script_tags_and_from_right_to_left_are_only_names(wei, cast, tell):
    tell(cast.wei, title="<script>alert(1)</script> אבג")
    page = wei.get("/notifications").text
    assert "<script>alert" not in page
    assert f"{ISOLATE}&lt;script&gt;" in page


def test_a_kind_that_is_no_more_is_told_in_general_words():
    with speaking("en"):
        assert words_of("of an older version", {}) == "Something changed that concerns you."
        assert words_of("announcement", {}) == "Something changed that concerns you."


def test_moments_are_said_in_utc():
    values = {"challenge": "Digits", "phase": "A board", "ends": NOON.isoformat()}
    with speaking("en"):
        assert words_of("deadline_extended", values) == (
            "Digits: A board closes later now, on 20 Nov 2026, 12:00 UTC."
        )


def test_preferences_are_kept_and_shown_again(wei, letters, tell, cast):
    page = wei.get("/settings/notifications").text
    assert 'name="mail" value="announcement"' in page
    answer = wei.post("/settings/notifications", data={"product": ["announcement"], "mail": []})
    assert answer.status_code == 303
    page = wei.get("/settings/notifications").text
    assert page.count(" checked>") == 1
    tell(cast.wei)
    assert letters() == []


def test_a_letter_carries_the_headers_of_one_click(app, cast, tell, letters, settings, monkeypatch):
    # A signed link holds the second it was made in: this test's own must not be of the next one.
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: 1_790_000_000)
    tell(cast.wei)
    deliver(settings, letters()[0])
    sent = next((settings.data_dir / "outbox").iterdir()).read_bytes()
    message = email.message_from_bytes(sent, policy=policy.default)
    link = no_more_link(settings, Ending(cast.wei.id, "announcement"))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert f"List-Unsubscribe: <{link}>".encode() in sent
    body = message.get_content()
    assert link in body
    assert "http://localhost/challenges/digits/news" in body
    assert not any("\ue000" <= character <= "\uf8ff" for character in body)


def path_of(settings, *ending) -> str:
    return no_more_link(settings, Ending(*ending)).removeprefix("http://localhost")


def test_one_click_ends_letters_of_that_kind_without_signing_in(
    app, client, cast, tell, letters, settings
):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        path = path_of(settings, cast.wei.id, "announcement")
        assert "End these letters?" in client.get(path).text
        tell(cast.wei)
        assert len(letters()) == 1
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 200
    again = client.get(path).text
    assert "You get no more e-mail of the kind" in again
    assert "End these letters?" not in again
    tell(cast.wei)
    assert len(letters()) == 1
    tell(cast.wei, kind="answer")
    assert len(letters()) == 2


def test_a_forged_link_ends_nothing(client, cast, tell, letters, settings):
    path = path_of(settings, cast.wei.id, "announcement")
    forged = path[:-4] + ("aaaa" if not path.endswith("aaaa") else "bbbb")
    for method in ("get", "post"):
        assert getattr(client, method)(forged).status_code == 422
        assert getattr(client, method)("/unsubscribe/nonsense").status_code == 422
    tell(cast.wei)
    assert len(letters()) == 1


def test_the_api_lists_and_marks_the_callers_own(wei, app, cast, tell, rows, session):
    tell(cast.wei, cast.lena)
    answer = wei.get("/api/v1/me/notifications").json
    assert (answer["total"], answer["unread"]) == (1, 1)
    assert answer["rows"][0]["text"] == "Handwritten digits: New data"
    assert answer["rows"][0]["values"]["title"] == "New data"
    assert answer["rows"][0]["link"] == "/challenges/digits/news"


def test_a_program_marks_what_was_read(app, session, cast, tell, rows):
    tell(cast.wei, cast.wei)
    tell(cast.lena)
    tell(cast.wei, title="Later")
    _, plain = create_token(session, account_id=cast.wei.id, name="t", now=NOON)
    session.commit()
    headers = {"Authorization": f"Bearer {plain}"}
    path = "/api/v1/me/notifications/read"
    mine, hers = rows()[0].id, rows()[1].id
    client = app.test_client()
    assert client.post(path, json={"id": hers}, headers=headers).status_code == 404
    assert client.post(path, json={"id": mine}, headers=headers).json == {"unread": 1}
    assert client.post(path, json={}, headers=headers).json == {"unread": 0}
    assert [row.read_at is None for row in rows()] == [False, True, False]
