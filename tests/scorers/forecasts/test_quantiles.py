"""Predicted quantiles: the losses of scikit-learn, and the scores of Bracher et al."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import norm
from sklearn import metrics

from scorers import EvaluationSpec, InvalidPredictions, InvalidSolution, evaluate_file, get_scorer
from scorers.errors import InvalidParameter, InvalidRow

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def _forecasts(n: int = 120, levels: tuple[float, ...] = LEVELS) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    return rng.normal(0, 2, n), np.sort(rng.normal(0, 2, (n, len(levels))), axis=1)


def test_the_loss_over_quantiles_is_the_mean_of_the_librarys():
    truth, prediction = _forecasts()
    losses = [
        metrics.mean_pinball_loss(truth, prediction[:, k], alpha=a) for k, a in enumerate(LEVELS)
    ]
    scorer = get_scorer("multi_quantile_loss", quantiles=list(LEVELS))
    assert scorer.score(truth, prediction) == np.mean(losses)
    assert scorer.terms(truth, prediction).value() == pytest.approx(np.mean(losses), rel=1e-12)


@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_one_quantile_in_one_column_is_its_pinball_loss(alpha):
    truth, prediction = np.random.default_rng(1).normal(size=(2, 30))
    expected = metrics.mean_pinball_loss(truth, prediction, alpha=alpha)
    found = get_scorer("multi_quantile_loss", quantiles=[alpha]).score(truth, prediction)
    assert found == pytest.approx(expected, rel=1e-12)


def test_many_quantiles_approach_the_ranked_probability_score_of_the_distribution():
    """That of a standard normal forecast (Gneiting and Raftery, 2007, equation 21)."""
    truth = np.random.default_rng(2).normal(size=40)
    levels = (np.arange(400) + 0.5) / 400
    exact = truth * (2 * ndtr(truth) - 1) + 2 * norm.pdf(truth) - 1 / np.sqrt(np.pi)
    scorer = get_scorer("quantile_crps", quantiles=levels.tolist())
    found = scorer.score(truth, np.tile(ndtri(levels), (40, 1)))
    assert found == pytest.approx(exact.mean(), rel=1e-3)


def _slow_interval_score(truth, row, levels) -> float:
    """Bracher et al. (2021): equations 1 and 2, for one row."""
    by_level = dict(zip(levels, row, strict=True))
    total, count = abs(truth - by_level[0.5]) / 2, 0
    for level in levels:
        if level < 0.5:
            low, high, alpha = by_level[level], by_level[round(1 - level, 9)], 2 * level
            score = high - low
            score += 2 / alpha * (low - truth) if truth < low else 0
            score += 2 / alpha * (truth - high) if truth > high else 0
            total, count = total + alpha / 2 * score, count + 1
    return total / (count + 0.5)


@pytest.mark.parametrize("levels", [(0.5,), (0.25, 0.5, 0.75), (0.01, 0.05, 0.5, 0.95, 0.99)])
def test_the_weighted_interval_score_is_that_of_its_equations(levels):
    truth, prediction = _forecasts(90, levels)
    slow = np.mean(
        [_slow_interval_score(y, q, levels) for y, q in zip(truth, prediction, strict=True)]
    )
    scorer = get_scorer("weighted_interval_score", quantiles=list(levels))
    assert scorer.score(truth, prediction) == pytest.approx(slow, rel=1e-12)
    assert scorer.terms(truth, prediction).value() == pytest.approx(slow, rel=1e-12)


def test_the_weighted_interval_score_is_the_ranked_probability_score_of_its_quantiles():
    """The identity of Bracher et al., section 2.2; the two are computed in different ways."""
    truth, prediction = _forecasts()
    score = get_scorer("weighted_interval_score", quantiles=list(LEVELS)).score(truth, prediction)
    crps = get_scorer("quantile_crps", quantiles=list(LEVELS))
    assert crps.score(truth, prediction) == pytest.approx(score, rel=1e-12)
    assert crps.terms(truth, prediction).value() == pytest.approx(score, rel=1e-12)


def test_the_score_of_a_median_alone_is_its_absolute_error():
    scorer = get_scorer("weighted_interval_score", quantiles=[0.5])
    assert scorer.score([1.0, -15.0, 22.0], [1.0, 2.0, 3.0]) == pytest.approx((0 + 17 + 19) / 3)


@pytest.mark.parametrize(("level", "inside"), [(None, 4), (0.9, 4), (0.5, 1)])
def test_the_coverage_counts_the_bounds_as_inside(level, inside):
    prediction = np.tile([0.0, 2.0, 3.0, 4.0, 10.0], (5, 1))
    truth = np.array([0.0, 10.0, 3.0, 1.0, 11.0])
    params = {} if level is None else {"level": level}
    scorer = get_scorer("interval_coverage_error", quantiles=list(LEVELS), **params)
    expected = abs(inside / 5 - (level or 0.9))
    assert scorer.score(truth, prediction) == pytest.approx(expected)
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected)


@pytest.mark.parametrize("units", [None, np.arange(400) // 2])
def test_the_interval_of_the_coverage_error_covers_that_of_the_population(units):
    """Intervals that hold 80 % where they promise 90; and 90 as promised, the edge of the range."""
    rng, scorer = (
        np.random.default_rng(4),
        get_scorer("interval_coverage_error", quantiles=[0.05, 0.95]),
    )
    for held, target in ((0.8, 0.1), (0.9, 0.0)):
        hits = 0
        for _ in range(200):
            truth = (rng.random(400) > held).astype(float)
            prediction = np.tile([-0.5, 0.5], (400, 1))
            found = scorer.evaluate(truth, prediction, seed=1, replicates=1, units=units)
            hits += found.interval[0] <= target <= found.interval[1]
        assert hits >= 0.91 * 200


def test_crossing_quantiles_are_refused_with_their_row():
    with pytest.raises(InvalidRow, match=r"the quantiles cross: that of 0\.5 is 3") as refused:
        get_scorer("quantile_crps", quantiles=[0.1, 0.5]).score(
            [1.0, 1.0], [[0.0, 1.0], [4.0, 3.0]]
        )
    assert refused.value.row == 1


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("multi_quantile_loss", {}),
        ("multi_quantile_loss", {"quantiles": [0.5, 0.1]}),
        ("quantile_crps", {"quantiles": [0.0, 0.5]}),
        ("weighted_interval_score", {"quantiles": [0.1, 0.9]}),
        ("weighted_interval_score", {"quantiles": [0.1, 0.5, 0.8]}),
        ("interval_coverage_error", {"quantiles": [0.1, 0.9], "level": 1}),
    ],
)
def test_a_list_that_holds_no_quantiles_for_the_score_is_refused(name, params):
    with pytest.raises(InvalidParameter, match="between 0 and 1"):
        get_scorer(name, **params)


@pytest.fixture
def file(tmp_path):
    def file(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


SPEC = EvaluationSpec(
    scorer="weighted_interval_score",
    params={"quantiles": [0.25, 0.5, 0.75]},
    also=("interval_coverage_error",),
    header=("week", "low", "middle", "high"),
    id_columns=("week",),
    replicates=20,
)
SOLUTION = "week,cases\n1,1\n2,5\n"


def test_a_file_with_a_column_for_each_quantile_is_scored(file):
    prediction = file("p.csv", "week,high,low,middle\n1,2,0,1\n2,2,0,1\n")
    found = evaluate_file(prediction, file("s.csv", SOLUTION), SPEC).public
    assert found.value == pytest.approx((0.5 + 5.5) / 1.5 / 2)
    assert found.also == {"interval_coverage_error": 0.0}


def test_crossing_quantiles_in_a_file_are_told_with_their_line(file):
    prediction = file("p.csv", "week,low,middle,high\n1,0,1,2\n2,0,7,6.5\n")
    said = "line 3.*that of 0.75 is 6.5, below that of 0.5, 7"
    with pytest.raises(InvalidPredictions, match=said):
        evaluate_file(prediction, file("s.csv", SOLUTION), SPEC)


def test_other_columns_than_quantiles_are_the_organisers_mistake(file):
    spec = replace(SPEC, params={"quantiles": [0.1, 0.25, 0.5, 0.75, 0.9]}, also=())
    prediction = file("p.csv", "week,low,middle,high\n1,0,1,2\n2,0,7,8\n")
    with pytest.raises(InvalidSolution, match="3 columns for 5 quantiles"):
        evaluate_file(prediction, file("s.csv", SOLUTION), spec)
