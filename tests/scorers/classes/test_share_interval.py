"""The intervals of precision, recall, Jaccard and F1 of one class: those of the shares they are."""

import numpy as np
import pytest
from scipy.stats import binomtest

from scorers import get_scorer
from scorers.uncertainty import Interval

TRUTH = np.array([1] * 9 + [0] * 31)
PREDICTION = np.array([1] * 6 + [0] * 3 + [1] * 4 + [0] * 27)


def interval(name: str, truth=TRUTH, prediction=PREDICTION, **params) -> Interval:
    result = get_scorer(name, **params).evaluate(truth, prediction, seed=0)
    return Interval(result.interval, result.method)


def wilson(hits: int, rows: int) -> tuple[float, float]:
    found = binomtest(hits, rows).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


@pytest.mark.parametrize(("name", "rows"), [("precision", 10), ("recall", 9), ("jaccard", 13)])
def test_a_share_has_the_interval_of_its_rows(name, rows):
    bounds, method = interval(name)
    assert bounds == pytest.approx(wilson(6, rows))
    assert method == f"Wilson, from {rows} rows"


def test_f1_has_that_of_the_jaccard_index_which_it_follows_from():
    low, high = wilson(6, 13)
    bounds, _ = interval("f1")
    assert bounds == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))
    assert bounds[0] < get_scorer("f1").score(TRUTH, PREDICTION) < bounds[1]


def test_the_positive_class_may_be_any_label():
    words = np.where(TRUTH, "yes", "no"), np.where(PREDICTION, "yes", "no")
    assert interval("f1", *words, pos_label="yes") == interval("f1")


def test_one_mistake_less_lowers_neither_bound():
    for name in ("precision", "recall", "f1", "jaccard"):
        better = PREDICTION.copy()
        better[6] = 1
        before, after = (interval(name, prediction=p).bounds for p in (PREDICTION, better))
        assert before[0] < after[0], name
        assert before[1] <= after[1], name


def test_a_perfect_file_is_not_said_to_be_certain():
    low, high = interval("f1", prediction=TRUTH).bounds
    assert low == pytest.approx(2 * wilson(9, 9)[0] / (1 + wilson(9, 9)[0]))
    assert high == 1


@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
def test_other_averages_have_the_usual_interval(average):
    assert "Wilson, from" not in interval("f1", average=average).method


def test_a_class_that_nobody_has_or_is_given_has_no_share():
    assert interval("f1", TRUTH * 0, PREDICTION * 0).bounds is None


def test_a_share_of_one_row_is_from_one_row():
    truth = np.array([1] + [0] * 30)
    assert interval("recall", truth, truth).method == "Wilson, from 1 row"
