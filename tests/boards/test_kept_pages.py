"""A page that is kept is right: whatever changes what it shows makes it anew, for everybody."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from server.administration.actions import merge_universities, rename_university
from server.boards.actions import disqualify_submission, disqualify_team, reveal
from server.boards.models import Entry
from server.challenges.models import Challenge, Organiser
from server.controls.actions import By, extend, freeze, unfreeze
from server.evaluations.rules import Board
from server.shared.access import Viewer
from server.shared.events import record
from server.teams.actions import rename
from tests.boards.scored import reveal_now, scored, statements
from tests.cast import NOON, sign_in

BOARD = "/challenges/digits/leaderboard"
LINES = "/challenges/digits/universities"
PATHS = [BOARD, f"{BOARD}?university=tsinghua", LINES]
JSON = [f"/api/v1{BOARD}", f"/api/v1{LINES}"]


@pytest.fixture
def contest(session, board, cast):
    """Two teams on the board; what a change needs by its name."""
    pandas, isar = session.merge(cast.pandas), session.merge(cast.isar)
    first = scored(session, board, pandas, 0.9, 0.7)
    scored(session, board, isar, 0.8, 0.75)
    record(session, "submission.scored", at=NOON, challenge_id=board.challenge_id)
    session.commit()
    return {"phase": board, "team": pandas, "other": isar, "submission": first, "cast": cast}


def a_new_score(session, of):
    scored(session, of["phase"], of["team"], 0.95, 0.7)
    record(session, "submission.scored", at=NOON, challenge_id=of["phase"].challenge_id)


def ranges(session, of):
    for entry in session.exec(select(Entry).where(Entry.board == Board.PUBLIC)):
        entry.rank_best, entry.rank_worst, entry.ranges_at = 1, 2, NOON
        session.add(entry)


def decided(of):
    return {"reason": "why", "actor_id": of["cast"].olga.id, "now": NOON}


def a_disqualified_team(session, of):
    disqualify_team(session, team=of["team"], **decided(of))


def a_disqualified_submission(session, of):
    disqualify_submission(session, submission=of["submission"], **decided(of))


def another_name(session, of):
    captain = Viewer(id=of["team"].captain_id)
    rename(session, team=of["team"], name="Other Pandas", by=captain, now=NOON)


def another_name_of_the_university(session, of):
    rename_university(
        session,
        slug="tsinghua",
        name="Qinghua",
        native_name="",
        country="CN",
        actor_id=of["cast"].ada.id,
        now=NOON,
    )


def a_merged_university(session, of):
    ada = of["cast"].ada.id
    merge_universities(session, gone_slug="tsinghua", kept_slug="nairobi", actor_id=ada, now=NOON)


def a_reveal(session, of):
    late = of["phase"].ends + timedelta(seconds=2)
    reveal(session, phase=of["phase"], actor_id=of["cast"].olga.id, now=late)


CHANGES = [
    (a_new_score, PATHS + JSON),
    (ranges, [BOARD, JSON[0]]),
    (a_disqualified_team, PATHS + JSON),
    (a_disqualified_submission, PATHS + JSON),
    (another_name, [*PATHS[:2], JSON[0]]),
    (another_name_of_the_university, PATHS + JSON),
    (a_merged_university, [BOARD, LINES, *JSON]),
    (a_reveal, PATHS + JSON),
]


@pytest.mark.parametrize(("change", "paths"), CHANGES, ids=lambda v: getattr(v, "__name__", ""))
def test_every_change_of_a_board_is_on_the_next_page(
    app, client, session, contest, cast, change, paths
):
    member = sign_in(app.test_client(), cast.wei)
    before = [(client.get(path).data, member.get(path).data) for path in paths]
    assert client.get(paths[0]).data == before[0][0]
    change(session, contest)
    session.commit()
    kept = [(client.get(path).data, member.get(path).data) for path in paths]
    app.extensions["varsity"].cache.clear()
    anew = [(client.get(path).data, member.get(path).data) for path in paths]
    for path, found, made, stale in zip(paths, kept, anew, before, strict=True):
        assert found[0] != stale[0], path
        assert found[1] != stale[1], path
        assert list(map(_told, found)) == list(map(_told, made)), path


def _told(page: bytes) -> bytes:
    """Leave out what is another on each page of somebody who is signed in."""
    return re.sub(rb'name="csrf_token" value="[^"]*"', b"", page)


def by(of):
    return By(of["cast"].olga.id, NOON)


def test_a_frozen_board_is_shown_to_visitors_as_it_stood_and_moves_for_its_organisers(
    app, client, session, contest, cast
):
    organiser = sign_in(app.test_client(), cast.olga)
    freeze(session, contest["phase"], by=by(contest))
    session.commit()
    for reader in (client, organiser):
        assert b"0.9000" in reader.get(BOARD).data
    a_new_score(session, contest)
    session.commit()
    assert b"0.9500" in organiser.get(BOARD).data
    assert b"0.9500" not in client.get(BOARD).data
    assert b"0.9500" not in sign_in(app.test_client(), cast.wei).get(BOARD).data
    unfreeze(session, contest["phase"], by=by(contest))
    session.commit()
    assert b"0.9500" in client.get(BOARD).data


def test_an_extended_deadline_is_told_at_once(app, client, session, contest):
    before = client.get(BOARD).data
    phase = contest["phase"]
    challenge = session.get_one(Challenge, phase.challenge_id)
    until = phase.ends + timedelta(days=30)
    with app.test_request_context():
        extend(session, challenge, phase, until=until, reason="A flood", by=by(contest))
    session.commit()
    assert client.get(BOARD).data != before


def test_the_private_board_that_an_organiser_reads_is_kept_for_nobody_else(
    app, client, session, contest, cast
):
    organiser = sign_in(app.test_client(), cast.olga)
    for path in (f"{BOARD}?board=private", f"/api/v1{BOARD}?board=private"):
        assert b"0.7" in organiser.get(path).data
        for other in (client, sign_in(app.test_client(), cast.wei)):
            assert other.get(path).status_code == 403
    for other in (client, sign_in(app.test_client(), cast.wei)):
        assert b"0.7500" not in other.get(BOARD).data
        assert b"0.7500" not in other.get(f"{BOARD}?phase=a").data


def test_somebody_who_organises_no_longer_is_refused_at_once(app, session, contest, cast):
    browser = sign_in(app.test_client(), cast.olga)
    assert browser.get(f"{BOARD}?board=private").status_code == 200
    key = (contest["phase"].challenge_id, cast.olga.id)
    session.delete(session.get_one(Organiser, key))
    session.commit()
    assert browser.get(f"{BOARD}?board=private").status_code == 403


def test_an_own_row_is_marked_for_its_team_alone(app, client, contest, cast):
    pages = {
        name: sign_in(app.test_client(), getattr(cast, name)).get(BOARD).data.decode()
        for name in ("wei", "lena", "amina")
    }
    pages["visitor"] = client.get(BOARD).data.decode()
    own = {
        name: re.findall(r'id="own">.*?href="/teams/(\d+)"', p, re.S) for name, p in pages.items()
    }
    assert own == {
        "wei": [str(cast.pandas.id)],
        "lena": [str(cast.isar.id)],
        "amina": [],
        "visitor": [],
    }


def test_a_name_is_shown_and_is_no_markup(client, session, contest):
    contest["team"].name = '<b title="x">&amp;'
    contest["team"].name_key = "other"
    session.add(contest["team"])
    session.commit()
    assert "&lt;b title=&#34;x&#34;&gt;&amp;amp;" in client.get(BOARD).data.decode()
    assert '<b title="x">' not in client.get(BOARD).data.decode()


def test_a_page_that_is_kept_reads_no_row_of_the_board(client, session, contest, database):
    client.get(BOARD)
    with database.reading() as reading, statements(reading) as seen:
        client.get(BOARD)
    assert seen
    assert not [text for text, _ in seen if "FROM entry JOIN" in " ".join(text.split())]


def test_a_kept_page_is_made_anew_after_the_reveal_with_the_moves(client, session, contest):
    assert b'class="move' not in client.get(BOARD).data
    reveal_now(session, contest["phase"])
    session.commit()
    assert b'class="move' in client.get(BOARD).data


def test_university_lines_come_in_pages_and_say_where_ones_own_is(app, client, contest, cast):
    first, second = (client.get(f"{LINES}?per_page=1&page={n}").text for n in (1, 2))
    assert "Tsinghua" in first.partition("<table")[2]
    assert "Technical University of Munich" not in first
    assert "Technical University of Munich" in second
    lena = sign_in(app.test_client(), cast.lena)
    assert "Your university is at 2 of 2" in lena.get(f"{LINES}?per_page=1").text
    assert 'id="own"' in lena.get(f"{LINES}?per_page=1&page=2").text
    assert 'id="own"' not in client.get(f"{LINES}?per_page=1&page=2").text
