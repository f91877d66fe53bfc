"""Pairs of submissions that are equally good, to see how often a test tells them apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from scorers import ScoreResult, compare, get_scorer

LEVEL = 0.05
Column = NDArray[Any]
Drawn = tuple[Column, tuple[Column, Column]]


@dataclass(frozen=True)
class Rivals:
    """A metric, and how a truth and two predictions of the same quality come about."""

    scorer: str
    draw: Callable[[np.random.Generator, int], Drawn]
    params: Mapping[str, Any] = field(default_factory=dict)


class Rejections(NamedTuple):
    """The share of pairs found different, from the units' influences and from replicates alone."""

    by_influence: float
    by_replicates: float


def rejections(name: str, n: int, runs: int, *, replicates: int) -> Rejections:
    """How often the two are told apart at 5 %, in seeded runs of n rows."""
    found = np.array([_told_apart(RIVALS[name], n, run, replicates) for run in range(runs)])
    return Rejections(*(float(share) for share in found.mean(axis=0)))


def _told_apart(rivals: Rivals, n: int, run: int, replicates: int) -> tuple[bool, bool]:
    truth, files = rivals.draw(np.random.default_rng([7, n, run]), n)
    scorer = get_scorer(rivals.scorer, **rivals.params)
    a, b = (scorer.evaluate(truth, file, seed=run, replicates=replicates) for file in files)
    return _rejects(a, b), _rejects(replace(a, influence=None), replace(b, influence=None))


def _rejects(a: ScoreResult, b: ScoreResult) -> bool:
    p_value = compare(a, b).p_value
    return p_value is not None and p_value <= LEVEL


def _labels(rng: np.random.Generator, n: int) -> Drawn:
    truth = rng.integers(0, 2, n)
    one, two = (np.where(rng.random(n) < 0.8, truth, 1 - truth) for _ in range(2))
    return truth, (one, two)


def _near_copies(rng: np.random.Generator, n: int) -> Drawn:
    """Two that changed a tenth of the same labels, each its own."""
    truth = rng.integers(0, 2, n)
    shared = np.where(rng.random(n) < 0.8, truth, 1 - truth)
    one, two = (np.where(rng.random(n) < 0.1, rng.integers(0, 2, n), shared) for _ in range(2))
    return truth, (one, two)


def _numbers(rng: np.random.Generator, n: int) -> Drawn:
    """Errors of Student's t with 3 degrees of freedom, half of them shared."""
    truth = rng.normal(size=n)
    shared = truth + rng.standard_t(3, n)
    return truth, (shared + rng.standard_t(3, n), shared + rng.standard_t(3, n))


def _scores(rng: np.random.Generator, n: int) -> Drawn:
    """Scores of a tenth positives, with a noise of their own."""
    truth = (np.arange(n) % 10 == 0).astype(int)
    shared = 1.5 * truth + rng.normal(size=n)
    one, two = (expit(shared + 0.5 * rng.normal(size=n)) for _ in range(2))
    return truth, (one, two)


RIVALS: Mapping[str, Rivals] = {
    "accuracy": Rivals("accuracy", _labels),
    "accuracy, near copies": Rivals("accuracy", _near_copies),
    "macro F1": Rivals("f1", _labels, {"average": "macro"}),
    "RMSE, t with 3 d.f.": Rivals("rmse", _numbers),
    "MAE, t with 3 d.f.": Rivals("mae", _numbers),
    "AUC, 10 % positives": Rivals("roc_auc", _scores),
    "average precision, 10 % positives": Rivals("average_precision", _scores),
    "log loss": Rivals("log_loss", _scores),
}
