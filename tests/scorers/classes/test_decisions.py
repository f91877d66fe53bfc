"""Decision scores, and the classes that come first: scikit-learn's values."""

import numpy as np
import pytest
from sklearn import metrics

from scorers import get_scorer


def _classes(n: int = 150) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.integers(0, 4, n), rng.normal(size=(n, 4)).round(0)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("absent", [False, True])
def test_the_first_classes_are_scikit_learns_ties_and_all(k, absent):
    truth, scores = _classes()
    if absent:
        truth[truth == 1] = 3
    scorer = get_scorer("top_k_accuracy", k=k, labels=[0, 1, 2, 3])
    expected = metrics.top_k_accuracy_score(truth, scores, k=k, labels=[0, 1, 2, 3])
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected)
    assert scorer.evaluate(truth, scores, seed=1, replicates=20).method == "Wilson"


@pytest.mark.parametrize("names", [[0, 1], [-1, 1], ["ham", "spam"]])
def test_the_hinge_loss_of_one_column_is_scikit_learns(names):
    rng = np.random.default_rng(2)
    truth, scores = np.array(names)[rng.integers(0, 2, 80)], rng.normal(size=80)
    scorer, expected = get_scorer("hinge_loss"), metrics.hinge_loss(truth, scores)
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected)


@pytest.mark.parametrize("labels", [None, [0, 1, 2, 3]])
def test_the_hinge_loss_of_a_column_for_each_class_is_scikit_learns(labels):
    truth, scores = _classes()
    scorer = get_scorer("hinge_loss", labels=labels)
    expected = metrics.hinge_loss(truth, scores, labels=labels)
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected)


def test_a_single_class_has_no_margin():
    with pytest.raises(ValueError, match="two classes"):
        get_scorer("hinge_loss").score([1, 1, 1], [0.5, 2.0, -1.0])
