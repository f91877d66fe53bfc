"""One sort for a score, its terms and its interval; it never outlives what it was found for."""

import gc

import numpy as np
import pytest
from sklearn import metrics

from scorers import get_scorer
from scorers.classes import sorting
from scorers.classes.placement import placements
from scorers.classes.sorting import ascending


def test_the_order_is_found_once_for_an_array(monkeypatch):
    scores = np.random.default_rng(1).random(100)
    order = ascending(scores)
    assert (np.diff(scores[order]) > 0).all()
    assert ascending(scores) is order
    assert ascending(scores.copy()) is not order


def test_an_array_that_was_changed_in_place_is_sorted_anew():
    scores = np.random.default_rng(2).random(100)
    ascending(scores)
    scores[:] = -scores
    assert (np.diff(scores[ascending(scores)]) > 0).all()


def test_the_order_is_forgotten_with_its_array():
    scores = np.random.default_rng(3).random(10)
    ascending(scores)
    assert sorting._last
    del scores
    gc.collect()
    assert not sorting._last


@pytest.mark.parametrize("decimals", [1, 2, 17])
@pytest.mark.parametrize("rows", [10, 999, 20_000])
def test_the_area_is_scikit_learns_to_the_last_bit(rows, decimals):
    rng = np.random.default_rng(rows)
    truth = rng.integers(0, 2, rows)
    scores = (0.3 * truth + rng.random(rows)).round(decimals)
    assert get_scorer("roc_auc").score(truth, scores) == metrics.roc_auc_score(truth, scores)
    for labels in (np.where(truth == 1, "yes", "no"), truth * 1000, truth.astype(bool)):
        assert get_scorer("roc_auc").score(labels, scores) == metrics.roc_auc_score(labels, scores)


@pytest.mark.parametrize("decimals", [1, 17])
def test_a_placement_is_the_share_of_the_other_class_that_is_beaten(decimals):
    rng = np.random.default_rng(4)
    positive, scores = rng.random(60) < 0.4, rng.random(60).round(decimals)
    found = placements(positive, scores)
    for row, placed in enumerate(found.placement):
        others = scores[positive != positive[row]]
        beaten = scores[row] > others if positive[row] else scores[row] < others
        share = beaten.mean() + (scores[row] == others).mean() / 2
        assert placed == pytest.approx(share, abs=1e-15)
