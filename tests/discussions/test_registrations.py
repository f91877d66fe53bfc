"""Where the organisers decide who takes part."""

import pytest

from server.challenges.actions import join
from server.challenges.models import Challenge, Organiser, Participation, Registration
from server.challenges.queries import participation_of
from server.challenges.registrations import forget_answers
from server.challenges.rules import Role
from server.folders.definition import Registration as Section
from server.notifications.words import words_of
from server.shared.errors import Forbidden
from server.shared.language import speaking
from tests.cast import NOON

ASK = "/challenges/digits/registration"
DESK = "/organise/digits/registrations"
FORM = {"answer": ["12345"], "message": "Please."}


@pytest.fixture
def amina_asks(browser, on_approval):
    assert browser("amina").post(ASK, data=FORM).status_code == 303


def decide(browser, *people, decision="approve", reason=""):
    form = {"account": [p.id for p in people], "decision": decision, "reason": reason}
    return browser("olga").post(DESK, data=form)


def test_until_admitted_one_sees_everything_and_can_do_nothing(
    browser, session, cast, on_approval, rows
):
    amina = browser("amina")
    assert "Ask to take part" in amina.get("/challenges/digits").text
    assert amina.get("/challenges/digits/leaderboard").status_code == 200
    assert amina.post("/challenges/digits/join").status_code == 403
    assert "Ask to take part" in amina.get("/challenges/digits/submit").text
    assert "Ask to take part" in amina.get("/challenges/digits/team").text
    assert (
        "organisers of Handwritten digits decide"
        in amina.post("/challenges/digits/team", data={"name": "Lions"}).text
    )
    with pytest.raises(Forbidden):
        join(session, challenge=on_approval, account_id=cast.amina.id, now=NOON)
    assert cast.amina.id not in {row.account_id for row in rows(Participation)}


def test_asking_tells_the_organisers_and_waits(browser, cast, amina_asks, rows, kinds):
    row = rows(Registration)[0]
    assert (row.answers, row.message) == ({"Student number": "12345"}, "Please.")
    assert [(r.kind, r.account_id) for r in rows()] == [("registration", cast.olga.id)]
    assert "waits for the organisers" in browser("amina").get(ASK).text
    assert browser("amina").post(ASK, data=FORM).status_code == 409
    assert kinds() == ["registration.asked"]


def test_a_missing_answer_is_asked_for_and_nothing_typed_is_lost(browser, on_approval, rows):
    page = browser("amina").post(ASK, data={"answer": [" "], "message": "Please, <b>please</b>."})
    assert page.status_code == 422
    assert "This is needed." in page.text
    assert "Please, &lt;b&gt;please&lt;/b&gt;." in page.text
    assert rows(Registration) == []


def test_the_admitted_take_part_and_are_told(browser, cast, amina_asks, rows, letters):
    assert "12345" in browser("olga").get(DESK).text
    assert decide(browser, cast.amina, reason="Welcome!").status_code == 303
    assert rows()[-1].kind == "registration_decided"
    assert "admitted you" in letters()[-1].body
    assert "Welcome!" in letters()[-1].body
    made = browser("amina").post("/challenges/digits/team", data={"name": "Lions"})
    assert made.status_code == 303
    assert "You take part" in browser("amina").get(ASK).text


def test_the_enter_key_decides_nothing(browser, cast, amina_asks, rows):
    page = browser("olga").get(DESK).text
    assert page.index('<button type="submit" disabled hidden>') < page.index('value="approve"')
    before = len(rows())
    refused = decide(browser, cast.amina, decision="", reason="Not enrolled.")
    assert refused.status_code == 422
    assert "Press a button below: it says whether they are admitted." in refused.text
    assert 'value="Not enrolled."' in refused.text
    assert len(rows()) == before


def test_deciding_twice_tells_once(browser, cast, amina_asks, rows):
    for _ in range(2):
        assert decide(browser, cast.amina).status_code == 303
    assert [row.kind for row in rows()].count("registration_decided") == 1


def test_the_refused_are_told_why_and_may_be_admitted_later(browser, cast, amina_asks, rows):
    assert decide(browser, cast.amina, decision="refuse", reason="Not enrolled.").status_code == 303
    assert "Not enrolled." in browser("amina").get(ASK).text
    assert browser("amina").post(ASK, data=FORM).status_code == 403
    assert decide(browser, cast.amina).status_code == 303
    assert cast.amina.id in {row.account_id for row in rows(Participation)}
    assert decide(browser, cast.amina, decision="refuse").status_code == 409


@pytest.mark.parametrize(
    ("decision", "reason", "way"),
    [
        ("approve", "", "admitted you. Next, form a team or join one."),
        ("approve", " Welcome,\nall! ", "They say: “Welcome, all!”"),
        ("refuse", "", "did not admit you, and gave no reason."),
        ("refuse", "Not enrolled.", "did not admit you. They say why: “Not enrolled.” They can"),
    ],
)
def test_the_bell_says_which_way_it_was_decided_and_why(
    browser, cast, amina_asks, rows, decision, reason, way
):
    decide(browser, cast.amina, decision=decision, reason=reason)
    assert way in browser("amina").get("/notifications").text
    with speaking("zh"):
        assert "%(" not in words_of(rows()[-1].kind, rows()[-1].data)


def test_many_are_decided_at_once(browser, cast, on_approval, rows):
    for key in ("amina", "jonas", "manfred"):
        assert browser(key).post(ASK, data=FORM).status_code == 303
    assert decide(browser, cast.amina, cast.jonas, cast.wei).status_code == 303
    states = {row.account_id: row.state.value for row in rows(Registration)}
    assert states == {cast.amina.id: "approved", cast.jonas.id: "approved", cast.manfred.id: "open"}
    assert decide(browser).status_code == 422


def test_who_took_part_before_goes_on_taking_part(browser, session, cast, on_approval):
    assert browser("wei").post("/challenges/digits/join").status_code == 303
    assert "You take part" in browser("wei").get(ASK).text


def test_one_may_take_the_request_back_and_ask_again(browser, amina_asks, rows):
    amina = browser("amina")
    assert amina.post(f"{ASK}/withdraw").status_code == 303
    assert rows(Registration)[0].answers == {}
    assert amina.post(f"{ASK}/withdraw").status_code == 409
    assert amina.post(ASK, data=FORM).status_code == 303


def test_nobody_asks_where_all_may_take_part(browser, cast):
    assert browser("amina").get(ASK).status_code == 302
    assert browser("amina").post(ASK, data=FORM).status_code == 409


def test_participants_and_other_organisers_do_not_read_what_others_wrote(
    browser, amina_asks, judge, cast
):
    assert browser("wei").get(DESK).status_code == 403
    assert browser("wei").get(f"{DESK}.csv").status_code == 403
    assert browser("chidi").get(DESK).status_code == 200
    assert browser("chidi").post(DESK, data={"account": [cast.amina.id]}).status_code == 403


def test_the_table_holds_no_formulas(browser, on_approval):
    browser("amina").post(ASK, data={"answer": ["=1+1"], "message": "@SUM(A1)"})
    answer = browser("olga").get(f"{DESK}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in answer.text
    assert "'@SUM(A1)" in answer.text


def test_only_who_decides_is_told_so(browser, session, cast, on_approval):
    assert "You decide who takes part." in browser("olga").get(DESK).text
    session.add(Organiser(challenge_id=cast.digits.id, account_id=cast.jonas.id, role=Role.JUDGE))
    session.commit()
    page = browser("jonas").get(DESK).text
    assert "The organisers decide who takes part" in page
    assert "You decide" not in page


def test_a_folder_says_who_decides(session, cast):
    assert Section().mode == "open"
    assert Section(mode="approval", ask=["Student number"]).ask == ["Student number"]
    with pytest.raises(ValueError, match="approval"):
        Section(mode="by lot")
    challenge = session.get_one(Challenge, cast.digits.id)
    assert participation_of(session, challenge.id, cast.amina.id) is None


def test_what_a_closed_account_wrote_is_forgotten(session, cast, amina_asks, rows):
    forget_answers(session)
    assert rows(Registration)[0].message == "Please."
    session.merge(cast.amina).closed_at = NOON
    forget_answers(session)
    session.commit()
    row = rows(Registration)[0]
    assert (row.message, row.answers) == ("", {})
