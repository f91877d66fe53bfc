"""Probabilities: the value is scikit-learn's, and so is the value from sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import get_scorer
from scorers.probability import placements

BINARY = [
    ("roc_auc", metrics.roc_auc_score),
    ("log_loss", metrics.log_loss),
    ("brier_score", metrics.brier_score_loss),
    ("average_precision", metrics.average_precision_score),
]
rows = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])),
    min_size=2,
    max_size=40,
).filter(lambda pairs: len({truth for truth, _ in pairs}) == 2)


@pytest.mark.parametrize(("name", "function"), BINARY)
@settings(max_examples=80, deadline=None)
@given(pairs=rows)
def test_the_value_of_one_column_is_scikit_learns_and_so_is_that_of_the_sums(name, function, pairs):
    truth, prediction = np.array([t for t, _ in pairs]), np.array([p for _, p in pairs])
    scorer = get_scorer(name)
    expected = function(truth, prediction)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected, abs=1e-12)


def _matrix(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 4, 200), rng.dirichlet(np.ones(4), 200)


@pytest.mark.parametrize("multi_class", ["ovr", "ovo"])
@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_the_area_of_many_classes_is_scikit_learns(multi_class, average):
    truth, matrix = _matrix(1)
    scorer = get_scorer("roc_auc", multi_class=multi_class, average=average)
    expected = metrics.roc_auc_score(truth, matrix, multi_class=multi_class, average=average)
    assert scorer.score(truth, matrix) == expected
    terms = scorer.terms(truth, matrix)
    assert (terms is None) == (multi_class == "ovo")
    assert terms is None or terms.value() == pytest.approx(expected)


def test_the_log_loss_of_a_matrix_is_scikit_learns_with_a_class_that_does_not_occur():
    truth, matrix = _matrix(2)
    truth[truth == 3] = 0
    scorer = get_scorer("log_loss", labels=[0, 1, 2, 3])
    assert scorer.score(truth, matrix) == metrics.log_loss(truth, matrix, labels=[0, 1, 2, 3])
    assert scorer.terms(truth, matrix).value() == pytest.approx(scorer.score(truth, matrix))


@pytest.mark.parametrize("name", ["brier_score", "average_precision"])
def test_the_class_whose_probability_is_predicted_can_be_named(name):
    truth, prediction = np.array(["no", "yes", "no", "yes"]), np.array([0.1, 0.4, 0.6, 0.9])
    scorer = get_scorer(name, pos_label="yes")
    assert scorer.score(truth, prediction) == get_scorer(name).score(truth == "yes", prediction)


def test_placements_are_the_shares_of_the_other_class_on_the_right_side():
    rng = np.random.default_rng(5)
    truth, scores = rng.random(60) < 0.4, rng.integers(0, 9, 60).astype(float)
    placed = placements(truth, scores)
    for i in range(60):
        others = scores[truth != truth[i]]
        gap = scores[i] - others if truth[i] else others - scores[i]
        assert placed.placement[i] == pytest.approx(((gap > 0) + (gap == 0) / 2).mean())


@pytest.mark.parametrize("name", ["average_precision", "roc_auc"])
def test_the_expansion_in_weights_agrees_with_doubling_a_row(name):
    rng = np.random.default_rng(6)
    truth, scores = rng.integers(0, 2, 3000), rng.random(3000).round(2)
    scorer = get_scorer(name)
    terms = scorer.terms(truth, scores)
    for row in range(12):
        rows = np.append(np.arange(3000), row)
        exact = scorer.score(truth[rows], scores[rows]) - scorer.score(truth, scores)
        sums = (
            terms.grouped(np.zeros(3000, dtype=int), 1)
            + terms.grouped(np.where(np.arange(3000) == row, 0, 1), 2)[:1]
        )
        approximate = terms.finish(sums[:, :-1], sums[:, -1])[0] - terms.value()
        assert approximate == pytest.approx(exact, abs=2e-6)
