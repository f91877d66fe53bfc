"""Errors relative to the truth."""

import numpy as np
import pytest

from scorers import get_scorer


def test_the_weighted_percentage_error_is_that_of_the_sums():
    rng = np.random.default_rng(1)
    truth, prediction = rng.normal(5, 4, (2, 70))
    scorer = get_scorer("wmape")
    # Rows weighted by their size: the mean of |e| / |y| under weights |y|.
    expected = np.average(np.abs(prediction - truth) / np.abs(truth), weights=np.abs(truth))
    assert scorer.score(truth, prediction) == pytest.approx(expected, rel=1e-12)
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected, rel=1e-12)


def test_errors_relative_to_nothing_are_not_defined():
    with pytest.raises(ValueError, match="every answer is 0"):
        get_scorer("wmape").score([0.0, 0.0], [1.0, 0.0])


def test_a_resample_without_any_amount_is_left_out():
    truth = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0])
    found = get_scorer("wmape").evaluate(truth, truth + 1, seed=1, replicates=400)
    assert 0 < np.isnan(found.replicates).sum() < 100
    assert found.interval is not None
