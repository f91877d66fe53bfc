"""Questions: between who asks and the organisers, until those publish them."""

import re

import pytest

from server.accounts.tokens import create_token
from server.discussions.models import Question, QuestionPost
from server.discussions.rules import QuestionState
from tests.cast import NOON, sign_in

URL = "/challenges/digits/questions"
DESK = "/organise/digits/questions"
FORM = {"title": "Which labels?", "text": "Are 0 and O the same?"}


def test_who_takes_part_asks_and_the_organisers_are_told(browser, cast, rows, letters, kinds):
    assert browser("wei").post(URL, data=FORM).status_code == 303
    question = rows(Question)[0]
    assert (question.state, question.account_id) == (QuestionState.OPEN, cast.wei.id)
    told = rows()
    assert [(row.kind, row.account_id) for row in told] == [("question", cast.olga.id)]
    assert told[0].link == f"{DESK}/{question.id}"
    assert [letter.recipient for letter in letters()] == [cast.olga.email]
    assert kinds() == ["question.asked"]


def seen_by(browser, number: int) -> str:
    """How the question stands on the page that somebody has open."""
    page = browser.get(f"{DESK}/{number}").text
    return re.search(r'name="seen" type="hidden" value="([^"]+)"', page)[1]


def test_of_two_organisers_who_answer_at_once_the_second_reads_the_first(browser, asked, rows):
    number = asked().id
    first, second = browser("olga"), browser("ada")
    seen = seen_by(first, number)
    assert seen_by(second, number) == seen
    for _twice in range(2):
        sent = {"text": "No, they differ.", "seen": seen}
        assert first.post(f"{DESK}/{number}/answer", data=sent).status_code == 303
    late = {"text": "Yes, the same.", "seen": seen}
    refused = second.post(f"{DESK}/{number}/answer", data=late)
    assert refused.status_code == 422
    assert "in the meantime" in refused.text
    assert "No, they differ." in refused.text
    assert "Yes, the same." in refused.text
    assert [post.markdown for post in rows(QuestionPost)][1:] == ["No, they differ."]
    again = late | {"seen": seen_by(second, number)}
    assert second.post(f"{DESK}/{number}/answer", data=again).status_code == 303


def test_words_that_somebody_else_published_are_not_overwritten_unseen(browser, asked, rows):
    number = asked().id
    first, second = browser("olga"), browser("ada")
    seen = seen_by(second, number)
    words = {"asked": "Labels?", "answered": "They differ."}
    assert first.post(f"{DESK}/{number}/publish", data=words | {"seen": seen}).status_code == 303
    other = {"asked": "Labels?", "answered": "They are the same.", "seen": seen}
    refused = second.post(f"{DESK}/{number}/publish", data=other)
    assert refused.status_code == 422
    assert "in the meantime" in refused.text
    assert rows(Question)[0].published_answer == "They differ."


def test_who_does_not_take_part_or_is_not_confirmed_does_not_ask(browser, rows):
    refused = browser("amina").post(URL, data=FORM)
    assert refused.status_code == 422
    assert "join the challenge first" in refused.text
    assert browser("newt").post(URL, data=FORM).status_code == 403
    assert rows(Question) == []


@pytest.mark.parametrize("change", [{"title": ""}, {"text": ""}, {"text": "x" * 5001}])
def test_a_refused_question_keeps_what_was_typed(browser, rows, change):
    page = browser("wei").post(URL, data=FORM | change)
    assert page.status_code == 422
    assert rows(Question) == []
    typed = FORM | change
    assert (typed["text"] or typed["title"])[:20] in page.text


def test_nobody_else_reads_a_private_question(browser, client, asked, judge):
    number = asked(text="my secret approach").id
    for key in ("mei", "lena", "amina", "manfred", "newt"):
        assert browser(key).get(f"{URL}/{number}").status_code == 404
        assert "Which labels?" not in browser(key).get(URL).text
        assert browser(key).get(f"{DESK}/{number}").status_code == 403
    assert client.get(f"{URL}/{number}").status_code == 404
    assert "secret" not in client.get(URL).text
    assert client.get("/api/v1/challenges/digits/questions").json["rows"] == []
    for key in ("wei", "olga", "ada", "chidi"):
        assert "my secret approach" in browser(key).get(f"{URL}/{number}").text
    assert "my secret approach" in browser("chidi").get(f"{DESK}/{number}").text


def test_judges_read_and_answer_nothing(browser, asked, judge, rows):
    number = asked().id
    chidi = browser("chidi")
    assert chidi.get(DESK).status_code == 200
    for what in ("answer", "publish", "close"):
        assert chidi.post(f"{DESK}/{number}/{what}", data={"text": "x"}).status_code == 403
    assert len(rows(QuestionPost)) == 1


def test_an_answer_is_told_to_who_asked_and_a_reply_waits_again(browser, cast, asked, rows):
    number = asked().id
    olga, wei = browser("olga"), browser("wei")
    answered = olga.post(f"{DESK}/{number}/answer", data={"text": "No, they differ."})
    assert answered.status_code == 303
    assert rows(Question)[0].state is QuestionState.ANSWERED
    assert (rows()[-1].kind, rows()[-1].account_id) == ("answer", cast.wei.id)
    assert "No, they differ." in wei.get(f"{URL}/{number}").text
    assert wei.post(f"{URL}/{number}", data={"text": "And l and 1?"}).status_code == 303
    assert rows(Question)[0].state is QuestionState.OPEN
    assert (rows()[-1].kind, rows()[-1].account_id) == ("question", cast.olga.id)
    assert browser("mei").post(f"{URL}/{number}", data={"text": "me too"}).status_code == 404
    assert len(rows(QuestionPost)) == 3


@pytest.mark.parametrize("named", [True, False])
def test_a_publication_shows_the_given_words_and_the_name_only_by_agreement(
    browser, client, cast, asked, rows, named
):
    number = asked(text="my secret approach", named=named).id
    words = {"asked": "May labels differ?", "answered": "They *may*."}
    assert browser("olga").post(f"{DESK}/{number}/publish", data=words).status_code == 303
    page = client.get(URL).text
    assert "May labels differ?" in page
    assert "<em>may</em>" in page
    assert "secret" not in page
    assert (cast.wei.name in page) is named
    row = client.get("/api/v1/challenges/digits/questions").json["rows"][0]
    assert row["asked_by"] == (cast.wei.name if named else None)
    assert rows()[-1].kind == "answer"
    assert browser("lena").get(f"{URL}/{number}").status_code == 404
    assert browser("olga").post(f"{DESK}/{number}/unpublish").status_code == 303
    assert "May labels differ?" not in client.get(URL).text


def test_publishing_twice_tells_once(browser, asked, rows):
    number = asked().id
    words = {"asked": "So?", "answered": "So."}
    olga = browser("olga")
    for _ in range(2):
        assert olga.post(f"{DESK}/{number}/publish", data=words).status_code == 303
    assert [row.kind for row in rows()].count("answer") == 1


def test_nothing_is_published_without_an_answer(browser, asked, rows):
    number = asked().id
    page = browser("olga").post(f"{DESK}/{number}/publish", data={"asked": "x", "answered": " "})
    assert page.status_code == 422
    assert rows(Question)[0].state is QuestionState.OPEN


def test_a_closed_question_takes_no_more_words_until_it_is_opened(browser, asked, rows):
    number = asked().id
    olga, wei = browser("olga"), browser("wei")
    assert olga.post(f"{DESK}/{number}/close").status_code == 303
    assert "closed this question" in wei.get(f"{URL}/{number}").text
    assert wei.post(f"{URL}/{number}", data={"text": "but"}).status_code == 422
    assert olga.post(f"{DESK}/{number}/close").status_code == 409
    assert olga.post(f"{DESK}/{number}/reopen").status_code == 303
    assert rows(Question)[0].state is QuestionState.OPEN
    assert wei.post(f"{URL}/{number}", data={"text": "but"}).status_code == 303


def test_the_desk_counts_and_puts_those_that_wait_first(browser, asked):
    first, second = asked(title="Answered one"), asked(title="Waiting one")
    browser("olga").post(f"{DESK}/{first.id}/answer", data={"text": "Yes."})
    page = browser("olga").get(DESK).text
    assert "1 question waits for an answer." in page
    assert page.index("Waiting one") < page.index("Answered one")
    assert "Answered one" not in browser("olga").get(f"{DESK}?state=open").text
    assert second.id


def test_markup_and_names_of_another_direction_do_no_harm(browser, session, cast, rows):
    text = (
        "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://t.example/p.png)\n\n# Big"
    )
    person = session.merge(cast.wei)
    person.name = "אבג <b>דה</b>"
    session.commit()
    assert browser("wei").post(URL, data={"title": "<i>שאלה</i>", "text": text}).status_code == 303
    number = rows(Question)[0].id
    for page in (
        browser("wei").get(f"{URL}/{number}").text,
        browser("olga").get(f"{DESK}/{number}").text,
        browser("olga").get(DESK).text,
        browser("olga").get("/notifications").text,
    ):
        assert "<script>alert" not in page
        assert "<i>" not in page
        assert "<b>" not in page
        assert 'href="javascript' not in page
        assert '<img src="https' not in page


def test_questions_are_limited_by_a_setting(app, settings, browser, cast):
    settings.rate_limit_questions = "2 per hour"
    wei = browser("wei")
    statuses = [wei.post(URL, data=FORM).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]


def test_a_question_of_another_challenge_is_not_there(browser, asked):
    asked()
    assert browser("olga").get(f"{DESK}/999").status_code == 404
    assert browser("olga").post(f"{DESK}/999/close").status_code == 404


def test_the_api_asks(app, cast, session, rows):
    _, plain = create_token(session, account_id=cast.wei.id, name="t", now=NOON)
    session.commit()
    headers = {"Authorization": f"Bearer {plain}"}
    path = "/api/v1/challenges/digits/questions"
    answer = app.test_client().post(path, json=FORM | {"named": True}, headers=headers)
    assert answer.status_code == 201
    assert answer.json["state"] == "open"
    assert rows(Question)[0].named
    own = sign_in(app.test_client(), cast.wei).get(path).json["own"]
    assert [q["title"] for q in own] == ["Which labels?"]
