"""Precision, recall and what combines them: scikit-learn's values, and those of the sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from scorers import get_scorer

FUNCTIONS = [
    ("precision", {}, metrics.precision_score),
    ("recall", {}, metrics.recall_score),
    ("f1", {}, metrics.f1_score),
    ("fbeta", {"beta": 0.5}, metrics.fbeta_score),
    ("jaccard", {}, metrics.jaccard_score),
]
IDS = [name for name, _, _ in FUNCTIONS]
labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)
indicators = st.tuples(st.integers(1, 10), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(*(arrays(float, shape, elements=st.sampled_from([0.0, 1.0])),) * 2)
)


def _agrees(scorer, truth, prediction, expected: float) -> None:
    assert scorer.score(truth, prediction) == expected
    np.testing.assert_allclose(scorer.terms(truth, prediction).value(), expected, atol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params", "function"), FUNCTIONS, ids=IDS)
@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
@settings(max_examples=20, deadline=None)
@given(pairs=labels, as_text=st.booleans(), zero_division=st.sampled_from([0, 1]))
def test_one_label_a_row(name, params, function, average, pairs, as_text, zero_division):
    truth, prediction = np.array(pairs).T
    if as_text:
        truth, prediction = truth.astype(str), prediction.astype(str)
    chosen = params | {"average": average, "zero_division": zero_division}
    expected = function(truth, prediction, **chosen)
    _agrees(get_scorer(name, **chosen), truth, prediction, expected)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "params", "function"), FUNCTIONS, ids=IDS)
@pytest.mark.parametrize("average", ["micro", "macro", "weighted", "samples"])
@settings(max_examples=20, deadline=None)
@given(columns=indicators)
def test_several_labels_a_row(name, params, function, average, columns):
    truth, prediction = columns
    chosen = params | {"average": average, "zero_division": 0}
    expected = function(truth, prediction, **chosen)
    _agrees(get_scorer(name, **chosen), truth, prediction, expected)


@pytest.mark.parametrize(("name", "params", "function"), FUNCTIONS, ids=IDS)
@pytest.mark.parametrize("average", ["micro", "macro", "weighted", "samples"])
def test_some_of_the_columns_can_be_named(name, params, function, average):
    truth, prediction = np.random.default_rng(1).integers(0, 2, (2, 60, 4)).astype(float)
    chosen = params | {"average": average, "labels": [0, 2], "zero_division": 0}
    expected = function(truth, prediction, **chosen)
    _agrees(get_scorer(name, **chosen), truth, prediction, expected)


@pytest.mark.parametrize(("name", "params", "function"), FUNCTIONS, ids=IDS)
@pytest.mark.parametrize("chosen", [
    {"pos_label": "ham"},
    {"average": "macro", "labels": ["ham", "spam"]},
    {"average": "micro", "labels": ["ham"]},
    {"average": "weighted", "labels": ["spam", "ham"]},
])  # fmt: skip
def test_the_positive_class_and_the_classes_that_count(name, params, function, chosen):
    rng = np.random.default_rng(3)
    known = np.array(["ham", "spam"] if "pos_label" in chosen else ["eggs", "ham", "spam"])
    truth, prediction = known[rng.integers(0, len(known), (2, 50))]
    expected = function(truth, prediction, **params, **chosen)
    _agrees(get_scorer(name, **params, **chosen), truth, prediction, expected)


def test_nothing_to_divide_by_gives_the_value_asked_for():
    assert get_scorer("precision", zero_division=1).score([0, 1], [0, 0]) == 1.0
    assert get_scorer("precision", zero_division=0).score([0, 1], [0, 0]) == 0.0
    assert get_scorer("precision", zero_division=1).terms([0, 1], [0, 0]).value() == 1.0


def test_several_labels_a_row_have_no_positive_class():
    with pytest.raises(ValueError, match="multilabel"):
        get_scorer("f1").score([[0, 1], [1, 1]], [[0, 1], [1, 0]])


def test_one_label_a_row_has_no_mean_over_the_labels_of_a_row():
    with pytest.raises(ValueError, match="multilabel"):
        get_scorer("f1", average="samples").score([0, 1, 1], [0, 1, 0])
