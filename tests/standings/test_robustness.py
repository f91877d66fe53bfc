"""The standings of resampled boards are those that the published rules give for them."""

import numpy as np
import pytest

from server.boards.rules import ranks
from server.standings.robustness import (
    Part,
    Sums,
    column_ranks,
    medal_ranks,
    rank_ranges,
    resampled,
    rounded,
)
from server.standings.rules import PlacedTeam, Rule, Season, lines, rank_universities

RULES = [Rule.POINTS, Rule.MEDALS, Rule.GEOMETRIC, Rule.PERCENTILE]
UNIVERSITIES = list(range(1, 9))


def drawn(seed, *, teams, replicates=7):
    """A board with ties, independent teams and mixed ones; keys (teams, replicates)."""
    random = np.random.default_rng(seed)
    keys = np.round(random.normal(size=(teams, replicates)), 1)
    among = [
        tuple(
            sorted(
                random.choice(UNIVERSITIES, size=random.choice([0, 1, 1, 1, 2, 3]), replace=False)
            )
        )
        for _ in range(teams)
    ]
    return keys, [tuple(int(u) for u in own) for own in among]


def one_by_one(boards, weights, column):
    """The standings of one replicate, by the pure rules."""
    results = {}
    for (keys, among), weight in zip(boards, weights, strict=True):
        order = np.argsort(keys[:, column], kind="stable")
        places = ranks([float(keys[i, column]) for i in order])
        placed = [PlacedTeam(int(i), r, 0.0, among[i]) for i, r in zip(order, places, strict=True)]
        for university, line in lines(placed, teams=len(keys)).items():
            results.setdefault(university, []).append(line.result._replace(weight=weight))
    total = sum(weights)
    seasons = {k: Season(results.get(k, ()), len(boards), total_weight=total) for k in UNIVERSITIES}
    return {rule: {r.id: r.rank for r in rank_universities(rule, seasons)} for rule in RULES}


@pytest.mark.parametrize("seed", range(3))
def test_each_replicate_is_ranked_as_the_pure_rules_rank_it(seed):
    boards = [drawn(seed * 10 + i, teams=n) for i, n in enumerate((5, 40, 130))]
    weights = [1.0, 2.0, 0.5]
    sums = Sums(UNIVERSITIES, challenges=3, replicates=7)
    for (keys, among), weight in zip(boards, weights, strict=True):
        parts = [Part(i, u, 1 / len(own)) for i, own in enumerate(among) for u in own]
        sums.add(resampled(keys, parts), weight=weight)
    found = sums.ranks()
    for column in range(7):
        expected = one_by_one(boards, weights, column)
        told = {
            rule: dict(zip(UNIVERSITIES, map(int, found[rule][:, column]), strict=True))
            for rule in RULES
        }
        assert told == expected


def test_scores_are_compared_to_twelve_digits_as_on_boards():
    values = np.array([0.9, 1.7 - 0.8, 0.0, -123456.7890123456, 3e15 / 7])
    expected = [float(f"{value:.12g}") for value in values]
    assert rounded(values).tolist() == expected


def test_equal_keys_share_a_rank_within_each_column():
    keys = np.array([[1.0, 3.0], [1.0, 2.0], [2.0, 1.0]])
    assert column_ranks(keys).tolist() == [[1, 3], [1, 2], [3, 1]]


def test_one_gold_stands_before_many_silvers_in_every_replicate():
    medals = np.array([[[0.0], [1.0], [1.0]], [[5.0], [0.0], [0.0]], [[0.0], [0.0], [0.0]]])
    assert medal_ranks(medals)[:, 0].tolist() == [3, 1, 1]


def test_a_range_leaves_out_less_than_a_fortieth_at_each_end_and_holds_the_actual_rank():
    own = np.array([[1] * 19 + [2] * 762 + [9] * 19, [5] * 800])
    found = rank_ranges([7, 8], own, {7: 3, 8: 9})
    assert found[7] == (2, 3)
    assert found[8] == (5, 9)
    # 20 of 800 are a fortieth.
    own[0, :20] = 1
    assert rank_ranges([7, 8], own, {7: 2, 8: 5})[7] == (1, 2)


def test_what_is_the_same_in_all_replicates_has_no_range():
    keys = np.repeat(np.arange(4.0)[:, None], 50, axis=1)
    sums = Sums([1, 2], challenges=1, replicates=50)
    sums.add(resampled(keys, [Part(0, 1, 1.0), Part(3, 2, 1.0)]), weight=1)
    found = rank_ranges([1, 2], sums.ranks()[Rule.POINTS], {1: 1, 2: 2})
    assert found == {1: (1, 1), 2: (2, 2)}
