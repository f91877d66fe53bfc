"""A metric on the pairs of labels is the metric on the rows, to the last bit."""

import numpy as np
import pytest
from sklearn import metrics

from scorers.classes.counted import count_pairs, on_counts

FUNCTIONS = [
    (metrics.accuracy_score, {}),
    (metrics.balanced_accuracy_score, {}),
    (metrics.balanced_accuracy_score, {"adjusted": True}),
    (metrics.fbeta_score, {"beta": 0.5, "average": "macro"}),
    *(
        (function, {"average": average, "zero_division": 0, **more})
        for function in (
            metrics.f1_score,
            metrics.precision_score,
            metrics.recall_score,
            metrics.jaccard_score,
        )
        for average in ("macro", "micro", "weighted")
        for more in ({}, {"labels": [0, 2, 9]})
    ),
]


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.parametrize(("function", "params"), FUNCTIONS)
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_the_value_is_scikit_learns_to_the_last_bit(function, params, classes):
    rng = np.random.default_rng(classes)
    for rows in (200, 1999, 12_345):
        truth = rng.integers(0, classes, rows)
        guess = np.where(rng.random(rows) < 0.6, truth, rng.integers(0, classes, rows))
        assert count_pairs(truth, guess) is not None
        assert on_counts(function, truth, guess, **params) == function(truth, guess, **params)


@pytest.mark.parametrize(
    "truth",
    [
        np.array([0, 1] * 500) - 1,
        np.array([0.0, 1.0] * 500),
        np.array(["a", "b"] * 500),
        np.array([[0, 1]] * 500),
        np.arange(1000),
    ],
)
def test_other_labels_are_left_as_rows(truth):
    assert count_pairs(truth, truth) is None
    assert on_counts(metrics.accuracy_score, np.arange(9), np.arange(9)) == 1.0
