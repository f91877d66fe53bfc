"""The expected calibration error: its value by hand, its sums, and an interval that holds."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from scorers import get_scorer
from scorers.classes.calibration_interval import gap_interval

NAME = "expected_calibration_error"


def _by_hand(share, happened, edges) -> float:
    """Bin by bin, each open below and closed above, but for the first."""
    total = 0.0
    for b in range(len(edges) - 1):
        inside = (share > edges[b]) & (share <= edges[b + 1])
        inside |= (b == 0) & (share <= edges[0])
        if inside.any():
            total += inside.sum() * abs(share[inside].mean() - happened[inside].mean())
    return total / len(share)


def _one_column(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    share = rng.random(n).round(2)
    return (rng.random(n) < share**2).astype(int), share


@pytest.mark.parametrize("n_bins", [1, 5, 10, 15])
@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_value_is_that_of_the_bins_by_hand_and_so_is_that_of_the_sums(n_bins, strategy):
    truth, share = _one_column()
    steps = np.linspace(0, 1, n_bins + 1)
    edges = steps if strategy == "uniform" else np.quantile(share, steps)
    expected = _by_hand(share, truth, edges)
    scorer = get_scorer(NAME, n_bins=n_bins, strategy=strategy)
    assert scorer.score(truth, share) == pytest.approx(expected)
    assert scorer.terms(truth, share).value() == pytest.approx(expected)


def test_the_bins_are_those_of_scikit_learns_calibration_curve():
    truth, share = _one_column()
    happened, predicted = calibration_curve(truth, share, n_bins=10)
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], share), minlength=10)
    expected = np.abs(happened - predicted) @ counts[counts > 0] / len(share)
    assert get_scorer(NAME).score(truth, share) == pytest.approx(expected)


def test_with_a_column_for_each_class_the_likeliest_is_looked_at():
    rng = np.random.default_rng(2)
    truth, matrix = (
        np.array(["a", "b", "c"])[rng.integers(0, 3, 200)],
        rng.dirichlet([1, 1, 1], 200),
    )
    likeliest = np.array(["a", "b", "c"])[matrix.argmax(axis=1)]
    expected = _by_hand(matrix.max(axis=1), likeliest == truth, np.linspace(0, 1, 11))
    assert get_scorer(NAME).score(truth, matrix) == pytest.approx(expected)


def test_a_perfectly_calibrated_predictor_has_an_interval_down_to_nothing():
    rng = np.random.default_rng(3)
    share = rng.random(2000)
    truth = (rng.random(2000) < share).astype(int)
    found = get_scorer(NAME).evaluate(truth, share, seed=1, replicates=50)
    assert found.interval[0] == 0
    assert found.value < found.interval[1] < 0.1


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("n", [200, 2000])
def test_the_interval_holds_although_the_error_is_biased_upwards(n, shift):
    big = np.random.default_rng(99).random(1_000_000)
    gap = big - np.clip(big + shift, 0, 1)
    true = np.abs(np.bincount((big * 10).astype(int), weights=gap)).sum() / len(big)
    held = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        share = rng.random(n)
        happened = rng.random(n) < np.clip(share + shift, 0, 1)
        low, high = gap_interval(share - happened, (share * 10).astype(int)).bounds
        held.append(low <= true <= high)
    assert np.mean(held) >= 0.93
