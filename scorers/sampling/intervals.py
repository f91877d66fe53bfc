"""Intervals at 95 %: what one is, why there may be none, and those of proportions and quantiles."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrik, ndtr, ndtri, stdtrit

from scorers.sampling.counting import counted
from scorers.sampling.influence import Spread, spread_of
from scorers.sampling.terms import Codes, Floats

LEVEL = 0.95
FEWEST_UNITS = 5
_LEAST_DEFINED = 0.5


class Interval(NamedTuple):
    """Bounds, or None and the reason in `method`."""

    bounds: tuple[float, float] | None
    method: str


def withheld(reason: str) -> Interval:
    """No interval, and why."""
    return Interval(None, f"withheld: {reason}")


def always_withheld(reason: str) -> Callable[..., Interval]:
    """For a metric that no sample of rows can give an honest interval of: `interval_of=`."""

    def no_interval(*_: Any, **__: Any) -> Interval:
        return withheld(reason)

    return no_interval


def quantile_of_t(freedom: float) -> float:
    """How many standard errors a 95 % interval reaches to each side."""
    return float(-stdtrit(freedom, (1 - LEVEL) / 2))


def wilson_interval(share: float, n: int) -> Interval:
    """Wilson's score interval for a proportion of n independent rows (Wilson, 1927)."""
    return Interval(wilson_bounds(share, n, float(ndtri((1 + LEVEL) / 2))), "Wilson")


def wilson_bounds(share: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's bounds for a share of n rows, reaching z standard errors."""
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = float(centre - half), float(centre + half)
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def mean_of_shares_interval(hits: ArrayLike, rows: ArrayLike) -> Interval:
    """The interval of the mean of independent proportions, `hits` of `rows` each, shape (K,).

    From Wilson's interval of each, by the squares of how far they reach (MOVER: Zou and Donner,
    2008; for two proportions Newcombe's hybrid, 1998). It holds where a class has few rows, or none
    is wrong, and resamples show no variation. Shares of no rows are left out.
    """
    counts = np.asarray(rows, dtype=np.float64)
    shares = np.asarray(hits, dtype=np.float64)[counts > 0] / counts[counts > 0]
    z = float(ndtri((1 + LEVEL) / 2))
    bounds = [wilson_bounds(p, n, z) for p, n in zip(shares, counts[counts > 0], strict=True)]
    if not bounds:
        return withheld("there is no row to take a share of")
    low, high = np.array(bounds).T
    below, above = (np.sqrt(((shares - edge) ** 2).sum()) for edge in (low, high))
    mean = float(shares.mean())
    return Interval(
        (mean - float(below) / len(shares), mean + float(above) / len(shares)),
        "Wilson" if len(shares) == 1 else f"Wilson's of {len(shares)} classes, combined (MOVER)",
    )


def percentile_interval(replicates: Floats, units: int, how: str = "") -> Interval:
    """The expanded percentile interval of the replicates at 95 %.

    The percentiles are moved out by sqrt(u / (u - 1)) * t / z for u units, which makes up for the
    bootstrap's narrowness in small samples (Hesterberg, 2015, section 3.4).
    """
    defined = replicates[np.isfinite(replicates)]
    if len(defined) < _LEAST_DEFINED * len(replicates):
        return withheld("the metric is not defined on most resamples")
    low, high = np.quantile(defined, expanded_tails(units))
    if not low < high:
        return withheld("every resample gives the same value")
    return Interval((float(low), float(high)), f"percentiles of {how or len(replicates)}")


def expanded_tails(units: int) -> tuple[float, float]:
    """The two probabilities between which the expanded percentile interval lies."""
    tail = float(ndtr(-np.sqrt(units / (units - 1)) * quantile_of_t(units - 1)))
    return tail, 1 - tail


def median_interval(values: ArrayLike, unit_of_row: Codes | None = None) -> Interval:
    """The interval of the median of one number a row; see `quantile_interval`."""
    return quantile_interval(values, 0.5, unit_of_row)


def quantile_interval(values: ArrayLike, share: float, unit_of_row: Codes | None) -> Interval:
    """The interval of a quantile of one number a row, between two of the numbers themselves.

    `values`: shape (n,). Independent rows: the ranks are those of the binomial distribution, and
    the coverage holds whatever the distribution (Conover, Practical Nonparametric Statistics, 3.2).
    `unit_of_row`: rows that belong together; the ranks are then those of Wilson's interval of the
    share of rows below, with the error that the units show (Woodruff, 1952).
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if unit_of_row is None:
        return _between(
            ordered, *_binomial_ranks(len(ordered), share), counted(len(ordered), "rows")
        )
    below = np.asarray(values) <= np.quantile(ordered, share)
    spread = _spread_of_share(below.astype(np.float64), unit_of_row)
    units = int(unit_of_row.max()) + 1
    if units < FEWEST_UNITS or not spread.error > 0:
        return withheld(f"{units} units are too few for an interval of this quantile")
    effective = share * (1 - share) / spread.error**2
    low, high = wilson_bounds(share, effective, quantile_of_t(spread.freedom))
    ranks = int(np.floor(low * len(ordered))), int(np.ceil(high * len(ordered))) + 1
    return _between(ordered, *ranks, f"{len(ordered)} rows in {counted(units, 'units')}")


def _binomial_ranks(n: int, share: float) -> tuple[int, int]:
    """The ranks, from 1, between which the quantile lies with at least 95 %."""
    low, high = (binomial_quantile(q, n, share) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return low, high + 1


def binomial_quantile(q: float, n: int, share: float) -> int:
    """The smallest count whose distribution function reaches q, as scipy.stats.binom.ppf has it.

    Without importing scipy.stats, which would cost every web process half a second.
    """
    count = int(np.ceil(bdtrik(q, n, share)))
    before = max(count - 1, 0)
    return before if bdtr(before, n, share) >= q else count


def _spread_of_share(below: Floats, unit_of_row: Codes) -> Spread:
    sums, rows = np.bincount(unit_of_row, weights=below), np.bincount(unit_of_row)
    return spread_of((sums - below.mean() * rows) * len(rows) / len(below))


def _between(ordered: Floats, low: int, high: int, of: str) -> Interval:
    if low < 1 or high > len(ordered):
        return withheld(f"{of} are too few for an interval of this quantile")
    bounds = float(ordered[low - 1]), float(ordered[high - 1])
    if bounds[0] == bounds[1]:
        return withheld("most rows have the same value")
    return Interval(bounds, f"order statistics of {of}")
