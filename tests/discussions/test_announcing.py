"""News: published once, told to each once, edited openly, taken back, and read in a feed."""

from datetime import timedelta
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from server.discussions.announcing import new_ticket, tell_waiting, withdraw
from server.discussions.models import Announcement
from server.shared.errors import Conflict
from server.teams.models import Team
from tests.cast import NOON

URL = "/organise/digits/announcements"
FORM = {"title": "New data", "text": "There is *more*.", "by_mail": "y", "ticket": "t1"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_a_worker_tells_everybody_who_takes_part_once(database, cast, announce, rows, letters):
    announce()
    assert rows() == []
    assert tell_waiting(database, now=NOON) == 3
    assert tell_waiting(database, now=NOON) == 0
    assert {row.account_id for row in rows()} == {cast.wei.id, cast.mei.id, cast.lena.id}
    made = rows(Announcement)[0]
    assert (made.told, made.told_at) == (3, NOON)
    letter = letters()[0]
    assert letter.subject == "Handwritten digits: New data"
    assert "There is *more* data." in letter.body
    assert letter.body.startswith(f"Dear {cast.wei.name},")


def test_people_are_told_some_at_a_time_and_a_worker_that_dies_is_no_harm(
    database, announce, rows, monkeypatch
):
    announce()
    told = []

    def breaks(*arguments, **named):
        told.append(None)
        if len(told) == 2:
            raise RuntimeError("killed")
        return real(*arguments, **named)

    real = tell_waiting.__globals__["notify"]
    monkeypatch.setitem(tell_waiting.__globals__, "notify", breaks)
    with pytest.raises(RuntimeError):
        tell_waiting(database, now=NOON, at_once=1)
    assert len(rows()) == 1
    assert tell_waiting(database, now=NOON, at_once=1) == 2
    assert len({row.account_id for row in rows()}) == len(rows()) == 3


def test_without_mail_only_the_bell_tells(database, announce, rows, letters):
    announce(by_mail=False)
    tell_waiting(database, now=NOON)
    assert len(rows()) == 3
    assert letters() == []


def test_pressing_the_button_twice_publishes_once(browser, rows, kinds):
    olga = browser("olga")
    assert [olga.post(URL, data=FORM).status_code for _ in range(2)] == [303, 303]
    assert len(rows(Announcement)) == 1
    assert kinds().count("announcement.published") == 1
    assert olga.post(URL, data=FORM | {"ticket": new_ticket()}).status_code == 303
    assert len(rows(Announcement)) == 2


def test_a_preview_publishes_nothing_and_keeps_what_was_typed(browser, rows):
    page = browser("olga").post(URL, data=FORM | {"act": "preview"})
    assert page.status_code == 200
    assert "<em>more</em>" in page.text
    assert 'value="New data"' in page.text
    assert "another site" not in page.text
    assert rows(Announcement) == []


def test_a_preview_names_the_pictures_of_other_sites(browser):
    form = FORM | {"act": "preview", "text": "![plan](https://other.example/plan.png)"}
    page = browser("olga").post(URL, data=form).text
    assert "This picture is on another site" in page
    assert "<code>https://other.example/plan.png</code>" in page


@pytest.mark.parametrize(
    ("change", "words", "kept"),
    [
        ({"title": ""}, "This is needed.", "There is *more*"),
        ({"title": " "}, "Give it a title.", "There is *more*"),
        ({"text": ""}, "This is needed.", 'value="New data"'),
        ({"text": "x" * 20_001}, "longer than 20000", 'value="New data"'),
    ],
)
def test_a_refused_form_keeps_what_was_typed(browser, rows, change, words, kept):
    page = browser("olga").post(URL, data=FORM | change)
    assert page.status_code == 422
    assert words in page.text
    assert kept in page.text
    assert rows(Announcement) == []


def test_an_edit_is_said_and_tells_nobody_again(browser, database, announce, rows, kinds, clock):
    made = announce()
    tell_waiting(database, now=NOON)
    clock.forward(hours=1)
    path = f"{URL}/{made.id}"
    olga = browser("olga")
    assert "There is *more* data." in olga.get(path).text
    assert olga.post(path, data=FORM | {"text": "Corrected."}).status_code == 303
    assert rows(Announcement)[0].edited_at == NOON + timedelta(hours=1)
    assert tell_waiting(database, now=NOON) == 0
    page = browser("wei").get("/challenges/digits/news").text
    assert "Corrected." in page
    assert "edited" in page
    assert kinds()[-1] == "announcement.edited"


def test_what_is_taken_back_is_gone_and_told_to_nobody_more(
    browser, client, database, announce, rows
):
    made = announce()
    assert "New data" in client.get("/challenges/digits").text
    assert browser("olga").post(f"{URL}/{made.id}/withdraw").status_code == 303
    assert tell_waiting(database, now=NOON) == 0
    assert rows() == []
    assert "New data" not in client.get("/challenges/digits/news").text
    assert "New data" not in client.get("/challenges/digits").text
    assert "New data" not in client.get("/challenges/digits/announcements.atom").text
    assert "taken back" in browser("olga").get(URL).text
    assert browser("olga").post(f"{URL}/{made.id}/withdraw").status_code == 409
    assert browser("olga").post(f"{URL}/{made.id}", data=FORM).status_code == 422


def test_two_who_take_it_back_at_once_are_one(session, announce, cast):
    made = announce()
    withdraw(session, made, actor_id=cast.olga.id, now=NOON)
    with pytest.raises(Conflict):
        withdraw(session, made, actor_id=cast.olga.id, now=NOON)


def test_the_newest_stands_on_the_challenges_page(client, announce):
    announce("Older")
    announce("Newer")
    page = client.get("/challenges/digits").text
    assert "Newer" in page
    assert "Older" not in page


def test_the_feed_is_atom_and_holds_no_markup_of_its_own(client, announce):
    announce("<script>alert(1)</script> & שלום", "A <b>bold</b> claim & *more* \x0b\x1f.")
    answer = client.get("/challenges/digits/announcements.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    entry = feed.find("a:entry", ATOM)
    assert entry.findtext("a:title", "", ATOM) == "<script>alert(1)</script> & שלום"
    content = entry.find("a:content", ATOM)
    assert content.get("type") == "html"
    assert "<b>" not in content.text
    assert "<em>more</em>" in content.text
    assert "<script>alert" not in client.get("/challenges/digits/news").text


def test_a_reader_of_the_feed_follows_links_as_the_page_has_them(client, announce):
    announce("News", "See [the board](leaderboard).")
    feed = ElementTree.fromstring(client.get("/challenges/digits/announcements.atom").data)
    base = feed.get("{http://www.w3.org/XML/1998/namespace}base")
    assert urljoin(base, "leaderboard").endswith("//localhost/challenges/digits/leaderboard")


def test_judges_read_and_do_not_announce(browser, judge, announce):
    made = announce()
    chidi = browser("chidi")
    assert chidi.get(URL).status_code == 200
    assert chidi.post(URL, data=FORM).status_code == 403
    assert chidi.post(f"{URL}/{made.id}/withdraw").status_code == 403
    assert browser("wei").get(URL).status_code == 403


def test_an_announcement_of_another_challenge_is_not_there(browser, announce, session, cast):
    announce()
    assert browser("olga").get(f"{URL}/999").status_code == 404


def test_the_api_lists_the_news(client, announce):
    announce()
    answer = client.get("/api/v1/challenges/digits/announcements").json
    assert answer["total"] == 1
    assert answer["rows"][0]["title"] == "New data"


def test_members_of_closed_teams_are_still_told(session, database, cast, announce, rows):
    session.get_one(Team, cast.isar.id).closed_at = NOON
    session.commit()
    announce()
    assert tell_waiting(database, now=NOON) == 3
