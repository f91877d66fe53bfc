"""Probabilities: the value is scikit-learn's, and so is the value from sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import get_scorer
from scorers.classes.placement import placements

BINARY = [
    ("roc_auc", metrics.roc_auc_score),
    ("log_loss", metrics.log_loss),
    ("d2_log_loss", metrics.d2_log_loss_score),
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


@pytest.mark.parametrize("scale_by_half", ["auto", True, False])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_brier_score_of_a_matrix_is_scikit_learns(classes, scale_by_half):
    rng = np.random.default_rng(8)
    truth, matrix = rng.integers(0, classes, 100), rng.dirichlet(np.ones(classes), 100)
    truth[truth == 1] = 0
    given = {"labels": list(range(classes)), "scale_by_half": scale_by_half}
    scorer, expected = get_scorer("brier_score", **given), metrics.brier_score_loss
    assert scorer.score(truth, matrix) == expected(truth, matrix, **given)
    assert scorer.terms(truth, matrix).value() == pytest.approx(expected(truth, matrix, **given))


@pytest.mark.parametrize("scale_by_half", ["auto", True, False])
def test_the_brier_score_of_one_column_is_halved_as_scikit_learn_halves_it(scale_by_half):
    truth, prediction = np.array([0, 1, 1, 0]), np.array([0.1, 0.9, 0.8, 0.3])
    scorer = get_scorer("brier_score", scale_by_half=scale_by_half)
    expected = metrics.brier_score_loss(truth, prediction, scale_by_half=scale_by_half)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected)


def test_the_share_of_the_log_loss_that_is_saved_is_scikit_learns():
    truth, matrix = _matrix(9)
    truth[truth == 3] = 0
    scorer = get_scorer("d2_log_loss", labels=[0, 1, 2, 3])
    expected = metrics.d2_log_loss_score(truth, matrix, labels=[0, 1, 2, 3])
    assert scorer.score(truth, matrix) == expected
    assert scorer.terms(truth, matrix).value() == pytest.approx(expected)


def test_where_one_class_alone_occurs_no_loss_can_be_saved():
    with pytest.raises(ValueError, match="only one class"):
        get_scorer("d2_log_loss", labels=[0, 1]).score([1, 1, 1], [0.9, 0.8, 0.7])


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


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("rows", "classes"), [(1, 3), (57, 4), (20_001, 10)])
def test_the_log_loss_of_many_classes_is_scikit_learns_to_the_last_bit(rows, classes, order):
    rng = np.random.default_rng(rows)
    truth = rng.integers(0, classes, rows)
    chances = rng.dirichlet(np.ones(classes), rows)
    chances[-1] = np.eye(classes)[(truth[-1] + 1) % classes]
    matrix = np.array(chances, order=order)
    labels = list(range(classes))
    found = get_scorer("log_loss", labels=labels).score(truth, matrix)
    assert found == metrics.log_loss(truth, matrix, labels=labels)


def test_a_matrix_that_scikit_learn_refuses_is_refused():
    chances = np.full((4, 3), 1 / 3)
    scorer = get_scorer("log_loss", labels=[0, 1, 2])
    for wrong, truth in ((chances * 4, [0, 1, 2, 0]), (chances, [0, 1, 2, 7])):
        with pytest.raises(ValueError, match="y_"):
            scorer.score(np.array(truth), wrong)
