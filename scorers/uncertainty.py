"""How sure a score is: intervals from replicates, paired comparisons, ranges of ranks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtrit

from scorers.resampling import Resampling
from scorers.terms import Codes, Floats, Sums

LEVEL = 0.95
_LEAST_DEFINED = 0.5


class Interval(NamedTuple):
    """Bounds, or None and the reason in `method`."""

    bounds: tuple[float, float] | None
    method: str


@dataclass(frozen=True, eq=False)
class ScoreResult:
    """A score with its 95 % interval (`method` names it, or says why there is none).

    `replicates`: the metric on the evaluation's resamples, shape (R,), or None.
    """

    value: float
    interval: tuple[float, float] | None
    method: str
    replicates: Floats | None


class Comparison(NamedTuple):
    """A paired difference a - b with its interval and the p-value of no difference."""

    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    method: str


class RankRange(NamedTuple):
    """A confidence set for a rank, and the share of the replicates in which the team is first."""

    best: int
    worst: int
    first: float


def withheld(reason: str) -> Interval:
    """No interval, and why."""
    return Interval(None, f"withheld: {reason}")


def resampled_result(
    value: float,
    plan: Resampling,
    terms: Sums | None,
    rescore: Callable[[Codes], float],
    own_interval: Callable[[], Interval | None] | None = None,
) -> ScoreResult:
    """The value with replicates (by sums where there are terms, else outright) and interval.

    `own_interval`: a better interval than the percentiles, for rows that are units of their own.
    """
    if plan.units <= 1 or plan.replicates < 1:
        reason = "one unit cannot show how units vary" if plan.units <= 1 else "no replicates"
        return ScoreResult(value, None, withheld(reason).method, None)
    replicates = (
        plan.replicate_outright(rescore, value) if terms is None else plan.replicate_terms(terms)
    )
    independent = plan.unit_of_row is None
    interval = own_interval() if own_interval is not None and independent else None
    interval = interval or percentile_interval(replicates, plan.groups, how=_how(plan, terms))
    return ScoreResult(value, interval.bounds, interval.method, replicates)


def _how(plan: Resampling, terms: Sums | None) -> str:
    kind = "rows" if plan.unit_of_row is None else "units"
    if terms is not None:
        grouped = f", in {plan.groups} groups" if plan.groups < plan.units else ""
        return f"{plan.replicates} resamples of {plan.units} {kind}{grouped}"
    drawn = plan.drawn_units
    part = "" if drawn == plan.units else f"{drawn} of "
    return f"{plan.replicates} outright resamples of {part}{plan.units} {kind}"


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
    z = np.sqrt(units / (units - 1)) * stdtrit(units - 1, (1 - LEVEL) / 2)
    tail = float(ndtr(z))
    return tail, 1 - tail


def wilson_interval(share: float, n: int) -> Interval:
    """Wilson's score interval for a proportion of n independent rows (Wilson, 1927)."""
    z = float(ndtri((1 + LEVEL) / 2))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = float(centre - half), float(centre + half)
    return Interval((max(0.0, min(low, share)), min(1.0, max(high, share))), "Wilson")


def compare(a: ScoreResult, b: ScoreResult) -> Comparison:
    """The paired difference of two submissions scored under the same resamples.

    The interval is the percentile interval of the paired differences. The p-value is two-sided,
    from the differences recentred at zero: (1 + #{|d_r - mean d| >= |d|}) / (1 + R).
    Raises: ValueError when the two have different numbers of replicates.
    """
    difference = a.value - b.value
    if a.replicates is None or b.replicates is None:
        return Comparison(difference, None, None, "withheld: there are no replicates to pair")
    if a.replicates.shape != b.replicates.shape:
        raise ValueError("the two were not scored under the same resamples.")
    paired = a.replicates - b.replicates
    paired = paired[np.isfinite(paired)]
    if len(paired) == 0:
        return Comparison(difference, None, None, "withheld: not defined on the resamples")
    low, high = np.quantile(paired, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    extreme = np.abs(paired - paired.mean()) >= abs(difference) - 1e-12 * max(1.0, abs(a.value))
    p_value = (1 + int(extreme.sum())) / (1 + len(paired))
    return Comparison(difference, (float(low), float(high)), p_value, "paired percentiles")


def rank_ranges(
    replicates: ArrayLike,
    higher_is_better: bool,
    level: float = LEVEL,
    values: ArrayLike | None = None,
) -> list[RankRange]:
    """For each team the confidence set of its rank, by simultaneous paired differences.

    `replicates`: shape (teams, R), under the same resamples; `values`: the scores, shape (teams,)
    (by default the replicates' means). A team's set runs from 1 + the number of teams
    significantly better to the number of teams minus those significantly worse, where the critical
    value is the quantile of the largest studentised difference over all pairs (Mogstad, Romano,
    Shaikh and Wilhelm, Inference for Ranks, Review of Economic Studies, 2024).
    """
    sign = 1.0 if higher_is_better else -1.0
    matrix = sign * np.atleast_2d(np.asarray(replicates, dtype=np.float64))
    matrix = matrix[:, np.isfinite(matrix).all(axis=0)]
    teams, count = matrix.shape
    if count < 2:
        return [RankRange(1, teams, 1 / max(teams, 1)) for _ in range(teams)]
    points = matrix.mean(axis=1) if values is None else sign * np.asarray(values, dtype=np.float64)
    better = _significantly_better(matrix, points, level)
    best, worst = 1 + better.sum(axis=0), teams - better.sum(axis=1)
    first = _shares_first(matrix)
    return [RankRange(int(b), int(w), float(f)) for b, w, f in zip(best, worst, first, strict=True)]


def _significantly_better(matrix: Floats, points: Floats, level: float) -> np.ndarray:
    """Shape (teams, teams): whether the row's team is significantly better than the column's."""
    teams, count = matrix.shape
    errors, largest = np.zeros((teams, teams)), np.zeros(count)
    tiny = 1e-12 * max(1.0, float(np.abs(matrix).max()))
    for j in range(teams - 1):
        apart = matrix[j] - matrix[j + 1 :]
        apart -= apart.mean(axis=1, keepdims=True)
        error = np.sqrt(np.einsum("kr,kr->k", apart, apart) / (count - 1))
        errors[j, j + 1 :] = errors[j + 1 :, j] = error
        varies = error > tiny
        if varies.any():
            apart = np.abs(apart[varies]) / error[varies, None]
            np.maximum(largest, apart.max(axis=0), out=largest)
    critical = np.quantile(largest, level)
    gap = points[:, None] - points[None, :]
    return gap > np.maximum(critical * errors, tiny)


def _shares_first(matrix: Floats) -> Floats:
    """The share of replicates in which each team is first; a tie at the top is split."""
    top = matrix == matrix.max(axis=0)
    shares: Floats = (top / top.sum(axis=0)).mean(axis=1)
    return shares
