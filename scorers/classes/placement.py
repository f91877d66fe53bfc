"""Where the rows of one class stand among the other: what areas under curves are made of."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.classes.sorting import ascending
from scorers.sampling.terms import Floats

Array = NDArray[Any]


class Placements(NamedTuple):
    """For every row its placement among the rows of the other class (DeLong, 1988), shape (n,)."""

    positive: NDArray[np.bool_]
    placement: Floats

    @property
    def auc(self) -> float:
        """The area under the curve: the mean placement of the positive rows."""
        return float(self.placement[self.positive].mean())


def in_order(truth: Array, scores: Floats) -> tuple[Array, Floats]:
    """Both by falling score, and whole numbers in few bytes: a metric of ranks is the same.

    What scikit-learn does with them first (a slow sort, a look for the classes) then takes little.
    """
    order = ascending(scores)[::-1]
    ordered = truth[order]
    if truth.dtype.kind in "iu" and ordered.min() >= -128 and ordered.max() <= 127:
        ordered = ordered.astype(np.int8)
    return ordered, scores[order]


def placements(positive: NDArray[np.bool_], scores: Floats) -> Placements:
    """The share of the other class that each row stands on the right side of; a tie counts half."""
    order = ascending(scores)
    ordered, hits = scores[order], positive[order]
    differs = ordered[1:] != ordered[:-1]
    shares = _without_ties(hits) if differs.all() else _with_ties(hits, differs)
    placed = np.empty(len(scores))
    placed[order] = shares
    return Placements(positive, placed)


def _without_ties(hits: NDArray[np.bool_]) -> Floats:
    up = np.cumsum(hits)
    down = np.arange(1, len(hits) + 1) - up
    shares: Floats = np.where(hits, down / down[-1], 1 - up / up[-1])
    return shares


def _with_ties(hits: NDArray[np.bool_], differs: NDArray[np.bool_]) -> Floats:
    tie = np.concatenate([[0], np.cumsum(differs)])
    up = np.bincount(tie, weights=hits)
    down = np.bincount(tie, weights=~hits)
    below = (np.cumsum(down) - down / 2) / down.sum()
    above = 1 - (np.cumsum(up) - up / 2) / up.sum()
    shares: Floats = np.where(hits, below[tie], above[tie])
    return shares


def of_positive(truth: Array, prediction: Array, column: int = 1) -> Array:
    """The column of the positive class, where a matrix has one column for each of two classes.

    This is what scikit-learn's own scorers feed to a metric of two classes. A matrix of indicators
    in the truth is several questions of yes and no, not two classes: it is left as it is.
    """
    two_classes = truth.ndim == 1 and prediction.ndim == 2 and prediction.shape[1] == 2
    return prediction[:, column] if two_classes else prediction


def is_greater(truth: Array) -> NDArray[np.bool_]:
    """Rows of the greater of the two classes, the positive one as scikit-learn has it."""
    greater = truth.max() if truth.dtype.kind in "biuf" else np.unique(truth)[-1]
    return np.asarray(truth == greater)
