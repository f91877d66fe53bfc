"""An interval for the largest distance of two distribution functions, which is biased upwards.

With D(s) the observed distance at threshold s and e(s) its error, the largest one, T = max D(s),
estimates θ, the true distance at the unknown threshold where it is largest.

Above: at that threshold θ is at most D(s) + 1.96 e(s), so at most the largest of these.
Below: T exceeds θ by at most the largest noise over the thresholds that may be the widest: those
whose distance is near T (the generalised moment selection of Andrews and Soares, Econometrica 78,
2010). The noise is drawn from the observed distributions.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scorers.sampling.terms import Codes, Floats
from scorers.uncertainty import LEVEL, Interval, withheld

_THRESHOLDS = 256
_DRAWS = 1000
_TAIL = (1 - LEVEL) / 2


def distance_interval(positive: NDArray[np.bool_], scores: Floats, value: float) -> Interval:
    """The interval at 95 % of the largest distance between the classes' distributions."""
    cells = _cells(scores)
    counts = [np.bincount(cells[rows], minlength=_THRESHOLDS) for rows in (positive, ~positive)]
    if min(part.sum() for part in counts) < 2:
        return withheld("the interval needs two rows of each class")
    below = [np.cumsum(part) / part.sum() for part in counts]
    errors = np.sqrt(sum(f * (1 - f) / c.sum() for f, c in zip(below, counts, strict=True)))
    distance = np.abs(below[0] - below[1])
    high = float((distance - ndtri(_TAIL) * errors).max())
    few = 1 / sum(1 / part.sum() for part in counts)
    near = distance >= value - np.sqrt(np.log(max(few, 2)) / few) / 2
    low = value - float(np.quantile(_noise(counts, near), 1 - _TAIL)) if near.any() else 0.0
    bounds = (max(0.0, min(low, value)), min(1.0, max(high, value)))
    return Interval(bounds, "normal above, moment selection below, for the bias of a maximum")


def _cells(scores: Floats) -> Codes:
    """Between which of at most 256 thresholds, quantiles of the scores, each score lies."""
    edges = np.unique(np.quantile(scores, np.arange(1, _THRESHOLDS) / _THRESHOLDS))
    return np.searchsorted(edges, scores, side="left").astype(np.int64)


def _noise(counts: list[Codes], near: NDArray[np.bool_]) -> Floats:
    """The largest noise of the distance over some of the thresholds, shape (draws,)."""
    drawn, noise = np.random.default_rng(0), np.zeros((_DRAWS, len(near)))
    for sign, part in zip((1.0, -1.0), counts, strict=True):
        n = part.sum()
        again = drawn.multinomial(n, part / n, size=_DRAWS)
        noise += sign * (np.cumsum(again, axis=1) - np.cumsum(part)) / n
    largest: Floats = np.abs(noise[:, near]).max(axis=1)
    return largest
