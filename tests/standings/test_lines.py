"""What each university has on a board: its best team, its medals, its part of mixed teams."""

from math import isclose

import pytest

from server.boards.points import points as points_of_rank
from server.standings.rules import (
    Medals,
    PlacedTeam,
    Ranked,
    Result,
    Rule,
    Season,
    lines,
    percentile,
    points,
    ranges_over_rules,
    rank_universities,
)

MUNICH, NAIROBI, TSINGHUA = 1, 2, 3


def board(*teams):
    """Teams in the order of their ranks, each by the universities it is of."""
    return [PlacedTeam(10 + i, i + 1, 1 - i / 10, own) for i, own in enumerate(teams)]


def test_a_university_stands_by_its_best_team_and_has_the_medals_of_all():
    found = lines(board((MUNICH,), (), (MUNICH,), *[()] * 7), teams=10)
    own = found[MUNICH]
    # 10 teams: gold to rank 1, silver to 2, bronze to 4.
    assert (own.best_team_id, own.teams, own.result.best_rank) == (10, 2, 1)
    assert own.result.medals == Medals(gold=1, bronze=1)
    assert set(found) == {MUNICH}


def test_a_mixed_team_is_split_equally_among_its_schools_as_in_mlhs_season():
    found = lines(board((MUNICH, NAIROBI, TSINGHUA), *[()] * 9), teams=10)
    assert {k: line.result.medals.gold for k, line in found.items()} == dict.fromkeys(
        (MUNICH, NAIROBI, TSINGHUA), 1 / 3
    )
    assert all(
        isclose(points(Season([line.result], 1)), points_of_rank(1, teams=10) / 3)
        for line in found.values()
    )


def test_nothing_is_lost_or_made_by_the_split():
    teams = board((MUNICH, NAIROBI), (NAIROBI,), (MUNICH, NAIROBI, TSINGHUA), *[()] * 17)
    found = lines(teams, teams=20)
    # 20 teams: gold to rank 2, silver to 4.
    assert isclose(sum(line.result.medals.gold for line in found.values()), 2)
    assert isclose(sum(line.result.medals.silver for line in found.values()), 1)


def test_the_best_team_is_the_one_whose_part_is_worth_most():
    own = lines(board((MUNICH, NAIROBI, TSINGHUA), (MUNICH,)), teams=2)[MUNICH]
    # A third of 30.103 is less than 30.103 * 2 ** -0.75 = 17.9.
    assert (own.best_team_id, own.result.best_rank, own.result.share) == (11, 2, 1)


@pytest.mark.parametrize(
    ("teams", "gold", "silver", "bronze"),
    [
        (9, 0, 1, 2),
        (10, 1, 1, 2),
        (99, 9, 10, 20),
        (100, 10, 10, 20),
        (249, 10, 39, 50),
        (250, 10, 40, 50),
        (999, 11, 39, 50),
        (1000, 12, 38, 50),
        (1999, 13, 86, 100),
    ],
)
def test_so_many_medals_of_each_kind_are_given_at_the_bounds_of_kaggles_table(
    teams, gold, silver, bronze
):
    found = lines(board(*[(MUNICH,)] * teams), teams=teams)
    assert found[MUNICH].result.medals == Medals(gold, silver, bronze)


def test_thirds_that_are_added_in_another_order_are_the_same_medals():
    third = 1 / 3
    one = Season([Result(1, 9, medals=Medals(gold=g)) for g in (third, third, third)], 1)
    other = Season([Result(1, 9, medals=Medals(gold=g)) for g in (0.1, 0.2, 0.7)], 1)
    ranked = rank_universities(Rule.MEDALS, {1: one, 2: other})
    assert [r.rank for r in ranked] == [1, 1]


def test_the_percentile_is_weighted_and_that_of_a_mixed_team_split():
    # 2 * (1 - 1/4) and 1 * 0.5 * 1, over weights of 4 in all.
    own = Season([Result(2, 4, weight=2), Result(1, 4, share=0.5)], 3, total_weight=4)
    assert percentile(own) == (2 * 0.75 + 0.5) / 4


def test_the_range_over_the_rules_is_from_the_best_to_the_worst_rank():
    found = ranges_over_rules(
        [[Ranked(1, 1, 0), Ranked(2, 2, 0)], [Ranked(2, 1, 0), Ranked(1, 3, 0)]]
    )
    assert found == {1: (1, 3), 2: (1, 2)}
