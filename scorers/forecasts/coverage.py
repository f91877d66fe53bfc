"""The error of the interval coverage: whether an interval holds the share that it promises."""

import numpy as np

from scorers.forecasts.crossing import Array, Levels, rising_columns
from scorers.sampling.influence import spread_of
from scorers.sampling.intervals import (
    FEWEST_UNITS,
    Interval,
    quantile_of_t,
    wilson_bounds,
    wilson_interval,
    withheld,
)
from scorers.sampling.terms import Floats, Terms, first_mean
from scorers.sentences import sentence
from scorers.uncertainty import Evidence

# Quantiles of one interval, such as 0.05 and 0.95, add up to 1 but for rounding.
_ROUNDING = 1e-9


def interval_coverage_error(
    truth: Array, prediction: Array, quantiles: Levels, level: float | None
) -> float:
    """How far the share of answers inside the interval is from the share that it promises.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("interval_coverage_error", quantiles=[0.25, 0.75])
    >>> scorer.score([1.0, 2.0, 3.0, 9.0], [[0.0, 5.0]] * 4)
    0.25
    """
    inside, nominal = _inside(truth, prediction, quantiles, level)
    return abs(float(inside.mean()) - nominal)


def _inside(
    truth: Array, prediction: Array, quantiles: Levels, level: float | None
) -> tuple[Floats, float]:
    """Whether each answer lies in the interval, its bounds with it; and the share promised."""
    columns = rising_columns(prediction, quantiles)
    low, high = _bounds_of(quantiles, level)
    inside = (columns[:, low] <= truth) & (truth <= columns[:, high])
    return inside.astype(np.float64), quantiles[high] - quantiles[low]


def _bounds_of(quantiles: Levels, level: float | None) -> tuple[int, int]:
    """The columns of the bounds. Raises: ValueError when there is no such interval."""
    last = len(quantiles) - 1
    if level is None:
        wanted = [(0, last)] if last else []
    else:
        ends = ((1 - level) / 2, (1 + level) / 2)
        close = [np.flatnonzero(np.abs(np.array(quantiles) - end) < _ROUNDING) for end in ends]
        wanted = [(int(close[0][0]), int(close[1][0]))] if all(map(len, close)) else []
    if not wanted:
        held = str(list(quantiles))
        if level is None:
            raise ValueError(
                sentence("the quantiles %(quantiles)s hold no interval.", quantiles=held)
            )
        said = sentence(
            "the quantiles %(quantiles)s hold no interval of %(level)s.",
            quantiles=held,
            level=float(level),
        )
        raise ValueError(said)
    return wanted[0]


def interval_coverage_terms(
    truth: Array, prediction: Array, quantiles: Levels, level: float | None
) -> Terms:
    """Whether each answer lies inside: its mean makes the error."""
    inside, nominal = _inside(truth, prediction, quantiles, level)

    def finish(sums: Floats, n: Floats) -> Floats:
        return np.abs(first_mean(sums, n) - nominal)

    return Terms(finish=finish, columns=(inside,))


def interval_coverage_interval(
    evidence: Evidence, truth: Array, prediction: Array, quantiles: Levels, level: float | None
) -> Interval:
    """Wilson's interval of the share inside, as distances from the share promised."""
    inside, nominal = _inside(truth, prediction, quantiles, level)
    found = _share_interval(evidence, inside)
    if found.bounds is None:
        return found
    ends = [abs(bound - nominal) for bound in found.bounds]
    low = 0.0 if found.bounds[0] <= nominal <= found.bounds[1] else min(ends)
    return Interval((low, max(ends)), f"{found.method}, as distances from the share promised")


def _share_interval(evidence: Evidence, inside: Floats) -> Interval:
    """Wilson's, for as many rows as the units are worth where rows belong together."""
    share, unit, units = float(inside.mean()), evidence.unit_of_row, evidence.plan.units
    if unit is None:
        return wilson_interval(share, len(inside))
    spread = spread_of(np.bincount(unit, weights=inside - share) * units / len(inside))
    if units < FEWEST_UNITS or not spread.error > 0:
        return withheld(f"{evidence.plan.of_units} do not show how they vary")
    worth = share * (1 - share) / spread.error**2
    bounds = wilson_bounds(share, worth, quantile_of_t(spread.freedom))
    return Interval(bounds, f"Wilson, from {evidence.plan.of_units}")
