"""Two submissions compared pair by pair."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from scorers import ScoreResult, compare, get_scorer


def _rain(rng, n: int, share: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    truth = (rng.random(n) < share).astype(int)
    return truth, 1 / (1 + np.exp(-(1.5 * truth + rng.normal(size=n))))


def _result(replicates, value=None) -> ScoreResult:
    array = np.asarray(replicates, dtype=float)
    return ScoreResult(float(array.mean() if value is None else value), None, "", array)


def test_paired_differences_are_far_tighter_than_the_two_scores():
    truth, prediction = _rain(np.random.default_rng(10), 2000)
    noise = np.random.default_rng(11).normal(0, 0.05, 2000)
    scorer = get_scorer("roc_auc")
    a = scorer.evaluate(truth, prediction, seed=3)
    b = scorer.evaluate(truth, prediction + noise, seed=3)
    pair = compare(a, b)
    assert pair.difference == a.value - b.value
    assert pair.interval[0] <= pair.difference <= pair.interval[1]
    assert pair.interval[1] - pair.interval[0] < (a.interval[1] - a.interval[0]) / 3


def test_a_comparison_with_oneself_finds_nothing():
    a = _result(np.random.default_rng(12).normal(size=300))
    pair = compare(a, a)
    assert pair.difference == 0
    assert pair.p_value == 1.0


def test_a_clear_difference_of_replicates_has_a_small_p_value():
    shared = np.random.default_rng(13).normal(size=999)
    better = _result(shared + 5 + np.random.default_rng(14).normal(size=999))
    assert compare(better, _result(shared)).p_value == pytest.approx(1 / 1000)


def test_replicates_of_different_resamples_are_not_compared():
    with pytest.raises(ValueError, match="same resamples"):
        compare(_result([1.0, 2.0]), _result([1.0, 2.0, 3.0]))
    assert compare(_result([1.0, 2.0]), ScoreResult(1.0, None, "", None)).p_value is None


@pytest.mark.parametrize("rows", [200, 9000])
def test_scores_under_different_seeds_are_not_compared(rows):
    truth = np.random.default_rng(15).normal(size=rows)
    scorer = get_scorer("rmse")
    one, other = (scorer.evaluate(truth, truth + 1, seed=s, replicates=9) for s in (1, 2))
    with pytest.raises(ValueError, match="same resamples"):
        compare(one, other)
    assert compare(one, one).difference == 0


def _accuracies(truth, *files) -> list[ScoreResult]:
    return [get_scorer("accuracy").evaluate(truth, f, seed=1, replicates=0) for f in files]


@pytest.mark.parametrize(("gained", "lost"), [(5, 0), (9, 2), (30, 18), (60, 40)])
def test_accuracies_are_compared_by_mcnemars_test_with_mid_p(gained, lost):
    truth, one, two = np.ones(300), np.ones(300), np.ones(300)
    two[:gained], one[gained : gained + lost] = 0, 0
    binomial = stats.binom(gained + lost, 0.5)
    exact = 2 * (binomial.cdf(lost) - binomial.pmf(lost) / 2)
    assert compare(*_accuracies(truth, one, two)).p_value == pytest.approx(exact, abs=0.015)


def test_the_interval_of_a_difference_is_that_of_the_paired_t_test():
    rng = np.random.default_rng(2)
    truth, one, two = np.zeros(500), rng.uniform(1, 2, 500), rng.uniform(1, 2, 500)
    scorer = get_scorer("mae")
    pair = compare(*(scorer.evaluate(truth, f, seed=1, replicates=0) for f in (one, two)))
    expected = stats.ttest_rel(one, two).confidence_interval()
    assert pair.interval == pytest.approx((expected.low, expected.high), rel=0.01)


def test_a_few_rows_that_differ_prove_little():
    truth, one, two = np.ones(200), np.ones(200), np.ones(200)
    two[:4] = 0
    pair = compare(*_accuracies(truth, one, two))
    assert pair.p_value > 0.05
    assert pair.interval[0] < 0 < pair.interval[1]


def test_a_lead_that_is_the_same_in_every_row_is_no_chance():
    rng = np.random.default_rng(4)
    truth, one = np.zeros(60), rng.uniform(1, 2, 60)
    scorer = get_scorer("mae")
    pair = compare(*(scorer.evaluate(truth, f, seed=1, replicates=0) for f in (one + 0.5, one)))
    assert pair.interval == pytest.approx((0.5, 0.5))
    assert pair.p_value < 1e-6


def test_two_units_are_too_few_to_compare_by():
    a, b = (_result([1.0, 2.0, 4.0]), _result([2.0, 2.0, 2.0]))
    a, b = (replace(x, influence=np.array([-0.1, 0.1])) for x in (a, b))
    pair = compare(a, b)
    assert pair.p_value is None
    assert "2 units are too few" in pair.method


def test_the_same_pair_has_the_same_p_value_every_time():
    truth, one = _rain(np.random.default_rng(5), 300)
    two = np.roll(one, 1)
    scorer = get_scorer("brier_score")
    results = [scorer.evaluate(truth, f, seed=1, replicates=0) for f in (one, two)]
    assert compare(*results) == compare(*results)
    assert compare(*results).p_value == compare(*results[::-1]).p_value
