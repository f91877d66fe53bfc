import os
from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.finding import found_page
from server.boards.models import Entry
from server.boards.moves import with_moves
from server.boards.places import count_ranked, places
from server.boards.queries import top_entries
from server.boards.reading import (
    board_slice,
    brackets_over,
    every_row,
    standing_of,
    whole_page,
)
from server.boards.rows import On
from server.challenges.models import Challenge
from server.evaluations.rules import Board
from server.teams.origins import fix_university
from tests.boards.scored import add_member, add_team, plan, scored, statements
from tests.cast import NOON


@pytest.fixture
def public(board):
    return On(board.id, Board.PUBLIC)


def team(session, board, cast, name, score, *, minutes=0, private=None, university=None):
    made = add_team(session, board.challenge_id, name, captain=cast.olga, university=university)
    scored(session, board, made, score, private, at=NOON - timedelta(hours=9, minutes=-minutes))
    return made


def told(rows):
    return [(row.rank, row.team.name if row.team else row.baseline) for row in rows]


def test_equal_scores_share_a_rank_the_next_is_skipped_and_the_earlier_stands_first(
    session, board, cast, public
):
    team(session, board, cast, "late", 0.9, minutes=2)
    team(session, board, cast, "early", 0.9, minutes=1)
    team(session, board, cast, "third", 0.8)
    page = whole_page(session, public, page=1, per_page=50)
    assert told(page.rows) == [(1, "early"), (1, "late"), (3, "third")]


def test_scores_equal_to_twelve_digits_are_equal(session, board, cast, public):
    team(session, board, cast, "one", 0.1 + 0.2)
    team(session, board, cast, "two", 0.3, minutes=1)
    assert [r.rank for r in whole_page(session, public, page=1, per_page=50).rows] == [1, 1]


def test_a_tie_keeps_its_rank_across_the_page_boundary(session, board, cast, public):
    for minute, score in enumerate([0.9, 0.8, 0.8, 0.8, 0.7]):
        team(session, board, cast, f"team {minute}", score, minutes=minute)
    first, second, third = (whole_page(session, public, page=n, per_page=2).rows for n in (1, 2, 3))
    assert [r.rank for r in (*first, *second, *third)] == [1, 2, 2, 2, 5]


def test_zero_and_negative_scores_are_scores_and_a_missing_one_is_on_no_board(
    session, board, cast, public
):
    team(session, board, cast, "zero", 0.0)
    team(session, board, cast, "negative", -0.5)
    silent = add_team(session, board.challenge_id, "silent", captain=cast.olga)
    page = whole_page(session, public, page=1, per_page=50)
    assert told(page.rows) == [(1, "zero"), (2, "negative")]
    assert standing_of(session, public, silent.id) is None


def test_baselines_stand_unranked_in_their_place_on_whichever_page_that_is(
    session, board, cast, public
):
    for number in range(5):
        team(session, board, cast, f"team {number}", 0.9 - number / 10)
    for name, score in (("above all", 0.99), ("between", 0.75), ("below all", 0.1)):
        scored(session, board, None, score, baseline=name)
    everything = [
        (None, "above all"),
        (1, "team 0"),
        (2, "team 1"),
        (None, "between"),
        (3, "team 2"),
        (4, "team 3"),
        (5, "team 4"),
        (None, "below all"),
    ]
    for per_page in range(1, 10):
        pages = [
            whole_page(session, public, page=n, per_page=per_page)
            for n in range(1, 8 // per_page + 2)
        ]
        assert [row for page in pages for row in told(page.rows)] == everything
        assert {page.total for page in pages} == {8}
    assert told(every_row(session, public)) == everything


def test_a_search_keeps_the_ranks_of_the_whole_board(session, board, cast, public):
    team(session, board, cast, "ÉCLAIR one", 0.9, university=cast.munich)
    team(session, board, cast, "other", 0.8, university=cast.tsinghua)
    team(session, board, cast, "éclair two", 0.7, university=cast.munich)
    found = found_page(session, public, q="Éclair", university="", page=1, per_page=50)
    assert told(found.rows) == [(1, "ÉCLAIR one"), (3, "éclair two")]
    at = found_page(session, public, q="", university="munich", page=2, per_page=1)
    assert (at.total, told(at.rows)) == (2, [(3, "éclair two")])
    none = found_page(session, public, q="100%", university="", page=1, per_page=50)
    assert none.total == 0


def mix(session, board) -> None:
    challenge = session.get_one(Challenge, board.challenge_id)
    challenge.same_university = False
    session.add(challenge)
    session.flush()


def of(session, on, slug):
    page = found_page(session, on, q="", university=slug, page=1, per_page=50)
    return page.total, told(page.rows)


def test_a_team_of_two_universities_is_in_the_part_of_each(session, board, cast, public):
    mix(session, board)
    for name, score, people in (("both", 0.9, "jonas amina"), ("one", 0.8, "olga")):
        made = team(session, board, cast, name, score)
        made.fixed_at = None
        for person in people.split():
            add_member(session, made, cast.people[person])
        fix_university(session, team=made, now=NOON)
    assert of(session, public, "munich") == (2, [(1, "both"), (2, "one")])
    assert of(session, public, "nairobi") == (1, [(1, "both")])
    challenge = session.get_one(Challenge, board.challenge_id)
    challenge.anonymous = True
    session.add(challenge)
    session.flush()
    assert of(session, public, "nairobi") == (0, [])


def test_a_search_that_finds_many_finds_the_same(session, board, cast, public, monkeypatch):
    for number, name in enumerate(["Abel", "banana", "cherry", "Ada", "unranked a", "zebra"]):
        team(session, board, cast, name, 0.9 - number / 20, minutes=number)
    of_board = select(Entry).where(Entry.board == public.board).order_by(Entry.id)
    gone = session.exec(of_board).all()[4]
    gone.ranked = False
    session.add(gone)
    session.flush()
    pages = [{"q": "A", "page": n, "per_page": 2, "university": ""} for n in (1, 2, 3)]
    few = [found_page(session, public, **page) for page in pages]
    monkeypatch.setattr("server.boards.finding.MANY", 1)
    assert [found_page(session, public, **page) for page in pages] == few
    assert [page.total for page in few] == [4, 4, 4]
    assert [told(page.rows) for page in few[:2]] == [
        [(1, "Abel"), (2, "banana")],
        [(4, "Ada"), (5, "zebra")],
    ]


def test_places_counts_the_strictly_better(session, board, cast, public):
    for number, score in enumerate([0.9, 0.8, 0.8, 0.5]):
        team(session, board, cast, f"team {number}", score, minutes=number)
    assert places(session, public, [-0.9, -0.8, -0.5, -0.4]) == {
        -0.9: 1,
        -0.8: 2,
        -0.5: 4,
        -0.4: 5,
    }


def test_a_teams_standing_names_its_page(session, board, cast, public):
    made = [team(session, board, cast, f"team {n}", 0.9 - n / 100, minutes=n) for n in range(7)]
    standing = standing_of(session, public, made[6].id, per_page=3)
    assert (standing.rank, standing.teams, standing.page) == (7, 7, 3)


def test_a_disqualified_team_is_not_on_the_board(session, board, cast, public):
    made = team(session, board, cast, "cheats", 0.99)
    made.disqualified_at = NOON
    scored(session, board, made, 0.5)
    assert whole_page(session, public, page=1, per_page=50).rows == []
    assert count_ranked(session, public) == 0


def test_moves_say_how_many_places_a_team_climbed(session, board, cast, public):
    team(session, board, cast, "falls", 0.9, private=0.6)
    team(session, board, cast, "climbs", 0.8, private=0.7)
    final = On(board.id, Board.PRIVATE)
    rows = with_moves(session, board.id, whole_page(session, final, page=1, per_page=50).rows)
    assert [(r.team.name, r.move) for r in rows] == [("climbs", 1), ("falls", -1)]


def test_a_bracket_goes_on_over_the_page_boundary(session, board, cast, public):
    for number in range(4):
        team(session, board, cast, f"team {number}", 0.9 - number / 100, minutes=number)
    for number, entry in enumerate(top_entries(session, board.id, Board.PUBLIC, limit=4)):
        entry.rank_group = 2 if number else 1
        session.add(entry)
    session.flush()
    first, second = (whole_page(session, public, page=p, per_page=2).rows for p in (1, 2))
    assert brackets_over(first) == ["", ""]
    assert brackets_over(second) == ["bracket-first", "bracket-last"]


@pytest.mark.skipif(bool(os.environ.get("VARSITY_TEST_DATABASE_URL")), reason="SQLite's plans")
def test_a_page_reads_entries_by_the_boards_index(session, board, cast, public):
    team(session, board, cast, "one", 0.9)
    with statements(session) as seen:
        board_slice(session, public, offset=0, limit=50, baselines=[])
    assert seen
    plans = [line for query in seen for line in plan(session, *query)]
    assert not [line for line in plans if "SCAN entry" in line or "SCAN submission" in line]
    assert [line for line in plans if "ix_entry_board" in line]
