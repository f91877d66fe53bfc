"""Groupings: scikit-learn's values whatever the groups are called, and intervals that hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import get_scorer
from tests.scorers.doubling import by_terms, in_truth

CASES = [
    ("adjusted_rand", {}, metrics.adjusted_rand_score),
    ("fowlkes_mallows", {}, metrics.fowlkes_mallows_score),
    *(
        (name, {"average_method": method}, function)
        for method in ("arithmetic", "geometric", "min", "max")
        for name, function in (
            ("normalized_mutual_info", metrics.normalized_mutual_info_score),
            ("adjusted_mutual_info", metrics.adjusted_mutual_info_score),
        )
    ),
    ("v_measure", {"beta": 2.0}, metrics.v_measure_score),
]
IDS = [f"{name}-{params}" for name, params, _ in CASES]
groups = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=25)


def _noisy(n: int, seed: int, noise: float = 0.3, groups: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, groups, n)
    return truth, np.where(rng.random(n) < noise, rng.integers(0, groups, n), truth)


@pytest.mark.parametrize(("name", "params", "function"), CASES, ids=IDS)
@settings(max_examples=25, deadline=None)
@given(pairs=groups)
def test_the_value_is_scikit_learns_whatever_the_groups_are_called(name, params, function, pairs):
    truth, prediction = np.array(pairs).T
    found = get_scorer(name, **params).score(
        np.array([f"true {k}" for k in truth], dtype=object),
        np.array([f"group {9 - k}" for k in prediction]),
    )
    assert found == pytest.approx(function(truth, prediction, **params), abs=1e-12)


@pytest.mark.parametrize(("name", "params", "function"), CASES, ids=IDS)
def test_the_expansion_has_the_value_and_agrees_with_doubling_a_row(name, params, function):
    truth, prediction = _noisy(3000, 1)
    scorer = get_scorer(name, **params)
    assert scorer.terms(truth, prediction).value() == pytest.approx(
        function(truth, prediction, **params)
    )
    for row in range(4):
        exact = in_truth(scorer, truth, prediction, row)
        assert by_terms(scorer, truth, prediction, row) == pytest.approx(exact, abs=4e-6)


@pytest.mark.parametrize("name", ["adjusted_rand", "fowlkes_mallows", "normalized_mutual_info"])
def test_a_perfect_grouping_has_no_interval_and_says_why(name):
    truth = np.arange(60) % 3
    found = get_scorer(name).evaluate(truth, truth + 7, seed=1, replicates=20)
    assert found.value == pytest.approx(1.0)
    assert found.interval is None
    assert "do not show how the agreement varies" in found.method


@pytest.mark.parametrize("name", ["normalized_mutual_info", "adjusted_mutual_info", "v_measure"])
def test_where_the_bias_of_many_clusters_is_large_the_interval_is_withheld(name):
    found = get_scorer(name).evaluate(*_noisy(200, 2, groups=12), seed=1, replicates=20)
    assert found.interval is None
    assert "bias" in found.method


@pytest.mark.parametrize("name", ["normalized_mutual_info", "v_measure", "adjusted_rand"])
def test_one_group_for_all_rows_is_scored_as_scikit_learn_scores_it(name):
    truth = np.arange(40) % 4
    assert get_scorer(name).score(truth, np.zeros(40)) == 0.0


def _of_the_population(noise: float, groups: int) -> dict[str, float]:
    joint = np.full((groups, groups), noise / groups**2)
    joint += np.eye(groups) * (1 - noise) / groups
    same, chance = (joint**2).sum(), 1 / groups
    information = (joint * np.log(joint * groups**2)).sum()
    return {
        "adjusted_rand": (same - chance**2) / (chance - chance**2),
        "fowlkes_mallows": same / chance,
        "normalized_mutual_info": information / np.log(groups),
    }


@pytest.mark.parametrize("name", ["adjusted_rand", "fowlkes_mallows", "normalized_mutual_info"])
@pytest.mark.parametrize(("n", "noise", "groups"), [(200, 0.3, 3), (500, 0.2, 4)])
def test_the_intervals_hold(name, n, noise, groups):
    true, held, scorer = _of_the_population(noise, groups)[name], [], get_scorer(name)
    for seed in range(300):
        columns = _noisy(n, seed, noise, groups)
        low, high = scorer.interval(*columns, **scorer.options).bounds
        held.append(low <= true <= high)
    assert 0.91 <= np.mean(held) <= 0.98


def test_groupings_with_nothing_in_common_have_intervals_that_hold():
    held, scorer = [], get_scorer("adjusted_rand")
    for seed in range(100):
        low, high = scorer.interval(*_noisy(200, seed, noise=1.0)).bounds
        held.append(low <= 0 <= high)
    assert np.mean(held) >= 0.93
