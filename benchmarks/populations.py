"""Populations of rows of which the true value of a metric is known, to see how intervals cover."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.signal import lfilter
from scipy.special import expit, logit

from scorers import get_scorer
from scorers.sampling.resampling import block_length
from scorers.scorer import Scorer

RARE = 0.02
RELATED = 5


class Rows(NamedTuple):
    """A sample: truth, prediction, and a key of the unit of each row."""

    truth: np.ndarray[Any, Any]
    prediction: np.ndarray[Any, Any]
    units: np.ndarray[Any, Any] | None = None


@dataclass(frozen=True)
class Population:
    """A metric, and how rows of it come about.

    `is_series`: in the order of time, one series. `classes`: how many must occur in the truth.
    `role`: what the units are to the metric, where it reads them itself.
    """

    scorer: str
    draw: Callable[[np.random.Generator, int], Rows]
    params: Mapping[str, Any] = field(default_factory=dict)
    is_series: bool = False
    classes: int = 1
    role: str | None = None

    def bound(self) -> Scorer:
        """The metric under its parameters."""
        return get_scorer(self.scorer, **self.params)

    def context(self, rows: "Rows") -> dict[str, Any]:
        """The columns that the metric reads beside truth and prediction."""
        return {} if self.role is None else {self.role: rows.units}

    def blocks(self, n: int) -> int | None:
        """The length of the blocks of n rows, where they are a series."""
        return block_length(n) if self.is_series else None


class Covered(NamedTuple):
    """Of the intervals that were given, the share that covers and that lies too high; how many."""

    share: float
    too_high: float
    given: int


def coverage(name: str, n: int, runs: int, *, rows_of_truth: int, replicates: int = 0) -> Covered:
    """How often the intervals of n rows of a population cover its value, in seeded runs."""
    population, target = POPULATIONS[name], true_value(name, rows_of_truth)
    bounds = [
        _interval(population, n, np.random.default_rng([n, run]), run, replicates)
        for run in range(runs)
    ]
    given = [each for each in bounds if each is not None]
    low, high = np.array(given).reshape(-1, 2).T
    return Covered(
        float(np.mean((low <= target) & (target <= high))), float(np.mean(low > target)), len(given)
    )


def _interval(
    population: Population, n: int, rng: np.random.Generator, seed: int, replicates: int
) -> tuple[float, float] | None:
    """The interval of one sample; one that the metric is not defined on is drawn again."""
    rows = population.draw(rng, n)
    while len(np.unique(rows.truth)) < population.classes:
        rows = population.draw(rng, n)
    found = population.bound().evaluate(
        rows.truth,
        rows.prediction,
        seed=seed,
        replicates=replicates,
        units=rows.units if population.role is None else None,
        blocks=population.blocks(n),
        **population.context(rows),
    )
    return found.interval


@cache
def true_value(name: str, rows: int) -> float:
    """The metric on so many rows that it is as good as that of all."""
    drawn = POPULATIONS[name].draw(np.random.default_rng(99), rows)
    context = POPULATIONS[name].context(drawn)
    return POPULATIONS[name].bound().score(drawn.truth, drawn.prediction, **context)


def _labels(right: float, positives: float = 0.5) -> Callable[[np.random.Generator, int], Rows]:
    """Labels of two classes; of rare positives 4 in 5 are found, with one false in 100."""

    def draw(rng: np.random.Generator, n: int) -> Rows:
        truth = (rng.random(n) < positives).astype(int)
        hit = rng.random(n) < right
        rare = np.where(truth == 1, rng.random(n) < 0.8, rng.random(n) < 0.01).astype(int)
        return Rows(truth, rare if positives <= RARE else np.where(hit, truth, 1 - truth))

    return draw


def _five_classes(rng: np.random.Generator, n: int) -> Rows:
    truth = rng.choice(5, size=n, p=np.arange(1, 6) / 15)
    return Rows(truth, np.where(rng.random(n) < 0.8, truth, rng.integers(0, 5, n)))


def _scores(shift: float, positives: float = 0.5) -> Callable[[np.random.Generator, int], Rows]:
    """Probabilities from normal scores that lie apart by `shift`."""

    def draw(rng: np.random.Generator, n: int) -> Rows:
        truth = (rng.random(n) < positives).astype(int)
        return Rows(truth, expit(shift * truth + rng.normal(size=n) - 1))

    return draw


def _calibrated(positives: float) -> Callable[[np.random.Generator, int], Rows]:
    def draw(rng: np.random.Generator, n: int) -> Rows:
        given = expit(logit(positives) + 1.5 * rng.normal(size=n))
        return Rows((rng.random(n) < given).astype(int), given)

    return draw


def _errors(kind: str) -> Callable[[np.random.Generator, int], Rows]:
    drawn: Mapping[str, Callable[[np.random.Generator, int], np.ndarray[Any, Any]]] = {
        "normal": lambda rng, n: rng.normal(size=n),
        "t6": lambda rng, n: rng.standard_t(6, n),
        "t3": lambda rng, n: rng.standard_t(3, n),
    }
    return lambda rng, n: Rows(np.zeros(n), drawn[kind](rng, n))


def _line(heavy: bool) -> Callable[[np.random.Generator, int], Rows]:
    def draw(rng: np.random.Generator, n: int) -> Rows:
        truth = rng.normal(size=n)
        off = rng.standard_t(6, n) if heavy else rng.normal(size=n)
        return Rows(truth, 0.9 * truth + 0.5 * off)

    return draw


def _related(n: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Units of 1 to 9 rows."""
    return np.repeat(np.arange(n), rng.integers(1, 2 * RELATED, n))[:n]


def _related_errors(rng: np.random.Generator, n: int) -> Rows:
    units = _related(n, rng)
    return Rows(np.zeros(n), rng.normal(size=n)[units] + rng.normal(size=n), units)


def _related_labels(rng: np.random.Generator, n: int) -> Rows:
    units, truth = _related(n, rng), rng.integers(0, 2, n)
    hit = rng.random(n) < expit(1.5 + 1.2 * rng.normal(size=n)[units])
    return Rows(truth, np.where(hit, truth, 1 - truth), units)


def _related_scores(rng: np.random.Generator, n: int) -> Rows:
    units, truth = _related(n, rng), rng.integers(0, 2, n)
    shared = 0.8 * rng.normal(size=n)[units]
    return Rows(truth, expit(1.5 * truth + shared + rng.normal(size=n)), units)


def _sorted(draw: Callable[[np.random.Generator, int], Rows]) -> Callable[..., Rows]:
    """The same rows, in the order of their errors."""

    def in_order(rng: np.random.Generator, n: int) -> Rows:
        rows = draw(rng, n)
        order = np.argsort(rows.prediction - rows.truth)
        return Rows(rows.truth[order], rows.prediction[order])

    return in_order


def _series(correlation: float) -> Callable[[np.random.Generator, int], Rows]:
    """Errors of an autoregression of order one, with variance 1."""

    def draw(rng: np.random.Generator, n: int) -> Rows:
        steps = np.sqrt(1 - correlation**2) * rng.normal(size=n + 200)
        return Rows(np.zeros(n), lfilter([1], [1, -correlation], steps)[200:])

    return draw


def _groups(rng: np.random.Generator, n: int) -> Rows:
    """Five groups, found but for a fifth of the rows."""
    rows = _five_classes(rng, n)
    return Rows(rows.truth.astype(str), rows.prediction.astype(str))


def _queries(rng: np.random.Generator, n: int) -> Rows:
    """Graded relevance and a noisy score of 10 items a query."""
    queries, relevance = np.arange(n) // 10, rng.integers(0, 4, n)
    ease = rng.random(n)[queries]
    return Rows(relevance, ease * relevance + rng.normal(size=n), queries)


MACRO = {"average": "macro"}
POPULATIONS: Mapping[str, Population] = {
    "accuracy 0.80": Population("accuracy", _labels(0.8)),
    "accuracy 0.97": Population("accuracy", _labels(0.97)),
    "accuracy, 2 % positives": Population("accuracy", _labels(0.8, RARE)),
    "balanced accuracy 0.80": Population("balanced_accuracy", _labels(0.8)),
    "balanced accuracy, 5 classes": Population("balanced_accuracy", _five_classes),
    "balanced accuracy, 2 % positives": Population("balanced_accuracy", _labels(0.8, RARE)),
    "F1 0.80": Population("f1", _labels(0.8)),
    "F1 0.97": Population("f1", _labels(0.97)),
    "F1, 2 % positives": Population("f1", _labels(0.8, RARE)),
    "macro F1, 5 classes": Population("f1", _five_classes, MACRO),
    "macro F1, 2 % positives": Population("f1", _labels(0.8, RARE), MACRO),
    "Matthews correlation": Population("matthews_corrcoef", _labels(0.8)),
    "kappa": Population("cohen_kappa", _labels(0.8), classes=2),
    "kappa, 2 % positives": Population("cohen_kappa", _labels(0.8, RARE), classes=2),
    "log loss": Population("log_loss", _calibrated(0.5), classes=2),
    "log loss, 2 % positives": Population("log_loss", _calibrated(RARE), classes=2),
    "Brier score": Population("brier_score", _calibrated(0.5)),
    "Brier score, 2 % positives": Population("brier_score", _calibrated(RARE)),
    "AUC 0.86": Population("roc_auc", _scores(1.5), classes=2),
    "AUC 0.86, 2 % positives": Population("roc_auc", _scores(1.5, RARE), classes=2),
    "AUC 0.993": Population("roc_auc", _scores(3.5), classes=2),
    "AUC 0.993, 2 % positives": Population("roc_auc", _scores(3.5, RARE), classes=2),
    "average precision": Population("average_precision", _scores(1.5), classes=2),
    "average precision, 2 % positives": Population(
        "average_precision", _scores(3.5, RARE), classes=2
    ),
    "RMSE, normal": Population("rmse", _errors("normal")),
    "RMSE, t with 6 d.f.": Population("rmse", _errors("t6")),
    "RMSE, t with 6 d.f., sorted": Population("rmse", _sorted(_errors("t6"))),
    "MAE, t with 3 d.f.": Population("mae", _errors("t3")),
    "median absolute error, t with 3 d.f.": Population("median_absolute_error", _errors("t3")),
    "R²": Population("r2", _line(heavy=False)),
    "R², t with 6 d.f.": Population("r2", _line(heavy=True)),
    "Pearson": Population("pearson", _line(heavy=False)),
    "Pearson, t with 6 d.f.": Population("pearson", _line(heavy=True)),
    "Spearman": Population("spearman", _line(heavy=False)),
    "Spearman, t with 6 d.f., sorted": Population("spearman", _sorted(_line(heavy=True))),
    "accuracy, units of 1 to 9 rows": Population("accuracy", _related_labels),
    "macro F1, units": Population("f1", _related_labels, MACRO),
    "RMSE, units": Population("rmse", _related_errors),
    "median absolute error, units": Population("median_absolute_error", _related_errors),
    "AUC, units": Population("roc_auc", _related_scores, classes=2),
    "calibration error": Population("expected_calibration_error", _scores(1.5), classes=2),
    "adjusted Rand": Population("adjusted_rand", _groups),
    "NDCG by query": Population("ndcg", _queries, {"query": "query"}, role="query"),
    "MAE, one series, ρ = 0.5, blocks": Population("mae", _series(0.5), is_series=True),
    "MAE, one series, ρ = 0.8, blocks": Population("mae", _series(0.8), is_series=True),
}
