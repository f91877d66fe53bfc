"""The area under the ROC curve: scikit-learn's value, however many columns there are."""

import numpy as np
import pytest
from sklearn import metrics

from scorers import get_scorer
from tests.scorers.doubling import by_terms, in_truth


def _classes(n: int = 200, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = rng.dirichlet(np.ones(4), n).round(2)
    matrix[:, 3] = 1 - matrix[:, :3].sum(axis=1)
    return rng.integers(0, 4, n), matrix


def _indicators(n: int = 200, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, 4)) < 0.4).astype(float)
    truth[:, 0], truth[:, 1] = 1, 0
    rng.permuted(truth, axis=1, out=truth)
    return truth, rng.normal(size=(n, 4)).round(1)


OF_CLASSES = [("ovr", a) for a in ("macro", "weighted", "micro")] + [
    ("ovo", a) for a in ("macro", "weighted")
]


@pytest.mark.parametrize(("multi_class", "average"), OF_CLASSES)
def test_the_area_of_many_classes_is_scikit_learns_and_so_is_that_of_the_sums(multi_class, average):
    truth, matrix = _classes()
    scorer = get_scorer("roc_auc", multi_class=multi_class, average=average)
    expected = metrics.roc_auc_score(truth, matrix, multi_class=multi_class, average=average)
    assert scorer.score(truth, matrix) == expected
    assert scorer.terms(truth, matrix).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("average", ["macro", "weighted", "micro", "samples"])
def test_the_area_of_several_labels_is_scikit_learns_and_so_is_that_of_the_sums(average):
    truth, scores = _indicators()
    scorer = get_scorer("roc_auc", average=average)
    expected = metrics.roc_auc_score(truth, scores, average=average)
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("multi_class", "average"), OF_CLASSES)
def test_the_expansion_of_many_classes_agrees_with_doubling_a_row(multi_class, average):
    truth, matrix = _classes(2000)
    scorer = get_scorer("roc_auc", multi_class=multi_class, average=average)
    for row in range(4):
        exact = in_truth(scorer, truth, matrix, row)
        assert by_terms(scorer, truth, matrix, row) == pytest.approx(exact, abs=2e-6)


@pytest.mark.parametrize("average", ["micro", "weighted"])
def test_the_expansion_of_several_labels_agrees_with_doubling_a_row(average):
    truth, scores = _indicators(2000)
    scorer = get_scorer("roc_auc", average=average)
    for row in range(4):
        exact = in_truth(scorer, truth, scores, row)
        assert by_terms(scorer, truth, scores, row) == pytest.approx(exact, abs=2e-6)


def test_of_two_columns_that_of_the_greater_class_is_looked_at():
    truth, matrix = np.array(["no", "yes", "no", "yes"]), np.array([0.1, 0.4, 0.6, 0.9])
    both = np.column_stack([1 - matrix, matrix])
    one = get_scorer("roc_auc").evaluate(truth, matrix, seed=1, replicates=50)
    two = get_scorer("roc_auc").evaluate(truth, both, seed=1, replicates=50)
    assert one.value == two.value == metrics.roc_auc_score(truth, matrix)
    assert one.interval == two.interval


def test_decision_scores_have_the_area_of_the_probabilities_that_they_stand_for():
    rng = np.random.default_rng(3)
    truth, scores = rng.integers(0, 2, 300), rng.normal(size=300)
    found = get_scorer("roc_auc").score(truth, scores)
    assert found == get_scorer("roc_auc").score(truth, 1 / (1 + np.exp(-scores)))


@pytest.mark.parametrize("truth", [[1, 1, 1], [0, 0, 0]])
def test_one_class_alone_has_no_area(truth):
    with pytest.raises(ValueError, match="not defined"):
        get_scorer("roc_auc").evaluate(truth, [0.1, 0.2, 0.3], seed=1)


def test_the_pooled_area_resamples_whole_rows():
    truth, scores = _indicators(300)
    found = get_scorer("roc_auc", average="micro").evaluate(truth, scores, seed=4, replicates=400)
    rng = np.random.default_rng(5)
    drawn = [rng.integers(0, 300, 300) for _ in range(300)]
    again = [metrics.roc_auc_score(truth[r], scores[r], average="micro") for r in drawn]
    assert found.replicates.std() == pytest.approx(np.std(again), rel=0.15)
