"""A metric of labels from how often each pair of labels occurs, not from the rows."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.terms import Floats

Array = NDArray[Any]
# With more pairs than this, or hardly more rows than pairs, there is nothing to gain.
_MOST_PAIRS = 1 << 20
_ROWS_A_PAIR = 4


class Pairs(NamedTuple):
    """The pairs of true and predicted labels that occur, and how often; each of shape (m,)."""

    truth: Array
    prediction: Array
    counts: Floats


def on_counts(metric: Callable[..., Any], truth: Array, prediction: Array, **params: Any) -> float:
    """scikit-learn's value, from each pair of labels that occurs once, its count as its weight.

    For a metric that begins with counts of rows: whole numbers are added up without an error in
    either form, and all that follows is the same arithmetic on the same numbers.
    """
    pairs = count_pairs(truth, prediction)
    if pairs is None:
        return float(metric(truth, prediction, **params))
    return float(metric(pairs.truth, pairs.prediction, sample_weight=pairs.counts, **params))


def count_pairs(truth: Array, prediction: Array) -> Pairs | None:
    """The pairs of two columns of codes; None where rows are few, or labels no small numbers."""
    if any(column.ndim != 1 or column.dtype.kind not in "iu" for column in (truth, prediction)):
        return None
    if min(truth.min(), prediction.min()) < 0:
        return None
    size = int(max(truth.max(), prediction.max())) + 1
    if size * size > min(_MOST_PAIRS, len(truth) // _ROWS_A_PAIR):
        return None
    counts = np.bincount(truth * size + prediction, minlength=size * size)
    found = np.flatnonzero(counts)
    return Pairs(found // size, found % size, counts[found].astype(np.float64))
