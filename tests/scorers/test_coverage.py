"""How often the intervals cover the value of the population they were drawn from."""

import numpy as np
import pytest

from benchmarks.populations import POPULATIONS, coverage, true_value
from benchmarks.rivals import RIVALS, rejections
from scorers import get_scorer

# So few rows of a class, or so near the best value, that the interval had better be too wide than
# too narrow.
CAUTIOUS = {
    (200, "macro F1, 2 % positives"),
    (200, "kappa, 2 % positives"),
    (200, "AUC 0.86, 2 % positives"),
    (200, "AUC 0.993, 2 % positives"),
    (200, "average precision, 2 % positives"),
    (2000, "AUC 0.993, 2 % positives"),
    (200, "calibration error"),
    (2000, "calibration error"),
}
# So much autocorrelation that blocks make up for most of it only.
SHORT = {(200, "MAE, one series, ρ = 0.8, blocks"): 0.90}
FEW_RUNS = (
    "accuracy 0.97",
    "balanced accuracy, 2 % positives",
    "F1, 2 % positives",
    "macro F1, 5 classes",
    "log loss, 2 % positives",
    "AUC 0.993",
    "average precision",
    "RMSE, t with 6 d.f.",
    "RMSE, t with 6 d.f., sorted",
    "median absolute error, t with 3 d.f.",
    "R²",
    "Pearson, t with 6 d.f.",
    "RMSE, units",
    "AUC, units",
    "MAE, one series, ρ = 0.5, blocks",
)


def _tolerance(runs: int) -> float:
    """Three standard errors of a share of 0.95."""
    return 3 * float(np.sqrt(0.95 * 0.05 / runs))


def _assert_covers(name: str, n: int, runs: int, *, rows_of_truth: int) -> None:
    found = coverage(name, n, runs, rows_of_truth=rows_of_truth)
    least = SHORT.get((n, name), 0.93)
    most = 1.0 if (n, name) in CAUTIOUS else 0.97
    assert least - _tolerance(runs) <= found.share <= most + _tolerance(runs)


@pytest.mark.parametrize("name", FEW_RUNS)
def test_intervals_of_200_rows_cover_about_as_often_as_they_say(name):
    _assert_covers(name, 200, 100, rows_of_truth=200_000)


@pytest.mark.long
@pytest.mark.parametrize("n", [200, 2000])
@pytest.mark.parametrize("name", POPULATIONS)
def test_intervals_cover_as_often_as_they_say_over_many_runs(name, n):
    runs = {200: 500, 2000: 150}[n]
    _assert_covers(name, n, runs, rows_of_truth=500_000)


LARGE = ("AUC 0.86, 2 % positives", "RMSE, t with 6 d.f.", "log loss", "macro F1, 5 classes")


@pytest.mark.long
@pytest.mark.parametrize("name", LARGE)
def test_intervals_of_20000_rows_cover_as_often_as_they_say(name):
    _assert_covers(name, 20_000, 100, rows_of_truth=4_000_000)


@pytest.mark.parametrize("n", [5, 7, 10])
@pytest.mark.parametrize("name", ["RMSE, normal", "MAE, t with 3 d.f.", "R²"])
def test_the_interval_of_a_handful_of_rows_nearly_holds(name, n):
    assert coverage(name, n, 400, rows_of_truth=200_000).share >= 0.91 - _tolerance(400)


def test_a_class_of_five_rows_is_not_taken_for_certain():
    rng, scorer, hits = np.random.default_rng(3), get_scorer("balanced_accuracy"), 0
    truth = (np.arange(200) < 5).astype(int)
    for run in range(200):
        found = np.where(truth == 1, rng.random(200) < 0.9, rng.random(200) < 0.02).astype(int)
        low, high = scorer.evaluate(truth, found, seed=run, replicates=0).interval
        hits += low <= 0.94 <= high
    assert hits / 200 >= 0.93 - _tolerance(200)


def test_the_largest_correlation_that_blocks_are_blind_to_shows_without_them():
    name, scorer, hits = "MAE, one series, ρ = 0.8, blocks", get_scorer("mae"), 0
    for run in range(100):
        rows = POPULATIONS[name].draw(np.random.default_rng([1, run]), 200)
        low, high = scorer.evaluate(rows.truth, rows.prediction, seed=1, replicates=0).interval
        hits += low <= true_value(name, 200_000) <= high
    assert hits / 100 < 0.8


@pytest.mark.parametrize("name", ["accuracy", "MAE, t with 3 d.f."])
def test_the_paired_test_of_equals_holds_its_size(name):
    found = rejections(name, 200, 150, replicates=200)
    assert max(found) <= 0.07 + 3 * np.sqrt(0.05 * 0.95 / 150)


@pytest.mark.long
@pytest.mark.parametrize("n", [200, 2000])
@pytest.mark.parametrize("name", RIVALS)
def test_the_paired_test_of_equals_holds_its_size_over_many_runs(name, n):
    runs = {200: 400, 2000: 100}[n]
    slack = 3 * np.sqrt(0.05 * 0.95 / runs)
    found = rejections(name, n, runs, replicates=200)
    assert max(0, 0.03 - slack) <= found.by_influence <= 0.07 + slack
    assert found.by_replicates <= 0.07 + slack
