"""Counts of indicators (a column of 0 and 1 for each label) as sums over rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.classes.label_terms import Counts
from scorers.sampling.terms import Floats, Terms, divide, mean_of

Array = NDArray[Any]
Ratio = Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]


def indicator_terms(
    truth: Array, prediction: Array, finish: Callable[[Counts], Floats], *, pooled: bool
) -> Terms:
    """Terms whose sums are the hits, true and predicted counts of each label.

    `pooled`: the counts of all labels together, as of a single one.
    """
    parts = [truth * prediction, truth, prediction]
    if pooled:
        parts = [part.sum(axis=1, keepdims=True) for part in parts]
    size = parts[0].shape[1]

    def split(sums: Floats, n: Floats) -> Floats:
        blocks = sums.reshape(*sums.shape[:-1], 3, size)
        return finish(Counts(blocks[..., 0, :], blocks[..., 1, :], blocks[..., 2, :], n))

    return Terms(finish=split, columns=tuple(column for part in parts for column in part.T))


def mean_over_rows(ratio: Ratio, truth: Array, prediction: Array, zero_division: float) -> Terms:
    """Terms of the mean of a ratio of each row's own counts."""
    counts = [part.sum(axis=1) for part in (truth * prediction, truth, prediction)]
    return mean_of(divide(*ratio(counts[0], counts[1], counts[2]), zero_division))


def chosen_columns(matrix: Array, labels: tuple[int, ...] | None) -> Floats:
    """The columns of the labels that count, as numbers."""
    return np.asarray(matrix if labels is None else matrix[:, list(labels)], dtype=np.float64)
