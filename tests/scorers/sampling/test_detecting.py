"""The smallest difference that a test set detects."""

import numpy as np
import pytest
from scipy import stats

from scorers import compare, get_scorer
from scorers.sampling.detecting import paired_error, smallest_detectable

N = 2000


def _two_models(rng: np.random.Generator, n: int, gained: float, lost: float):
    """Truth and two files: a share of rows only the first gets right, a share only the second."""
    drawn = rng.random(n)
    one, two = np.ones(n), np.ones(n)
    two[drawn < gained] = 0
    one[(drawn >= gained) & (drawn < gained + lost)] = 0
    return np.ones(n), one, two


def test_it_is_the_sum_of_two_normal_quantiles_times_the_error():
    due = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * 0.0123
    assert smallest_detectable(0.0123) == pytest.approx(due, rel=1e-12)
    assert smallest_detectable(1.0, level=0.9, power=0.5) == pytest.approx(stats.norm.ppf(0.95))


def test_the_test_has_the_power_that_it_is_said_to_have():
    found = smallest_detectable(1.0)
    assert stats.norm.sf(stats.norm.ppf(0.975) - found) == pytest.approx(0.8, abs=1e-6)


def test_for_two_accuracies_the_replicates_say_what_mcnemars_formula_says():
    truth, one, two = _two_models(np.random.default_rng(1), N, 0.09, 0.06)
    only_one, only_two = (one > two).mean(), (two > one).mean()
    mcnemar = np.sqrt((only_one + only_two - (only_one - only_two) ** 2) / N)
    a, b = (get_scorer("accuracy").evaluate(truth, f, seed=3, replicates=4000) for f in (one, two))
    error = paired_error(a.replicates, b.replicates)
    assert error == pytest.approx(mcnemar, rel=0.04)
    assert smallest_detectable(error) == pytest.approx(2.80159 * mcnemar, rel=0.04)


def test_undefined_replicates_are_left_out_and_too_few_say_nothing():
    a, b = np.random.default_rng(2).normal(size=(2, 200))
    a[:60] = np.nan
    assert paired_error(a, b) == pytest.approx((a - b)[60:].std(ddof=1))
    a[:101] = np.nan
    assert paired_error(a, b) is None
    assert paired_error(a[:40], b[:40]) is None
    with pytest.raises(ValueError, match="same resamples"):
        paired_error(a, b[:199])


@pytest.mark.long
def test_a_difference_of_that_size_is_found_four_times_in_five():
    rng, rows, gained, lost = np.random.default_rng(4), 500, 0.12, 0.07
    error = np.sqrt((gained + lost - (gained - lost) ** 2) / rows)
    assert gained - lost == pytest.approx(smallest_detectable(error), rel=0.2)
    found, expected = [], []
    for _ in range(200):
        truth, one, two = _two_models(rng, rows, gained, lost)
        a, b = (get_scorer("accuracy").evaluate(truth, f, seed=3, replicates=0) for f in (one, two))
        found.append(compare(a, b).p_value < 0.05)
        expected.append(stats.norm.sf(stats.norm.ppf(0.975) - (gained - lost) / error))
    assert np.mean(found) == pytest.approx(np.mean(expected), abs=0.08)
