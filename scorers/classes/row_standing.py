"""How the labels of a row stand by their scores: what metrics of one row's ranking count."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.terms import Floats, divide

Array = NDArray[Any]
Mask = NDArray[np.bool_]
_CELLS_AT_ONCE = 1 << 20


class Standing(NamedTuple):
    """The labels of each row from the highest score to the lowest, all of shape (rows, labels).

    `relevant`: whether the label holds. `above`, `upto`: how many labels are scored higher, and at
    least as high; `hits_above`, `hits_upto`: how many of those hold.
    """

    relevant: Mask
    above: Array
    upto: Array
    hits_above: Array
    hits_upto: Array

    @property
    def misses_above(self) -> Array:
        """How many labels that do not hold are scored higher."""
        return self.above - self.hits_above

    @property
    def misses_upto(self) -> Array:
        """How many labels that do not hold are scored at least as high."""
        return self.upto - self.hits_upto


def standing(relevant: Mask, scores: Floats) -> Standing:
    """Where each label of each row stands; equal scores stand together."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=1)
    holds = np.take_along_axis(relevant, order, axis=1)
    place = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    begins = np.ones(scores.shape, dtype=bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    above = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    ends = np.ones(scores.shape, dtype=bool)
    ends[:, :-1] = begins[:, 1:]
    last = np.where(ends, place, scores.shape[1] - 1)
    upto = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1] + 1
    hits = np.zeros((scores.shape[0], scores.shape[1] + 1), dtype=np.int64)
    np.cumsum(holds, axis=1, out=hits[:, 1:])
    reached = (np.take_along_axis(hits, where, axis=1) for where in (above, upto))
    return Standing(holds, above, upto, *reached)


def by_row(relevant: Mask, scores: Floats, value: Callable[[Standing], Floats]) -> Floats:
    """A value for each row, shape (n,), in blocks that bound the memory."""
    step = max(1, _CELLS_AT_ONCE // scores.shape[1])
    blocks = range(0, len(scores), step)
    return np.concatenate(
        [value(standing(relevant[i : i + step], scores[i : i + step])) for i in blocks]
    )


def row_areas(relevant: Mask, scores: Floats) -> Floats:
    """The area under the ROC curve of each row's labels; NaN where all or none of them hold."""

    def areas(s: Standing) -> Floats:
        wrong = ((s.misses_above + s.misses_upto) / 2 * s.relevant).sum(axis=1)
        return 1 - divide(wrong, _pairs(s.relevant))

    return by_row(relevant, scores, areas)


def row_precisions(relevant: Mask, scores: Floats) -> Floats:
    """The average precision of each row's labels; 0 where none of them holds."""

    def precisions(s: Standing) -> Floats:
        found = (s.hits_upto / s.upto * s.relevant).sum(axis=1)
        return divide(found, s.relevant.sum(axis=1), 0.0)

    return by_row(relevant, scores, precisions)


def row_losses(relevant: Mask, scores: Floats) -> Floats:
    """The share of each row's pairs in the wrong order or level; 0 where there are no pairs."""

    def losses(s: Standing) -> Floats:
        return divide((s.misses_upto * s.relevant).sum(axis=1), _pairs(s.relevant), 0.0)

    return by_row(relevant, scores, losses)


def row_depths(relevant: Mask, scores: Floats) -> Floats:
    """How many labels of each row, from the highest score, cover those that hold."""
    return by_row(relevant, scores, lambda s: (s.upto * s.relevant).max(axis=1).astype(np.float64))


def _pairs(relevant: Mask) -> Array:
    hits = relevant.sum(axis=1)
    return np.asarray(hits * (relevant.shape[1] - hits))
