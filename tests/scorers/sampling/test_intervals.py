"""Intervals of proportions, quantiles and any metric of a known error."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from scorers import get_scorer
from scorers.classes.area_interval import delong_interval
from scorers.sampling.influence import Spread, spread_of
from scorers.sampling.intervals import (
    mean_of_shares_interval,
    median_interval,
    percentile_interval,
    quantile_interval,
    wilson_interval,
)
from scorers.sampling.studentised import studentised_interval


def test_wilsons_interval_is_that_of_scipy():
    expected = stats.binomtest(37, 50).proportion_ci(method="wilson")
    assert wilson_interval(0.74, 50).bounds == pytest.approx((expected.low, expected.high))
    assert wilson_interval(1.0, 10).bounds[1] == 1.0


def test_a_replicate_in_which_the_metric_is_not_defined_is_left_out():
    replicates = np.array([np.nan] * 40 + list(np.linspace(0, 1, 61)))
    assert percentile_interval(replicates, 1000).bounds == pytest.approx((0.025, 0.975), abs=0.01)
    assert percentile_interval(np.array([np.nan, np.nan, 1.0]), 9).bounds is None


def test_the_interval_of_a_median_lies_between_the_order_statistics_of_the_sign_test():
    values = np.random.default_rng(1).standard_cauchy(100)
    ordered = np.sort(values)
    assert median_interval(values).bounds == (ordered[39], ordered[60])
    assert stats.binom.cdf(59, 100, 0.5) - stats.binom.cdf(39, 100, 0.5) >= 0.94
    assert "order statistics of 100 rows" in median_interval(values).method


def test_the_interval_of_a_quantile_is_wider_where_rows_belong_together():
    rng = np.random.default_rng(2)
    units = np.arange(400) // 10
    values = rng.normal(size=40)[units] + 0.1 * rng.normal(size=400)
    alone, together = (quantile_interval(values, 0.8, u).bounds for u in (None, units))
    assert together[1] - together[0] > 1.5 * (alone[1] - alone[0])


def test_one_class_has_wilsons_interval_and_several_lie_inside_of_each_ones_reach():
    assert mean_of_shares_interval([37], [50]).bounds == pytest.approx(
        wilson_interval(0.74, 50).bounds
    )
    low, high = mean_of_shares_interval([5, 180], [5, 195]).bounds
    assert 0.70 < low < 0.80
    assert 0.96 < high < 1.0
    assert mean_of_shares_interval([5, 180, 0], [5, 195, 0]).bounds == (low, high)


RANGES = [
    (0.5, 0.0, 1.0),
    (0.99, 0.0, 1.0),
    (-0.9, -1.0, 1.0),
    (0.1, 0.0, np.inf),
    (-3.0, -np.inf, 1.0),
    (2.0, -np.inf, np.inf),
]


@pytest.mark.parametrize(("value", "lower", "upper"), RANGES)
@pytest.mark.parametrize("error", [1e-4, 0.1])
def test_an_interval_stays_in_the_range_and_is_the_plain_one_where_the_error_is_small(
    value, lower, upper, error
):
    bounds, _ = studentised_interval(value, Spread(error, 30.0), lower, upper, "31 rows")
    assert lower <= bounds[0] < value < bounds[1] <= upper
    if error < 1e-3:
        half = stats.t.ppf(0.975, 30) * error
        assert bounds == pytest.approx((value - half, value + half), abs=0.02 * half + 1e-6)


def test_an_error_of_normal_rows_has_nearly_all_degrees_of_freedom_and_an_outlier_few():
    rows = np.random.default_rng(3).normal(size=500)
    rows -= rows.mean()
    assert spread_of(rows).error == pytest.approx(stats.sem(rows))
    assert spread_of(rows).freedom > 200
    rows[0] = 100
    assert spread_of(rows).freedom < 5
    assert spread_of(np.array([1.0, -1.0] * 10)).freedom == 19
    assert spread_of(np.zeros(6)) == (0.0, 5.0, 5.0)


def test_the_interval_of_an_area_with_many_rows_has_delongs_width():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 4000)
    scores = ndtr(rng.normal(size=4000) + truth)
    result = get_scorer("roc_auc").evaluate(truth, scores, seed=1, replicates=0)
    up, down = scores[truth == 1], scores[truth == 0]
    above = (up[:, None] > down).mean(axis=1), (up[:, None] > down).mean(axis=0)
    error = np.sqrt(sum(side.var(ddof=1) / len(side) for side in above))
    assert np.diff(result.interval)[0] == pytest.approx(2 * 1.96 * error, rel=0.02)
    assert result.method == "DeLong, in Wilson's form"


def test_the_interval_of_an_area_near_one_reaches_further_down_than_delongs_own():
    up, down = np.r_[np.ones(9), 0.98], np.r_[np.ones(18), 0.98, 0.98]
    low, high = delong_interval(up, np.full(20, up.mean())).bounds
    assert low < up.mean() - 2.5 * up.std(ddof=1) / np.sqrt(10)
    assert up.mean() < high < 1
    assert delong_interval(np.ones(10), np.ones(20)).bounds is None
    assert delong_interval(up[:1], down).bounds is None


def test_the_interval_of_a_balanced_accuracy_that_is_adjusted_is_stretched_with_it():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 300)
    prediction = np.where(rng.random(300) < 0.7, truth, rng.integers(0, 4, 300))
    plain, adjusted = (
        get_scorer("balanced_accuracy", adjusted=a).evaluate(truth, prediction, seed=1)
        for a in (False, True)
    )
    expected = [(edge - 1 / 3) / (2 / 3) for edge in plain.interval]
    assert adjusted.interval == pytest.approx(expected)
    assert plain.method == "Wilson's of 3 classes, combined (MOVER)"
