"""What changes between two boards, counted and put in order."""

import pytest

from server.boards.kept import Place
from server.boards.medals import Medal
from server.corrections.rules import Change, compare, summary

NAMES = {i: f"Team {i}" for i in range(1, 21)}


def board(*teams: int, worse: float = 0.0) -> dict[int, Place]:
    """Teams in the order of their ranks."""
    return {team: Place(rank, 1 - rank / 100 - worse) for rank, team in enumerate(teams, start=1)}


def test_boards_that_say_the_same_have_no_change():
    assert compare(board(1, 2, 3), board(1, 2, 3), names=NAMES) == []


def test_changes_stand_in_the_order_of_the_new_board_and_who_leaves_last():
    changes = compare(board(1, 2, 3), board(3, 1), names=NAMES)
    assert [c.team_id for c in changes] == [3, 1, 2]
    assert [(c.rank_before, c.rank_after, c.climbed) for c in changes] == [
        (3, 1, 2),
        (1, 2, -1),
        (2, None, None),
    ]


def test_a_team_that_was_taken_off_is_a_change_without_a_medal():
    before, after = {1: Place(1, 0.9)}, {1: Place(None, 0.9)}
    (change,) = compare(before, after, names=NAMES)
    assert (change.rank_after, change.medal_after, change.climbed) == (None, None, None)


def test_medals_go_by_the_teams_that_each_board_ranks():
    # Of 20 teams gold goes to 2, silver to 4, bronze to 8; of 19 to 1, 3 and 7.
    before = board(*range(1, 21))
    after = board(*range(2, 21), worse=0.5)
    changes = {c.team_id: c for c in compare(before, after, names=NAMES)}
    assert (changes[1].medal_before, changes[1].medal_after) == (Medal.GOLD, None)
    assert (changes[3].medal_before, changes[3].medal_after) == (Medal.SILVER, Medal.SILVER)
    assert (changes[9].medal_before, changes[9].medal_after) == (None, None)
    assert (changes[8].medal_before, changes[8].medal_after) == (Medal.BRONZE, Medal.BRONZE)


def test_a_team_that_stays_where_it_is_can_lose_its_medal_because_another_leaves():
    # Of 20 teams silver goes to 4; of 19 to 3: the fourth stays the fourth, with its score.
    changes = compare(board(*range(1, 21)), board(*range(1, 20)), names=NAMES)
    told = {
        c.team_id: (c.rank_before, c.rank_after, c.medal_before, c.medal_after) for c in changes
    }
    assert told == {
        2: (2, 2, Medal.GOLD, Medal.SILVER),
        4: (4, 4, Medal.SILVER, Medal.BRONZE),
        8: (8, 8, Medal.BRONZE, None),
        20: (20, None, None, None),
    }
    assert summary(changes, teams=20)[1:5] == (0, 0, 0, 1)


def test_a_summary_counts_who_moves_comes_goes_and_changes_medal():
    before, after = board(*range(1, 11)), board(2, 1, *range(3, 10), 11)
    told = summary(compare(before, after, names=NAMES), teams=11)
    assert (told.teams, told.moved, told.rescored, told.appeared, told.vanished) == (11, 2, 2, 1, 1)
    assert (told.entered, told.left) == (
        {Medal.GOLD: 1, Medal.SILVER: 1, Medal.BRONZE: 0},
        {Medal.GOLD: 1, Medal.SILVER: 1, Medal.BRONZE: 0},
    )


def test_equal_ranks_sort_by_the_place_before_then_by_team():
    changes = [Change(3, "c", 4, 1, 0, 1), Change(2, "b", 5, 1, 0, 1), Change(1, "a", 5, 1, 0, 1)]
    assert [c.team_id for c in sorted(changes, key=lambda c: c.order)] == [3, 1, 2]


@pytest.mark.parametrize(
    ("before", "after", "decimals"),
    [
        (0.98, 0.98, None),
        (0.9818, 0.9718, None),
        (0.98181, 0.98184, 6),
        (0.9818, 0.9818 + 3e-9, 10),
        (None, 0.9, None),
        (52.3941, 52.3948, 5),
    ],
)
def test_scores_that_would_look_the_same_are_shown_with_more_digits(before, after, decimals):
    assert Change(1, "a", 1, 1, before, after).decimals == decimals
