"""The interval of the area under a ROC curve, also near 1 and with few rows of a class."""

import numpy as np

from scorers.sampling.influence import Spread, spread_of
from scorers.sampling.intervals import Interval, quantile_of_t, wilson_bounds, withheld
from scorers.sampling.terms import Floats

FEWEST_OF_A_CLASS = 2
# How many rows of the rarer class Hanley and McNeil's error counts for.
_PRIOR_ROWS = 5


def delong_interval(up: Floats, down: Floats) -> Interval:
    """DeLong's interval of one area, in Wilson's form, which keeps it inside (0, 1).

    `up`, `down`: the placements of the positive and of the negative rows, whose means are the area.
    Few rows of a class show too little of how they vary, mostly nothing near an area of 1: the
    squared error is DeLong's (1988), and for 5 further rows of the rarer class that which Hanley
    and McNeil (1982) expect of such an area. In Wilson's form and with degrees of freedom by
    `influence.spread_of`.
    """
    if min(len(up), len(down)) < FEWEST_OF_A_CLASS:
        return withheld("DeLong's interval needs two rows of each class")
    area = float(up.mean())
    shown = _delong(up, down)
    if shown.error == 0 or not 0 < area < 1:
        return withheld("the rows at hand are separated without an error")
    spread = _pooled(shown, _hanley_mcneil(area, len(up), len(down)), min(len(up), len(down)))
    effective = area * (1 - area) / spread.error**2
    bounds = wilson_bounds(area, effective, quantile_of_t(spread.freedom))
    return Interval(bounds, "DeLong, in Wilson's form")


def _delong(up: Floats, down: Floats) -> Spread:
    """DeLong's error, and the degrees of freedom that the rows' influences give it."""
    error = np.sqrt(up.var(ddof=1) / len(up) + down.var(ddof=1) / len(down))
    apart = [(side - side.mean()) / len(side) for side in (up, down)]
    return Spread(float(error), spread_of(np.concatenate(apart)).freedom)


def _hanley_mcneil(area: float, positives: int, negatives: int) -> float:
    """The error of an area whose scores are exponential; Newcombe's form (2006), equal in roles."""
    others = (positives + negatives) / 2 - 1
    pairs = 1 + others * ((1 - area) / (2 - area) + area / (1 + area))
    return float(np.sqrt(area * (1 - area) * pairs / (positives * negatives)))


def _pooled(shown: Spread, expected: float, rows: int) -> Spread:
    """Both squared errors, weighted by rows, with Satterthwaite's degrees of freedom."""
    weight = _PRIOR_ROWS / (_PRIOR_ROWS + rows)
    parts = (1 - weight) * shown.error**2, weight * expected**2
    variance = sum(parts)
    freedom = variance**2 / (parts[0] ** 2 / shown.freedom + parts[1] ** 2 / _PRIOR_ROWS)
    return Spread(float(np.sqrt(variance)), float(freedom))
