"""Hits and misses: the value is scikit-learn's, and so is the value from sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import get_scorer

CASES = [
    ("accuracy", {}, metrics.accuracy_score),
    ("zero_one_loss", {}, metrics.zero_one_loss),
    ("hamming_loss", {}, metrics.hamming_loss),
    ("balanced_accuracy", {}, metrics.balanced_accuracy_score),
    ("matthews_corrcoef", {}, metrics.matthews_corrcoef),
    *(
        ("cohen_kappa", {"weights": weights}, metrics.cohen_kappa_score)
        for weights in (None, "linear", "quadratic")
    ),
]
IDS = [f"{name}-{params}" for name, params, _ in CASES]
OF_SETS = [case for case in CASES if case[0] in ("accuracy", "zero_one_loss", "hamming_loss")]

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params", "function"), CASES, ids=IDS)
@settings(max_examples=60, deadline=None)
@given(pairs=labels, as_text=st.booleans())
def test_the_value_is_scikit_learns_and_so_is_that_of_the_sums(
    name, params, function, pairs, as_text
):
    truth, prediction = np.array(pairs).T
    if as_text:
        truth, prediction = truth.astype(str), prediction.astype(str)
    expected = function(truth, prediction, **params)
    scorer = get_scorer(name, **params)
    np.testing.assert_equal(scorer.score(truth, prediction), float(expected))
    np.testing.assert_allclose(scorer.terms(truth, prediction).value(), expected, atol=1e-12)


@pytest.mark.parametrize(("name", "params", "function"), OF_SETS)
def test_several_labels_a_row_are_scored_as_scikit_learn_scores_them(name, params, function):
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, (80, 3)).astype(float)
    prediction = np.where(rng.random((80, 3)) < 0.8, truth, 1 - truth)
    scorer, expected = get_scorer(name), function(truth, prediction)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected)


@pytest.mark.parametrize("name", ["accuracy", "zero_one_loss", "hamming_loss"])
def test_a_plain_share_of_rows_has_wilsons_interval(name):
    truth, prediction = np.random.default_rng(2).integers(0, 3, (2, 90))
    found = get_scorer(name).evaluate(truth, prediction, seed=1, replicates=50)
    low, high = found.interval
    assert found.method == "Wilson"
    assert low < found.value < high


def test_the_share_of_wrong_cells_is_not_a_share_of_rows():
    truth, prediction = np.random.default_rng(3).integers(0, 2, (2, 90, 3)).astype(float)
    found = get_scorer("hamming_loss").evaluate(truth, prediction, seed=1, replicates=50)
    assert found.method != "Wilson"


def test_balanced_accuracy_can_be_adjusted_for_chance():
    rng = np.random.default_rng(4)
    truth, prediction = rng.integers(0, 3, (2, 90))
    scorer = get_scorer("balanced_accuracy", adjusted=True)
    expected = metrics.balanced_accuracy_score(truth, prediction, adjusted=True)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected)


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="must match"):
        get_scorer("accuracy").score([1, 2], [1])


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows"):
        get_scorer("accuracy").score([], [])
