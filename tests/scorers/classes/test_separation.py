"""Gini and Kolmogorov-Smirnov: the values of scikit-learn and scipy, and honest intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from scorers import get_scorer

rows = st.lists(
    st.tuples(st.booleans(), st.sampled_from([-1.0, 0.0, 0.25, 0.5, 3.0])), min_size=2, max_size=30
).filter(lambda pairs: len({truth for truth, _ in pairs}) == 2)


@pytest.mark.filterwarnings("ignore")  # of the p-value of a few rows, which is not looked at
@settings(max_examples=80, deadline=None)
@given(pairs=rows)
def test_the_distance_of_the_distributions_is_scipys_and_so_is_that_of_the_sums(pairs):
    truth, scores = (np.array(column) for column in zip(*pairs, strict=True))
    scorer = get_scorer("ks_statistic")
    expected = stats.ks_2samp(scores[truth], scores[~truth], method="asymp").statistic
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(pairs=rows)
def test_gini_is_twice_the_area_less_one_and_so_is_that_of_the_sums(pairs):
    truth, scores = (np.array(column) for column in zip(*pairs, strict=True))
    scorer, expected = get_scorer("gini"), 2 * metrics.roc_auc_score(truth, scores) - 1
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected, abs=1e-12)


def test_ginis_interval_is_that_of_the_area():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 100)
    scores = truth + rng.normal(size=100)
    area = get_scorer("roc_auc").evaluate(truth, scores, seed=1, replicates=20)
    gini = get_scorer("gini").evaluate(truth, scores, seed=1, replicates=20)
    assert gini.interval == pytest.approx([2 * bound - 1 for bound in area.interval])


@pytest.mark.parametrize("name", ["ks_statistic", "gini"])
def test_one_class_alone_is_not_told_from_anything(name):
    with pytest.raises(ValueError, match=r"one class|not defined"):
        get_scorer(name).evaluate([1, 1, 1], [0.1, 0.2, 0.3], seed=1)


@pytest.mark.long
@pytest.mark.parametrize(
    ("n", "share", "apart"), [(200, 0.5, 1.0), (200, 0.1, 1.0), (2000, 0.02, 1.0), (2000, 0.5, 0.0)]
)
def test_the_interval_holds_although_the_distance_is_biased_upwards(n, share, apart):
    true, held = 2 * stats.norm.cdf(apart / 2) - 1, []
    scorer = get_scorer("ks_statistic")
    for seed in range(120):
        rng = np.random.default_rng(seed)
        truth = rng.random(n) < share
        scores = rng.normal(size=n) + apart * truth
        low, high = scorer.interval(truth, scores).bounds
        held.append(low <= true <= high)
    assert np.mean(held) >= 0.93
