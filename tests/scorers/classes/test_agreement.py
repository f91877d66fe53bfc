"""Agreement of labels where the classes and their order are given."""

import numpy as np
import pytest
from sklearn import metrics

from scorers import get_scorer

RATINGS = np.array(["low", "mid", "high", "top"])


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
@pytest.mark.parametrize("labels", [["low", "mid", "high", "top"], ["mid", "low", "high"]])
def test_kappa_counts_distances_in_the_order_that_is_given(weights, labels):
    truth, prediction = RATINGS[np.random.default_rng(1).integers(0, 4, (2, 80))]
    expected = metrics.cohen_kappa_score(truth, prediction, weights=weights, labels=labels)
    scorer = get_scorer("cohen_kappa", weights=weights, labels=labels)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected, rel=1e-12)


def test_a_rating_that_nobody_gave_keeps_its_place():
    truth, prediction = np.array([0, 0, 3, 3, 1]), np.array([0, 1, 3, 1, 3])
    given = get_scorer("cohen_kappa", weights="linear", labels=[0, 1, 2, 3])
    occurring = get_scorer("cohen_kappa", weights="linear")
    assert given.score(truth, prediction) != occurring.score(truth, prediction)
    expected = metrics.cohen_kappa_score(truth, prediction, weights="linear", labels=[0, 1, 2, 3])
    assert given.terms(truth, prediction).value() == pytest.approx(expected)
