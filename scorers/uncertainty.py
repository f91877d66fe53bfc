"""How sure a score is: its replicates, its interval, and what both are made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.comparison import Comparison, ScoreResult, compare
from scorers.sampling.influence import Spread, influence_of, spread_of
from scorers.sampling.intervals import (
    FEWEST_UNITS,
    LEVEL,
    Interval,
    always_withheld,
    expanded_tails,
    mean_of_shares_interval,
    median_interval,
    percentile_interval,
    quantile_interval,
    wilson_interval,
    withheld,
)
from scorers.sampling.losses import losses_of
from scorers.sampling.ranks import RankRange, leaders, rank_ranges
from scorers.sampling.resampling import Resampling
from scorers.sampling.studentised import studentised_interval
from scorers.sampling.terms import Codes, Floats, Sums

__all__ = [
    "LEVEL",
    "Comparison",
    "Evidence",
    "Interval",
    "Range",
    "RankRange",
    "ScoreResult",
    "always_withheld",
    "compare",
    "expanded_tails",
    "fewest_of_a_class",
    "leaders",
    "mean_of_shares_interval",
    "median_interval",
    "percentile_interval",
    "quantile_interval",
    "rank_ranges",
    "resampled_result",
    "studentised_interval",
    "wilson_interval",
    "withheld",
]

_LEAST_DEFINED = 0.5


class Range(NamedTuple):
    """Between what a metric lies; infinite where it has no end."""

    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of a score when its interval is made; see `Scorer.interval_of`."""

    value: float
    within: Range
    plan: Resampling
    replicates: Floats | None
    influence: Floats | None

    @property
    def unit_of_row(self) -> Codes | None:
        """Which rows belong together, shape (n,); None where each is a unit of its own."""
        return self.plan.unit_of_row


def resampled_result(
    value: float,
    plan: Resampling,
    terms: Sums | None,
    rescore: Callable[[Codes], float],
    own_interval: Callable[[], Interval | None] | None = None,
    *,
    interval_of: Callable[[Evidence], Interval | None] | None = None,
    within: Range = Range(),  # noqa: B008
) -> ScoreResult:
    """The value with replicates (by sums where there are terms, else outright) and interval.

    `own_interval`: a better interval than the usual, for rows that are units of their own;
    `interval_of`: one from all the evidence, for units too. None from either: the usual one, of
    `studentised_interval`.
    """
    if plan.units <= 1:
        return ScoreResult(value, None, withheld(_ONE_UNIT).method, None)
    sums = None if terms is None else plan.group_sums(terms)
    evidence = Evidence(
        value=value,
        within=within,
        plan=plan,
        replicates=_replicates(value, plan, terms, sums, rescore),
        influence=None if terms is None or sums is None else influence_of(terms, sums),
    )
    interval = interval_of(evidence) if interval_of is not None else None
    if interval is None and own_interval is not None and plan.unit_of_row is None:
        interval = own_interval()
    interval = interval or usual_interval(evidence)
    known = evidence.influence is not None and bool(np.isfinite(evidence.influence).all())
    return ScoreResult(
        value,
        interval.bounds,
        interval.method,
        evidence.replicates,
        evidence.influence if known else None,
        losses_of(terms, sums),
        plan.key,
    )


_ONE_UNIT = "one unit cannot show how units vary"


def _replicates(
    value: float,
    plan: Resampling,
    terms: Sums | None,
    sums: Floats | None,
    rescore: Callable[[Codes], float],
) -> Floats | None:
    if plan.replicates < 1:
        return None
    if terms is None or sums is None:
        return plan.replicate_outright(rescore, value)
    return plan.replicate_sums(terms, sums)


def usual_interval(evidence: Evidence) -> Interval:
    """Student's t on the scale of the range, with the error that the units or replicates show."""
    plan = evidence.plan
    if plan.units < FEWEST_UNITS:
        return withheld(f"{plan.of_units} are too few to show how they vary")
    spread = _spread(evidence)
    if isinstance(spread, Interval):
        return spread
    return studentised_interval(evidence.value, spread, *evidence.within, of=_how(evidence))


def _spread(evidence: Evidence) -> Spread | Interval:
    """The value's error, or why it is not known."""
    if evidence.influence is not None:
        if not np.isfinite(evidence.influence).all():
            return withheld(f"without one of the {evidence.plan.noun} the metric is not defined")
        return spread_of(evidence.influence)
    if evidence.replicates is None:
        return withheld("there are no replicates")
    defined = evidence.replicates[np.isfinite(evidence.replicates)]
    if len(defined) < max(2, _LEAST_DEFINED * len(evidence.replicates)):
        return withheld("the metric is not defined on most resamples")
    units = evidence.plan.units
    return Spread(float(defined.std(ddof=1) * np.sqrt(units / (units - 1))), units - 1.0)


def _how(evidence: Evidence) -> str:
    plan = evidence.plan
    if evidence.influence is not None:
        grouped = f", in {plan.groups} groups" if plan.groups < plan.units else ""
        return f"{plan.of_units}{grouped}"
    drawn = plan.drawn_units
    part = "" if drawn == plan.units else f"{drawn} of "
    return f"{plan.replicates} outright resamples of {part}{plan.of_units}"


def fewest_of_a_class(truth: NDArray[np.generic], unit_of_row: Codes | None) -> int:
    """In how many units the rarest class of the truth occurs (of rows that are units: its size).

    `truth`: shape (n,), or (n, labels) of 0 and 1, where the classes are both values of each label.
    """
    columns = truth[:, None] if truth.ndim == 1 else truth
    return min(_fewest(column, unit_of_row) for column in columns.T)


def _fewest(column: NDArray[np.generic], unit_of_row: Codes | None) -> int:
    _, codes = np.unique(column, return_inverse=True)
    if unit_of_row is not None:
        codes = np.unique(codes * (int(unit_of_row.max()) + 1) + unit_of_row)
        codes = codes // (int(unit_of_row.max()) + 1)
    return int(np.bincount(codes).min())
