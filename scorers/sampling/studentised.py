"""Student's t interval of any metric, on the scale of its range."""

import math

import numpy as np

from scorers.sampling.counting import counted
from scorers.sampling.influence import Spread
from scorers.sampling.intervals import Interval, quantile_of_t, wilson_bounds, withheld

# What rounding leaves of the differences of a metric that does not vary.
_ROUNDING = 1e-11
_FEW = 100
_ROWS_A_DEGREE = 4


def studentised_interval(
    value: float, spread: Spread, lower: float, upper: float, of: str
) -> Interval:
    """The t interval at 95 % on a scale on which the range has no end, so that it stays inside.

    Between two bounds Wilson's form, for as many rows as a proportion with this error would have;
    above one bound (below it) on the logarithm of the distance from it, which a skewed loss is
    nearly symmetric on; else plain. `of`: what was looked at, for `method`.
    """
    if not spread.error > _ROUNDING * max(abs(value), 1e-300):
        return withheld("every resample gives the same value")
    bounded = lower < value < upper and math.isfinite(upper - lower)
    spread = _steadied(value, spread, lower, upper) if bounded else spread
    reach = quantile_of_t(spread.freedom)
    if bounded:
        bounds, scale = _bounded(value, spread.error, lower, upper, reach), "in Wilson's form"
    elif lower < value and math.isfinite(lower) and not math.isfinite(upper):
        near, far = _stretched(value - lower, reach * spread.error)
        bounds, scale = (lower + near, lower + far), "on the logarithmic scale"
    elif value < upper and math.isfinite(upper) and not math.isfinite(lower):
        near, far = _stretched(upper - value, reach * spread.error)
        bounds, scale = (upper - far, upper - near), "on the logarithmic scale"
    else:
        bounds, scale = (value - reach * spread.error, value + reach * spread.error), ""
    if not np.isfinite(bounds).all():
        return withheld("the rows at hand say next to nothing of the value")
    return Interval(bounds, " ".join(filter(None, ["t", scale, _freedom(spread), f"from {of}"])))


def _freedom(spread: Spread) -> str:
    """Named where a few units decide, and the interval is wider for it."""
    if spread.freedom >= _FEW:
        return ""
    return f"with {counted(round(spread.freedom), 'degrees of freedom')}"


def _steadied(value: float, spread: Spread, lower: float, upper: float) -> Spread:
    """The spread with at least a degree of freedom for every four effective rows.

    The share of the range itself tells the variance of a proportion, from however few errors it was
    seen; without this, one error less could make the lower bound worse.
    """
    told = _effective_rows(value, spread.error, lower, upper) / _ROWS_A_DEGREE
    return spread._replace(freedom=max(spread.freedom, min(told, spread.most)))


def _effective_rows(value: float, error: float, lower: float, upper: float) -> float:
    """Of how many rows a proportion at this share of the range has this error."""
    return (value - lower) * (upper - value) / error**2


def _bounded(
    value: float, error: float, lower: float, upper: float, reach: float
) -> tuple[float, float]:
    """Wilson's bounds for the share of the range, and an effective number of rows."""
    width = upper - lower
    rows = _effective_rows(value, error, lower, upper)
    low, high = wilson_bounds((value - lower) / width, rows, reach)
    return lower + width * low, lower + width * high


def _stretched(distance: float, half: float) -> tuple[float, float]:
    """The distance divided and multiplied by exp(half / distance)."""
    with np.errstate(over="ignore"):
        factor = float(np.exp(half / distance))
    return distance / factor, distance * factor
