"""Numbers: the value is scikit-learn's or scipy's, and so is the value from sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from scorers import get_scorer

CASES = [
    ("mse", metrics.mean_squared_error),
    ("rmse", metrics.root_mean_squared_error),
    ("rmsle", metrics.root_mean_squared_log_error),
    ("mae", metrics.mean_absolute_error),
    ("median_absolute_error", metrics.median_absolute_error),
    ("mape", metrics.mean_absolute_percentage_error),
    ("r2", metrics.r2_score),
    ("spearman", lambda truth, prediction: stats.spearmanr(truth, prediction).statistic),
]
numbers = st.floats(0, 100).map(lambda value: round(value, 1))
pairs_of_numbers = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=40)


@pytest.mark.parametrize(("name", "function"), CASES)
@settings(max_examples=80, deadline=None)
@given(pairs=pairs_of_numbers)
def test_the_value_is_the_librarys_exactly_and_so_is_that_of_the_sums(name, function, pairs):
    truth, prediction = np.array(pairs).T
    if len(set(truth)) == 1 or len(set(prediction)) == 1:
        return
    scorer = get_scorer(name)
    expected = function(truth, prediction)
    assert scorer.score(truth, prediction) == expected
    terms = scorer.terms(truth, prediction)
    assert terms is None or terms.value() == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_logarithm_of_nothing_is_refused():
    with pytest.raises(ValueError, match="-1"):
        get_scorer("rmsle").score([1.0, 2.0], [-1.5, 2.0])


def test_the_correlation_of_constant_predictions_is_not_defined():
    assert np.isnan(get_scorer("spearman").score([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]))


def test_the_expansion_of_spearman_agrees_with_doubling_a_row():
    rng = np.random.default_rng(7)
    truth = rng.normal(size=2000).round(1)
    prediction = (truth + rng.normal(size=2000)).round(1)
    scorer = get_scorer("spearman")
    influence = scorer.terms(truth, prediction).columns[0]
    for row in range(12):
        rows = np.append(np.arange(2000), row)
        exact = scorer.score(truth[rows], prediction[rows]) - scorer.score(truth, prediction)
        assert influence[row] / 2001 == pytest.approx(exact, abs=3e-6)
