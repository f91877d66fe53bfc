"""Metrics of groupings, whatever the groups are called. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.clusters.contingency import Crossing, group_codes
from scorers.clusters.expansion import Expanded
from scorers.kinds import InputKind
from scorers.sampling.terms import Terms, linearised
from scorers.scorer import Scorer
from scorers.uncertainty import Interval

Array = NDArray[Any]
_CLUSTERS = (InputKind.CLUSTERS,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _rand(truth: Array, prediction: Array) -> float:
    """The share of pairs of rows on which the groupings agree, corrected for chance.

    >>> from scorers import get_scorer
    >>> get_scorer("adjusted_rand").score(["a", "a", "b", "b"], ["x", "x", "y", "z"])
    0.5714285714285714
    """
    return float(metrics.adjusted_rand_score(group_codes(truth), group_codes(prediction)))


def _rand_expanded(truth: Array, prediction: Array) -> Expanded:
    """With S, A and B the chances to share a cell and a group: (S - AB) / ((A + B)/2 - AB)."""
    crossing = Crossing.of(truth, prediction)
    (a, b, both), (move_a, move_b, move_both) = crossing.same, crossing.same_moved
    room = (a + b) / 2 - a * b
    if room == 0:
        return Expanded(np.zeros(crossing.n), 0.0)
    by_chance = b * move_a + a * move_b
    value = (both - a * b) / room
    moved = (move_both - by_chance - value * ((move_a + move_b) / 2 - by_chance)) / room
    return Expanded(moved, crossing.chance_noise / room)


def _rand_terms(truth: Array, prediction: Array) -> Terms:
    return linearised(_rand(truth, prediction), _rand_expanded(truth, prediction).influence)


def _rand_interval(truth: Array, prediction: Array) -> Interval:
    """Normal, by the delta method on the table of the clusters, with its term of second order."""
    return _rand_expanded(truth, prediction).interval(_rand(truth, prediction))


def _fowlkes(truth: Array, prediction: Array) -> float:
    """The geometric mean of precision and recall over pairs of rows in the same group.

    >>> from scorers import get_scorer
    >>> get_scorer("fowlkes_mallows").score(["a", "a", "b", "b"], ["x", "x", "y", "z"])
    0.7071067811865476
    """
    return float(metrics.fowlkes_mallows_score(group_codes(truth), group_codes(prediction)))


def _fowlkes_expanded(truth: Array, prediction: Array) -> Expanded:
    """With S, A and B the chances to share a cell and a group: S / sqrt(AB)."""
    crossing = Crossing.of(truth, prediction)
    (a, b, both), (move_a, move_b, move_both) = crossing.same, crossing.same_moved
    scale = float(np.sqrt(a * b))
    moved = move_both / scale - both / scale * (move_a / a + move_b / b) / 2
    return Expanded(moved, crossing.chance_noise / scale)


def _fowlkes_terms(truth: Array, prediction: Array) -> Terms:
    return linearised(_fowlkes(truth, prediction), _fowlkes_expanded(truth, prediction).influence)


def _fowlkes_interval(truth: Array, prediction: Array) -> Interval:
    """Normal, by the delta method on the table of the clusters, with its term of second order."""
    return _fowlkes_expanded(truth, prediction).interval(_fowlkes(truth, prediction))


SCORERS = (
    Scorer(
        name="adjusted_rand",
        title="Adjusted Rand index",
        summary="The share of pairs of rows on which the groupings agree, corrected for chance.",
        formula="(RI − E[RI]) / (max RI − E[RI])",
        source=_SKLEARN.format("adjusted_rand_score"),
        higher_is_better=True,
        lower=-0.5,
        upper=1.0,
        perfect=1.0,
        kinds=_CLUSTERS,
        compute=_rand,
        decompose=_rand_terms,
        interval=_rand_interval,
    ),
    Scorer(
        name="fowlkes_mallows",
        title="Fowlkes-Mallows index",
        summary="The geometric mean of precision and recall over pairs of rows in the same group.",
        formula="TP / √((TP + FP)(TP + FN)), over pairs of rows",
        source=_SKLEARN.format("fowlkes_mallows_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_CLUSTERS,
        compute=_fowlkes,
        decompose=_fowlkes_terms,
        interval=_fowlkes_interval,
    ),
)
