"""Labels: the value is scikit-learn's, and so is the value from sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import get_scorer

AVERAGES = ("micro", "macro", "weighted")
CASES = [
    ("accuracy", {}, metrics.accuracy_score, {}),
    ("balanced_accuracy", {}, metrics.balanced_accuracy_score, {}),
    ("matthews_corrcoef", {}, metrics.matthews_corrcoef, {}),
    *(
        ("cohen_kappa", {"weights": w}, metrics.cohen_kappa_score, {"weights": w})
        for w in (None, "linear", "quadratic")
    ),
    *(
        (name, {"average": average}, function, {"average": average, "zero_division": 0})
        for average in AVERAGES
        for name, function in (
            ("f1", metrics.f1_score),
            ("precision", metrics.precision_score),
            ("recall", metrics.recall_score),
        )
    ),
]
IDS = [f"{name}-{params}" for name, params, _, _ in CASES]

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params", "function", "same"), CASES, ids=IDS)
@pytest.mark.parametrize("as_text", [False, True])
@settings(max_examples=40, deadline=None)
@given(pairs=labels)
def test_the_value_is_scikit_learns_exactly(name, params, function, same, as_text, pairs):
    truth, prediction = np.array(pairs).T
    if as_text:
        truth, prediction = truth.astype(str), prediction.astype(str)
    expected = function(truth, prediction, **same)
    found = get_scorer(name, **params).score(truth, prediction)
    np.testing.assert_equal(found, float(expected))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params", "function", "same"), CASES, ids=IDS)
@settings(max_examples=60, deadline=None)
@given(pairs=labels)
def test_the_sums_of_the_terms_give_the_same_value(name, params, function, same, pairs):
    truth, prediction = np.array(pairs).T
    expected = function(truth, prediction, **same)
    found = get_scorer(name, **params).terms(truth, prediction).value()
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("name", ["f1", "precision", "recall"])
@pytest.mark.parametrize("params", [
    {"pos_label": "ham"},
    {"average": "macro", "labels": ["ham", "spam"]},
    {"average": "micro", "labels": ["ham"]},
    {"average": "weighted", "labels": ["spam", "ham"]},
])  # fmt: skip
def test_the_positive_class_and_the_classes_that_count_can_be_named(name, params):
    rng = np.random.default_rng(3)
    known = np.array(["ham", "spam"] if "pos_label" in params else ["eggs", "ham", "spam"])
    truth, prediction = known[rng.integers(0, len(known), (2, 50))]
    function = getattr(metrics, f"{name}_score")
    scorer = get_scorer(name, **params)
    assert scorer.score(truth, prediction) == function(truth, prediction, **params)
    assert scorer.terms(truth, prediction).value() == pytest.approx(scorer.score(truth, prediction))


def test_balanced_accuracy_can_be_adjusted_for_chance():
    rng = np.random.default_rng(4)
    truth, prediction = rng.integers(0, 3, (2, 90))
    scorer = get_scorer("balanced_accuracy", adjusted=True)
    expected = metrics.balanced_accuracy_score(truth, prediction, adjusted=True)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected)


def test_nothing_to_divide_by_gives_the_value_asked_for():
    assert get_scorer("precision", zero_division=1).score([0, 1], [0, 0]) == 1.0
    assert get_scorer("precision", zero_division=0).score([0, 1], [0, 0]) == 0.0
    assert get_scorer("precision", zero_division=1).terms([0, 1], [0, 0]).value() == 1.0


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="must match"):
        get_scorer("accuracy").score([1, 2], [1])


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows"):
        get_scorer("accuracy").score([], [])
