"""A page that is filled into a kept sheet is, letter by letter, the page that is drawn whole."""

import re

import pytest
from sqlmodel import select

from server.boards import sheets
from server.boards.actions import disqualify_team
from server.controls.actions import By, freeze
from server.shared.events import record
from server.teams.models import Team
from tests.boards.scored import add_team, reveal_now, scored
from tests.cast import NOON

BOARD = "/challenges/digits/leaderboard"
NASTY = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E%26amp;%25s"
ASKED = [
    "",
    "?page=2",
    "?per_page=2",
    "?per_page=2&page=2",
    "?per_page=2&page=3",
    "?per_page=2&page=99",
    "?board=public",
    "?q=Pandas",
    "?q=nobody",
    f"?q={NASTY}",
    f"?university={NASTY}",
    "?university=tsinghua",
    "?university=tsinghua&q=a&per_page=1",
    "?evaluation=1",
    "?x=1&x=%C3%BC&x=%E4%B8%AD",
]


@pytest.fixture
def contest(session, board, cast):
    """Five teams, one of which the organiser has withdrawn before everybody's eyes."""
    for number, score in enumerate((0.9, 0.8, 0.8, 0.7)):
        scored(session, board, team(session, board, cast, number), score, 0.5 + number / 10)
    withdrawn = team(session, board, cast, 9)
    scored(session, board, withdrawn, 0.6, 0.5)
    decided = {"reason": "shared a key", "actor_id": cast.olga.id, "now": NOON}
    disqualify_team(session, team=withdrawn, shown=True, **decided)
    record(session, "submission.scored", at=NOON, challenge_id=board.challenge_id)
    session.commit()
    return board


def team(session, board, cast, number):
    of = (cast.tsinghua, cast.munich)[number % 2]
    name = f"Pandas {number} <b>&"
    return add_team(session, board.challenge_id, name, captain=cast.olga, university=of)


def pages(client, language="en"):
    headers = {"Accept-Language": language}
    answers = [client.get(f"{BOARD}{asked}", headers=headers) for asked in ASKED]
    return [(answer.status_code, answer.text) for answer in answers]


def whole(monkeypatch, client, language="en"):
    with monkeypatch.context() as patch:
        patch.setattr(sheets, "reader_of", lambda *_: None)
        client.application.extensions["varsity"].cache.clear()
        found = pages(client, language)
    client.application.extensions["varsity"].cache.clear()
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("state", ["running", "frozen", "revealed"])
def test_every_page_of_a_board_is_the_one_that_is_drawn_whole(
    monkeypatch, client, session, contest, cast, state, language
):
    if state == "revealed":
        reveal_now(session, contest)
    elif state == "frozen":
        freeze(session, contest, by=By(cast.olga.id, NOON))
    session.commit()
    drawn = whole(monkeypatch, client, language)
    # The second time what is kept of the first serves, and the first page's sheet the others.
    assert pages(client, language) == drawn
    assert pages(client, language) == drawn
    assert {status for status, _ in drawn} <= {200, 403}


def test_pages_of_one_outline_are_drawn_once(drawn, client, contest):
    for asked in ("?per_page=1&page=2", "?per_page=1&page=3"):
        assert client.get(f"{BOARD}{asked}").status_code == 200
    assert len(drawn) == 1


def test_no_mark_is_left_on_a_page_and_each_leads_back_to_itself(client, contest):
    html = client.get(f"{BOARD}?q={NASTY}").text
    assert sheets._SECRET not in html
    assert "<script>alert" not in html
    back = re.search(r'href="/language[^"]*next=([^"]*)"', html)
    assert back
    assert "alert%281%29" in back[1] or "alert(1)" in back[1]


def test_a_team_s_page_on_a_sheet_is_the_one_that_is_drawn_whole(
    monkeypatch, client, session, contest
):
    found = session.exec(select(Team).where(Team.challenge_id == contest.challenge_id)).all()
    paths = [f"/teams/{team.id}{more}" for team in found for more in ("", "?x=%22%3E&y=%C3%BC")]
    with monkeypatch.context() as patch:
        patch.setattr(sheets, "reader_of", lambda *_: None)
        drawn = [client.get(path).text for path in paths]
    assert [client.get(path).text for path in paths] == drawn
    assert len(set(drawn)) == len(paths) > 6
    assert any("Pandas 1 &lt;b&gt;&amp;" in html for html in drawn)
