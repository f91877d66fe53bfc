from math import isclose, log10

import pytest

from server.boards.medals import medal_bounds
from server.standings.rules import (
    FORMULAS,
    VALUES,
    Activity,
    Medals,
    PlacedTeam,
    Result,
    Rule,
    Season,
    geometric,
    lines,
    percentile,
    points,
    rank_universities,
)

NOBODY = Activity()


def season(*results, challenges=None, activity=NOBODY):
    return Season(results, challenges or len(results), activity)


def test_points_are_summed_over_the_challenges_and_weighted():
    found = points(season(Result(1, 10), Result(16, 1000, weight=2)))
    assert isclose(found, 100 * log10(2) + 2 * 100 / 8 * log10(4))


def test_a_team_of_two_universities_gives_each_half_of_its_points():
    assert isclose(points(season(Result(1, 10, share=0.5))), 50 * log10(2))


def test_the_geometric_mean_runs_over_the_whole_season():
    one = 100 * log10(2)
    # The challenge without a result counts with x = 0, a factor of 1.
    assert isclose(geometric(season(Result(1, 10), challenges=2)), (one + 1) ** 0.5)


def test_the_percentile_of_a_challenge_without_a_result_is_zero():
    # 1 - (3 - 1) / 4 = 0.5, over two challenges
    assert percentile(season(Result(3, 4), challenges=2)) == 0.25


def test_nothing_took_place_in_an_empty_season():
    empty = Season([], 0)
    assert [VALUES[rule](empty) for rule in Rule] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("teams", "bounds"),
    [
        (1, (0, 0, 0)),
        (9, (0, 1, 3)),
        (99, (9, 19, 39)),
        (100, (10, 20, 40)),
        (249, (10, 49, 99)),
        (250, (10, 50, 100)),
        (999, (11, 50, 100)),
        (1000, (12, 50, 100)),
        (2499, (14, 124, 249)),
    ],
)
def test_medals_follow_kaggles_bounds_floored(teams, bounds):
    assert tuple(medal_bounds(teams)) == bounds


def test_the_rank_at_a_bound_gets_the_medal_and_the_next_does_not():
    placed = [PlacedTeam(rank, rank, 0.5, (rank,)) for rank in (5, 6, 10, 11, 20, 21)]
    found = lines(placed, teams=50)
    assert [found[rank].result.medals for rank in (5, 6, 10, 11, 20, 21)] == [
        Medals(gold=1),
        Medals(silver=1),
        Medals(silver=1),
        Medals(bronze=1),
        Medals(bronze=1),
        Medals(),
    ]


def test_one_gold_stands_before_many_silvers_and_equal_rows_share_a_rank():
    many = season(Result(1, 10, medals=Medals(silver=5)))
    gold = season(Result(1, 10, medals=Medals(gold=1)))
    ranked = rank_universities(Rule.MEDALS, {1: many, 2: gold, 3: gold})
    assert [(r.id, r.rank) for r in ranked] == [(2, 1), (3, 1), (1, 3)]


def test_participation_is_by_people_then_teams_then_submissions():
    few, more, most = (
        season(challenges=1, activity=Activity(*counts))
        for counts in ((3, 1, 9), (3, 2, 1), (4, 1, 1))
    )
    ranked = rank_universities(Rule.PARTICIPATION, {1: few, 2: more, 3: most})
    assert [(r.id, r.rank, r.value) for r in ranked] == [(3, 1, 4), (2, 2, 3), (1, 3, 3)]


def test_every_rule_has_its_formula_on_the_page():
    assert set(FORMULAS) == set(Rule) == set(VALUES)
