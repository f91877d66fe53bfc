"""A page filled for somebody who is signed in is the one drawn for them alone, letter by letter."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlmodel import select

from server.accounts.models import Account
from server.boards import readers, sheets, writing
from server.notifications.models import Notification
from server.submissions.models import Submission
from server.teams.models import Team
from tests.boards.scored import add_team, reveal_now, scored
from tests.cast import NOON, sign_in

BOARD = "/challenges/digits/leaderboard"
ASKED = ("", "?per_page=2&page=2", "?per_page=2&page=9", "?q=Pandas", "?q=%22%3E%26amp;%25s")
TOKEN = re.compile(r'(name="csrf_token" value=")[^"]+"')


@pytest.fixture
def contest(session, board, cast):
    """Five teams; Wei's and Lena's are among them, and Kim takes no part."""
    for number, score in enumerate((0.9, 0.8, 0.7)):
        team = add_team(session, board.challenge_id, f"Pandas {number}", captain=cast.olga)
        scored(session, board, team, score, score / 2)
    for team, score in ((cast.pandas, 0.6), (cast.isar, 0.5)):
        scored(session, board, session.merge(team), score, score / 2)
    wei = session.get_one(Account, cast.wei.id)
    wei.name, wei.time_zone = "王伟 <b>&amp;</b> %s \"'", "Asia/Shanghai"
    lena = session.get_one(Account, cast.lena.id)
    session.add(Notification(account_id=lena.id, kind="x", data={}, link="/", created_at=NOON))
    session.commit()
    return board


@pytest.fixture
def people(app, cast):
    return {
        name: sign_in(app.test_client(), getattr(cast, name)) for name in ("wei", "lena", "mei")
    }


def pages(client, paths):
    return [TOKEN.sub(r"\1", client.get(path).text) for path in paths]


def paths_of(session, contest):
    teams = session.exec(select(Team.id).where(Team.challenge_id == contest.challenge_id)).all()
    return [*(f"{BOARD}{asked}" for asked in ASKED), *(f"/teams/{number}" for number in teams)]


@pytest.mark.parametrize("revealed", [False, True])
def test_each_of_several_gets_the_page_that_is_drawn_for_them_alone(
    monkeypatch, app, session, contest, people, revealed
):
    if revealed:
        reveal_now(session, contest)
        session.commit()
    paths = paths_of(session, contest)
    with monkeypatch.context() as patch:
        patch.setattr(sheets, "reader_of", lambda *_: None)
        alone = {name: pages(client, paths) for name, client in people.items()}
    app.extensions["varsity"].cache.clear()
    # Whoever comes first draws what the others are filled into, from the first page on.
    for order in (list(people), list(people)[::-1]):
        for name in order:
            assert pages(people[name], paths) == alone[name], name
    assert len({html for found in alone.values() for html in found}) == len(paths) * len(people)


def test_pages_of_those_in_one_position_are_drawn_once(drawn, session, contest, people):
    # What waits for Lena is said on her pages; without it she stands where Mei does.
    session.execute(sa.delete(Notification))
    session.commit()
    for name in ("mei", "lena", "mei"):
        assert people[name].get(f"{BOARD}?q=Pandas").status_code == 200
    assert len(drawn) == 1
    assert people["wei"].get(f"{BOARD}?q=Pandas").status_code == 200
    assert len(drawn) == 2


def test_nothing_of_a_person_is_on_a_sheet(app, contest, people, cast):
    for client in people.values():
        assert client.get(BOARD).status_code == 200
    kept = app.extensions["varsity"].cache._kept
    sheets_kept = [made for name, (made, _) in kept.items() if "sheet" in str(name)]
    assert len(sheets_kept) > 1
    for pieces in sheets_kept:
        html = "".join(pieces[::2])
        assert "sign-out" in html or "Sign out" in html
        for account in (cast.wei, cast.lena, cast.mei):
            assert account.email not in html
            assert f"/people/{account.id}" not in html


def test_the_token_on_a_filled_page_is_the_reader_s_own(app, contest, people, cast):
    app.config["WTF_CSRF_ENABLED"] = True
    for client in people.values():
        client.get(BOARD)
    for name, client in people.items():
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(BOARD).text)[1]
        other = people["lena" if name != "lena" else "wei"]
        assert other.post("/sign-out", data={"csrf_token": token}).status_code == 400
        assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303


def test_what_is_said_once_is_said_once_and_to_one(app, contest, people, session, cast):
    of_pandas = select(Submission.id).where(Submission.team_id == cast.pandas.id)
    made = session.exec(of_pandas).one()
    session.rollback()
    assert people["wei"].post(f"/submissions/{made}/withdraw").status_code == 303
    assert 'class="notice notice-success flash"' in people["wei"].get(BOARD).text
    for client in (people["wei"], people["lena"], people["mei"]):
        assert 'class="notice notice-success flash"' not in client.get(BOARD).text


def test_organisers_and_administrators_get_pages_of_their_own(app, contest, cast, monkeypatch):
    asked = []
    real = readers.reader_of
    monkeypatch.setattr(sheets, "reader_of", lambda *of: asked.append(real(*of)) or asked[-1])
    for account in (cast.olga, cast.ada):
        assert "Private, for organisers" in sign_in(app.test_client(), account).get(BOARD).text
    assert asked == [None, None]


def test_many_at_once_never_see_each_other(app, contest, cast):
    names = {"wei": "王伟", "lena": "Lena Vogt", "mei": cast.mei.name}

    def look(name: str) -> list[str]:
        client = sign_in(app.test_client(), getattr(cast, name))
        return [client.get(f"{BOARD}?x={number}").text for number in range(15)]

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(look, [*names, *names]))
    for name, seen in zip([*names, *names], found, strict=True):
        for html in seen:
            menu = html[html.index('class="menu-name"') : html.index("Sign out")]
            assert names[name] in menu
            assert not [other for other in names.values() if other != names[name] and other in menu]


def test_rows_are_written_once_for_those_who_have_none_among_them(
    monkeypatch, app, session, contest, cast
):
    written = []
    rows = writing._rows
    monkeypatch.setattr(writing, "_rows", lambda *of: written.append(of) or rows(*of))
    found = {}
    for name in ("wei", "lena"):
        html = sign_in(app.test_client(), getattr(cast, name)).get(f"{BOARD}?per_page=2").text
        found[name] = re.findall(r'compare-link" href="([^"]+)"', html)
    assert len(written) == 1
    for name, team in (("wei", cast.pandas), ("lena", cast.isar)):
        assert len(found[name]) == 2
        assert all(f"a={team.id}&amp;b=" in url for url in found[name])
