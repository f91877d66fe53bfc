"""Intervals on the scale of a metric's range."""

import numpy as np
import pytest

from scorers import get_scorer


@pytest.mark.parametrize("average", ["macro", "micro"])
def test_one_error_less_never_makes_the_lower_bound_worse(average):
    rng = np.random.default_rng(7)
    truth = np.arange(165) % 10
    wrong = rng.permutation(165)
    scorer, bounds = get_scorer("f1", average=average), []
    for errors in (8, 5, 3, 2, 1):
        prediction = truth.copy()
        prediction[wrong[:errors]] = (truth[wrong[:errors]] + 1) % 10
        found = scorer.evaluate(truth, prediction, seed=1, replicates=50)
        assert found.interval is not None
        bounds.append(found.interval[0])
    assert bounds == sorted(bounds)
    assert bounds[-1] > 0.95
