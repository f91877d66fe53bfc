"""Class counts as sums: every metric of labels that needs only the margins of the confusion."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.terms import Codes, Floats, Terms, divide

Array = NDArray[Any]
_DENSE = 1 << 16


class Counts(NamedTuple):
    """Counts by class, each of shape (..., K), and the rows' number of shape (...)."""

    hits: Floats
    true: Floats
    predicted: Floats
    n: Floats


class Coded(NamedTuple):
    """The classes that occur in truth or prediction, sorted, and both columns as their codes."""

    classes: list[Any]
    truth: Codes
    prediction: Codes


def code(truth: Array, prediction: Array) -> Coded:
    """Both columns as positions in the sorted classes that occur."""
    if _is_dense(truth) and _is_dense(prediction):
        return _code_dense(truth, prediction)
    classes, codes = np.unique(np.concatenate([truth, prediction]), return_inverse=True)
    return Coded(classes.tolist(), codes[: len(truth)], codes[len(truth) :])


def _is_dense(labels: Array) -> bool:
    return labels.dtype.kind in "iu" and int(labels.min()) >= 0 and int(labels.max()) < _DENSE


def _code_dense(truth: Array, prediction: Array) -> Coded:
    size = int(max(truth.max(), prediction.max())) + 1
    occurs = np.bincount(truth, minlength=size) + np.bincount(prediction, minlength=size) > 0
    position = np.cumsum(occurs) - 1
    return Coded(np.flatnonzero(occurs).tolist(), position[truth], position[prediction])


def count_terms(
    coded: Coded,
    finish: Callable[[Counts], Floats],
) -> Terms:
    """Terms whose sums are the hits, true and predicted counts of each class."""
    size = len(coded.classes)
    hits = np.where(coded.truth == coded.prediction, coded.truth, size)
    return Terms(
        finish=lambda sums, n: finish(split_counts(sums, n, size)),
        cells=(hits, coded.truth, coded.prediction),
        size=size + 1,
    )


def split_counts(sums: Floats, n: Floats, size: int) -> Counts:
    """Undo the layout of `count_terms`: three blocks of size + 1, the last cell of each unused."""
    blocks = sums.reshape(*sums.shape[:-1], 3, size + 1)[..., :size]
    return Counts(blocks[..., 0, :], blocks[..., 1, :], blocks[..., 2, :], n)


def averaged(
    ratio: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]],
    *,
    classes: list[Any],
    average: str,
    pos_label: Any,
    labels: tuple[Any, ...] | None,
    zero_division: float,
) -> Callable[[Counts], Floats]:
    """scikit-learn's averaging of a per-class ratio of counts (binary, micro, macro, weighted).

    `ratio(hits, true, predicted)` gives numerator and denominator, each of shape (..., K).
    """
    chosen = [pos_label] if average == "binary" else labels
    position = {label: index for index, label in enumerate(classes)}

    def finish(counts: Counts) -> Floats:
        picked = counts if chosen is None else pick(counts, [position.get(c) for c in chosen])
        if average in ("binary", "micro"):
            pooled = [part.sum(axis=-1) for part in picked[:3]]
            return divide(*ratio(pooled[0], pooled[1], pooled[2]), zero_division)
        values = divide(*ratio(*picked[:3]), zero_division)
        return _weigh(values, _weights(picked, average, chosen is None), zero_division)

    return finish


def pick(counts: Counts, positions: list[int | None]) -> Counts:
    """The counts of some classes; a class that does not occur has none."""
    absent = counts.true.shape[-1]
    columns = [absent if p is None else p for p in positions]
    hits, true, predicted = (
        np.pad(part, [(0, 0)] * (part.ndim - 1) + [(0, 1)])[..., columns] for part in counts[:3]
    )
    return Counts(hits, true, predicted, counts.n)


def _weights(counts: Counts, average: str, only_occurring: bool) -> Floats:
    if average == "weighted":
        return counts.true
    if only_occurring:
        return (counts.true + counts.predicted > 0).astype(np.float64)
    return np.ones_like(counts.true)


def _weigh(values: Floats, weights: Floats, zero_division: float) -> Floats:
    return divide((values * weights).sum(axis=-1), weights.sum(axis=-1), zero_division)
