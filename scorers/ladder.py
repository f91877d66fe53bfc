"""The Ladder: a score is released when it beats the last one released by more than noise.

Blum and Hardt, The Ladder: A Reliable Leaderboard for Machine Learning Competitions (ICML 2015),
in its form without parameters. What nobody is told can't be learned from: a score that is no
significant improvement is answered with the last one again.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np

from scorers.sampling.losses import Losses
from scorers.sampling.terms import Floats

_LEAST_DEFINED = 0.5
# A larger number of steps than this can't be told from none: float64 has no more digits.
_MOST_STEPS = 2.0**53


class Form(StrEnum):
    """What a difference of two submissions is measured by."""

    LOSSES = "losses"
    REPLICATES = "replicates"


class Scored(Protocol):
    """What the ladder needs of a result: see `ScoreResult` and `BoardResult`."""

    @property
    def value(self) -> float:
        """The metric."""

    @property
    def replicates(self) -> Floats | None:
        """It on the resamples of the evaluation, shape (R,)."""

    @property
    def losses(self) -> Losses | None:
        """The losses of the rows, where it is a mean of them."""


@dataclass(frozen=True, eq=False)
class Rung:
    """A submission on its way up.

    `evidence`: the spread of the losses, shape (groups,), or the replicates, shape (R,), by `form`;
    None where neither is known. `power`: the value to this power is the mean loss. `per_unit`: how
    many steps of the grid a unit of the value has (None: it is not rounded).
    """

    value: float
    form: Form | None = None
    evidence: Floats | None = None
    power: int = 1
    per_unit: float | None = None


class Step(NamedTuple):
    """What is said of a submission: the released value, and whether it became better with it.

    `error`: the standard error of the difference to the best before; None where it is not known.
    `against`: the position of that best, None for the first.
    """

    released: float
    improved: bool
    error: float | None
    against: int | None


def rung_of(result: Scored) -> Rung:
    """A result as the ladder sees it: by the losses of its rows, else by its replicates."""
    if result.losses is not None:
        return _rung_of_losses(result.value, result.losses)
    error = None if result.replicates is None else _deviation(result.replicates)
    if error is None:
        return Rung(result.value)
    grid = _decimal_grid(result.value, error)
    return Rung(result.value, Form.REPLICATES, result.replicates, per_unit=grid)


def _rung_of_losses(value: float, losses: Losses) -> Rung:
    error, power = _error_of(losses.spread), losses.power
    if power != 1 and value > 0:
        # The slope of the root: what an error of the mean loss is on the metric's own scale.
        error /= power * value ** (power - 1)
    grid = float(losses.rows) if losses.rows else _decimal_grid(value, error)
    return Rung(value, Form.LOSSES, losses.spread, power, grid)


def _error_of(spread: Floats) -> float:
    """The standard error of the mean whose spread by group this is: std(l) / sqrt(n)."""
    groups = len(spread)
    if groups < 2:
        return math.inf
    return float(np.sqrt(groups / (groups - 1)) * np.linalg.norm(spread))


def _deviation(replicates: Floats) -> float | None:
    """Their standard deviation; None where too few are defined to say."""
    defined = replicates[np.isfinite(replicates)]
    if len(defined) < max(2.0, _LEAST_DEFINED * len(replicates)):
        return None
    return float(defined.std(ddof=1))


def _decimal_grid(value: float, error: float) -> float | None:
    """How many steps a unit has: a power of ten, a tenth to a hundredth of the error each."""
    if not 0 < error < math.inf:
        return None
    per_unit = 10.0 ** (1 - math.floor(math.log10(error)))
    return per_unit if abs(value) * per_unit < _MOST_STEPS else None


def paired_error(new: Rung, best: Rung) -> float | None:
    """The standard error of the difference of two submissions; None where it is not known.

    By losses: std(l_new - l_best) / sqrt(n), the paper's. By replicates: the standard deviation of
    their differences, which is that error already.
    """
    if new.evidence is None or best.evidence is None or new.form is not best.form:
        return None
    if new.evidence.shape != best.evidence.shape:
        return None
    paired = new.evidence - best.evidence
    if new.form is Form.LOSSES:
        error = _error_of(paired)
        return error if math.isfinite(error) else None
    return _deviation(paired)


def first_step(rung: Rung) -> Step:
    """What is said of a first submission: nothing was released, so it is, on the grid."""
    return Step(_on_grid(rung), True, None, None)


def next_step(
    rung: Rung,
    *,
    released: float,
    error: float | None,
    higher_is_better: bool,
    against: int | None = None,
) -> Step:
    """What is said of a submission after the last released value and the error against its file.

    Released where the mean loss is below the released one by more than the error, and the value on
    the grid is better too; else the last one again. Without an error nothing is shown to be better.
    """
    sign = -1.0 if higher_is_better else 1.0

    def loss(value: float) -> float:
        return sign * value**rung.power

    value = _on_grid(rung)
    improved = error is not None and loss(rung.value) < loss(released) - error
    improved = improved and loss(value) < loss(released)
    return Step(value if improved else released, improved, error, against)


def _on_grid(rung: Rung) -> float:
    per_unit = rung.per_unit
    return rung.value if per_unit is None else round(rung.value * per_unit) / per_unit


def climb(
    rungs: Sequence[Rung],
    *,
    higher_is_better: bool,
    error_of: Callable[[int, int], float | None] | None = None,
) -> list[Step]:
    """What is said of each submission of a team, in the order in which they were received.

    `error_of(new, best)`: the error of the difference of two positions; by default it is computed
    from their evidence.
    """
    steps: list[Step] = []
    best = 0
    for at, rung in enumerate(rungs):
        if at == 0:
            steps.append(first_step(rung))
            continue
        error = paired_error(rung, rungs[best]) if error_of is None else error_of(at, best)
        steps.append(
            next_step(
                rung,
                released=steps[-1].released,
                error=error,
                higher_is_better=higher_is_better,
                against=best,
            )
        )
        best = at if steps[-1].improved else best
    return steps
