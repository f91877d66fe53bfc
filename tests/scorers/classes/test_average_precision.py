"""Average precision: scikit-learn's value, however many columns there are."""

import numpy as np
import pytest
from sklearn import metrics

from scorers import get_scorer
from tests.scorers.doubling import by_terms, in_truth

AVERAGES = ["macro", "weighted", "micro", "samples"]


def _classes(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.integers(0, 3, n), rng.dirichlet(np.ones(3), n).round(2)


def _indicators(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    truth = (rng.random((n, 4)) < [0.1, 0.3, 0.5, 0.7]).astype(float)
    return truth, rng.normal(size=(n, 4)).round(1)


@pytest.mark.filterwarnings("ignore:No positive class")
@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("columns", [_classes, _indicators])
def test_the_value_is_scikit_learns_and_so_is_that_of_the_sums(columns, average):
    truth, scores = columns()
    scorer = get_scorer("average_precision", average=average)
    expected = metrics.average_precision_score(truth, scores, average=average)
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
@pytest.mark.parametrize("columns", [_classes, _indicators])
def test_the_expansion_agrees_with_doubling_a_row(columns, average):
    truth, scores = columns(1500)
    scorer = get_scorer("average_precision", average=average)
    for row in range(4):
        exact = in_truth(scorer, truth, scores, row)
        assert by_terms(scorer, truth, scores, row) == pytest.approx(exact, abs=4e-6)


@pytest.mark.filterwarnings("ignore:No positive class")
@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
def test_a_label_that_never_holds_counts_as_scikit_learn_counts_it(average):
    truth, scores = _indicators()
    truth[:, 1] = 0
    scorer = get_scorer("average_precision", average=average)
    expected = metrics.average_precision_score(truth, scores, average=average)
    assert scorer.terms(truth, scores).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("pos_label", ["no", "yes"])
def test_of_two_columns_that_of_the_class_looked_for_is_taken(pos_label):
    truth, share = np.array(["no", "yes", "no", "yes", "yes"]), np.array([0.1, 0.4, 0.6, 0.9, 0.2])
    both = np.column_stack([1 - share, share])
    one = share if pos_label == "yes" else 1 - share
    scorer = get_scorer("average_precision", pos_label=pos_label)
    expected = metrics.average_precision_score(truth == pos_label, one)
    assert scorer.score(truth, both) == scorer.score(truth, one) == expected
    assert scorer.terms(truth, both).value() == pytest.approx(expected)
