"""Winners: the first places of a revealed board, marked when the board no longer says so."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.actions import disqualify_team
from server.boards.models import Entry
from server.challenges.models import Challenge
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import EvaluationState
from server.teams.announcements import tell_asked
from server.teams.models import Team
from server.winners.actions import warn_of_changes
from server.winners.models import WinningPlace
from tests.cast import NOON

URL = "/organise/digits/winners"
FORM = {"places": "2", "prize-1": "500 €", "prize-2": "A book"}


@pytest.fixture
def published(browser, final):
    answer = browser("olga").post(f"{URL}/a", data=FORM)
    assert answer.status_code == 303


def places(session):
    session.rollback()
    names = select(WinningPlace, Team.name).join(Team, Team.id == WinningPlace.team_id)
    return sorted((w.rank, name, w.prize) for w, name in session.exec(names))


def disqualify(session, team_id, actor_id):
    team = session.get_one(Team, team_id)
    disqualify_team(session, team=team, reason="copied", actor_id=actor_id, now=NOON)
    session.commit()


def test_an_evaluation_that_is_not_decided_is_named_before_winners_are_published(
    session, browser, final
):
    assert "is not decided yet" not in browser("olga").get(URL).text
    live = live_evaluation(session, final.id)
    values = live.model_dump(exclude={"id", "live_at"})
    session.add(Evaluation(**values | {"number": 2, "state": EvaluationState.SCORING}))
    session.commit()
    page = browser("olga").get(URL).text
    assert "Evaluation 2 is not decided yet." in page
    assert "How far it is</a>" in page


def test_who_shares_a_rank_shares_its_place(session, published):
    assert places(session) == [
        (1, "Giant Pandas", "500 €"),
        (2, "Isar Surfers", "A book"),
        (2, "Moon", "A book"),
    ]


def test_everybody_sees_them_on_the_challenge_and_its_board(client, published):
    for path in ("/challenges/digits", "/challenges/digits/leaderboard?phase=a&board=private"):
        page = client.get(path).text
        assert "Winners" in page
        assert "500 €" in page
        assert "As published on" not in page


def test_winners_of_an_anonymous_class_are_published_once_it_was_agreed_to(
    browser, client, session, cast, final
):
    session.get_one(Challenge, cast.digits.id).anonymous = True
    session.commit()
    assert "ask the teams first" in browser("olga").get(URL).text
    refused = browser("olga").post(f"{URL}/a", data=FORM)
    assert refused.status_code == 409
    assert "The board of this class is anonymous: tick" in refused.text
    assert 'value="500 €"' in refused.text
    assert "Winners" not in client.get("/challenges/digits").text
    assert browser("olga").post(f"{URL}/a", data=FORM | {"named": "yes"}).status_code == 303
    page = client.get("/challenges/digits?again").text
    assert "500 €" in page
    assert cast.munich.name not in page


def test_every_member_is_told_once(browser, cast, database, published, told, kinds):
    assert browser("olga").post(f"{URL}/a", data=FORM).status_code == 303
    tell_asked(database, letters={}, now=NOON)
    assert told(cast.wei).count("winners_published") == 1
    assert kinds().count("winners.published") == 1


def test_other_winners_are_told_to_everybody_and_another_prize_is_not(
    browser, cast, session, database, published, told
):
    assert browser("olga").post(f"{URL}/a", data=FORM | {"prize-1": "600 €"}).status_code == 303
    assert places(session)[0] == (1, "Giant Pandas", "600 €")
    disqualify(session, cast.pandas.id, cast.olga.id)
    assert browser("olga").post(f"{URL}/a", data=FORM).status_code == 303
    tell_asked(database, letters={}, now=NOON)
    for person in (cast.wei, cast.lena):
        assert told(person).count("winners_published") == 1
        assert told(person).count("winners_changed") == 1


def test_whoever_takes_winners_back_tells_everybody(browser, cast, database, published, told):
    assert browser("olga").post(f"{URL}/a/withdraw").status_code == 303
    tell_asked(database, letters={}, now=NOON)
    assert told(cast.wei).count("winners_withdrawn") == 1


def test_before_the_reveal_there_are_none(browser, cast, session, final, client):
    final.revealed_at = None
    session.commit()
    assert browser("olga").post(f"{URL}/a", data=FORM).status_code == 404
    assert "No result is revealed yet" in browser("olga").get(URL).text
    assert "Winners" not in client.get("/challenges/digits").text


def test_a_board_that_changes_warns_the_organisers_once_and_says_so_until_they_look(
    browser, client, database, session, cast, published, told
):
    assert warn_of_changes(database, now=NOON) == 0
    disqualify(session, cast.pandas.id, cast.olga.id)
    assert [warn_of_changes(database, now=NOON + timedelta(minutes=m)) for m in (1, 2)] == [1, 0]
    assert told(cast.olga).count("winners_outdated") == 1
    assert "As published on" in client.get("/challenges/digits").text
    assert "The board has changed since" in browser("olga").get(URL).text
    assert browser("olga").post(f"{URL}/a", data=FORM).status_code == 303
    assert places(session) == [(1, "Isar Surfers", "500 €"), (1, "Moon", "500 €")]
    assert "As published on" not in client.get("/challenges/digits?again").text
    assert warn_of_changes(database, now=NOON + timedelta(minutes=3)) == 0


def test_winners_whose_scores_changed_are_marked_although_their_ranks_stayed(
    client, database, session, cast, final, published, told
):
    assert "As published on" not in client.get("/challenges/digits").text
    for entry in session.exec(select(Entry).where(Entry.board == "private")):
        entry.value, entry.key = entry.value - 0.05, entry.key + 0.05
        session.add(entry)
    session.commit()
    assert warn_of_changes(database, now=NOON + timedelta(minutes=1)) == 1
    assert told(cast.olga).count("winners_outdated") == 1
    assert "As published on" in client.get("/challenges/digits?again").text


def test_they_can_be_taken_back_once(browser, client, session, published, kinds):
    assert browser("olga").post(f"{URL}/a/withdraw").status_code == 303
    assert browser("olga").post(f"{URL}/a/withdraw").status_code == 409
    assert places(session) == []
    assert "500 €" not in client.get("/challenges/digits").text
    assert kinds().count("winners.withdrawn") == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"places": "0"}, "between 1 and"),
        ({"places": "51"}, "between 1 and"),
        ({"prize-1": "x" * 201}, "too long"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(browser, session, final, change, words):
    page = browser("olga").post(f"{URL}/a", data=FORM | change)
    assert page.status_code == 422
    assert words in page.text
    assert (FORM | change)["prize-1"] in page.text
    assert places(session) == []


def test_only_organisers_publish(browser, session, final):
    for key in ("wei", "chidi", "manfred"):
        assert browser(key).post(f"{URL}/a", data=FORM).status_code == 403
    assert places(session) == []


def test_prizes_and_names_are_only_words(browser, client, session, cast, final):
    session.get_one(Team, cast.pandas.id).name = "<b>אבג</b>"
    session.commit()
    form = FORM | {"prize-1": "<script>alert(1)</script>"}
    assert browser("olga").post(f"{URL}/a", data=form).status_code == 303
    for page in (client.get("/challenges/digits").text, browser("olga").get(URL).text):
        assert "<script>alert" not in page
        assert "<b>" not in page
