"""Medals by Kaggle's bounds."""

import pytest

from server.boards.medals import Medal, medal_of

BOUNDS = [
    *((9, 0, 1, 3), (50, 5, 10, 20), (99, 9, 19, 39), (100, 10, 20, 40), (249, 10, 49, 99)),
    *((250, 10, 50, 100), (999, 11, 50, 100), (1000, 12, 50, 100), (4000, 18, 200, 400)),
]


@pytest.mark.parametrize(("teams", "gold", "silver", "bronze"), BOUNDS)
def test_each_medal_ends_where_the_rule_says(teams, gold, silver, bronze):
    found = [medal_of(rank, teams=teams) for rank in range(1, teams + 1)]
    assert found.count(Medal.GOLD) == gold
    assert found.count(Medal.SILVER) == silver - gold
    assert found.count(Medal.BRONZE) == bronze - silver
    assert found == sorted(found, key=[*Medal, None].index)


def test_without_a_rank_there_is_no_medal():
    assert medal_of(None, teams=10) is None
