"""Two submissions side by side: the paired difference, its interval and its p-value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scorers.sampling.influence import spread_of
from scorers.sampling.intervals import FEWEST_UNITS, LEVEL, quantile_of_t
from scorers.sampling.losses import Losses
from scorers.sampling.terms import Floats

_ROUNDING = 1e-11
_METHOD = "paired: t interval, p-value by turned signs"
_OTHER_RESAMPLES = "the two were not scored under the same resamples."
_TURNS, _TURNS_AT_ONCE = 4000, 500
_OURS = 0x5652_5355


@dataclass(frozen=True, eq=False)
class ScoreResult:
    """A score with its 95 % interval (`method` names it, or says why there is none).

    `replicates`: the metric on the evaluation's resamples, shape (R,), or None. `influence`: how
    far each group of units moves the value, shape (groups,), or None where that is not known.
    `losses`: those of the rows, where the metric is a mean of them. `resamples`: what tells the
    resamples from others (`Resampling.key`), or None where that is not known.
    """

    value: float
    interval: tuple[float, float] | None
    method: str
    replicates: Floats | None
    influence: Floats | None = None
    losses: Losses | None = None
    resamples: tuple[int, int, int] | None = None


class Comparison(NamedTuple):
    """A paired difference a - b with its interval and the p-value of no difference."""

    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    method: str


def compare(a: ScoreResult, b: ScoreResult) -> Comparison:
    """The paired difference of two submissions scored under the same resamples.

    Where both know how far each unit moves them: the t interval of the paired influences (of areas:
    DeLong's), with degrees of freedom for how few units the two differ in (`influence.spread_of`),
    and the p-value of turning the sign of each unit's difference at random (Fisher's; for
    accuracies McNemar's test with mid-p), which holds whatever the tails. Else from the replicates:
    the percentile interval of the differences, and (1 + #{|d_r - mean d| >= |d|}) / (1 + R).
    Raises: ValueError when the two were not scored under the same resamples.
    """
    if None not in (a.resamples, b.resamples) and a.resamples != b.resamples:
        raise ValueError(_OTHER_RESAMPLES)
    if a.replicates is not None and b.replicates is not None:
        _require_same_shape(a.replicates, b.replicates)
    if a.influence is not None and b.influence is not None:
        _require_same_shape(a.influence, b.influence)
        return _compare_influences(a.value - b.value, a.influence - b.influence, abs(a.value))
    if a.replicates is None or b.replicates is None:
        return _withheld(a.value - b.value, "there are no replicates to pair")
    return _compare_replicates(a.value - b.value, a.replicates - b.replicates, abs(a.value))


def _require_same_shape(a: Floats, b: Floats) -> None:
    if a.shape != b.shape:
        raise ValueError(_OTHER_RESAMPLES)


def _withheld(difference: float, reason: str) -> Comparison:
    return Comparison(difference, None, None, f"withheld: {reason}")


def _compare_influences(difference: float, paired: Floats, size: float) -> Comparison:
    if len(paired) < FEWEST_UNITS:
        return _withheld(difference, f"{len(paired)} units are too few to compare by")
    spread = spread_of(paired)
    tiny = _ROUNDING * max(1.0, size)
    if spread.error <= tiny:
        same = abs(difference) <= tiny
        p_value = 1.0 if same else 2.0 ** (1 - len(paired))
        return Comparison(difference, (difference, difference), p_value, "the same for every unit")
    half = quantile_of_t(spread.freedom) * spread.error
    bounds = difference - half, difference + half
    return Comparison(difference, bounds, _p_value(paired + difference, tiny), _METHOD)


def _p_value(differences: Floats, tiny: float) -> float:
    """Two-sided, of no difference: how often random signs give a mean as far from 0.

    `differences`: of each unit, shape (groups,). A mean exactly as far counts half (Lancaster's
    mid-p, 1961), else ties would make the test too timid.
    """
    observed = abs(differences.mean())
    if observed <= tiny:
        return 1.0
    means = np.abs(np.concatenate([s @ differences for s in _signs(len(differences))]))
    means /= len(differences)
    near = 1e-9 * observed
    further, ties = (means > observed + near).sum(), (np.abs(means - observed) <= near).sum()
    return float((further + (ties + 1) / 2) / (_TURNS + 1))


def _signs(groups: int) -> Iterator[Floats]:
    """The same random signs every time, in blocks of shape (some turns, groups)."""
    bits = np.random.PCG64(np.random.SeedSequence([_OURS, groups]))
    for _ in range(_TURNS // _TURNS_AT_ONCE):
        words = bits.random_raw(_TURNS_AT_ONCE * groups // 64 + 1).astype("<u8").view(np.uint8)
        turned = np.unpackbits(words)[: _TURNS_AT_ONCE * groups].reshape(_TURNS_AT_ONCE, groups)
        yield 1 - 2 * turned.astype(np.float64)


def _compare_replicates(difference: float, paired: Floats, size: float) -> Comparison:
    paired = paired[np.isfinite(paired)]
    if len(paired) == 0:
        return _withheld(difference, "not defined on the resamples")
    low, high = np.quantile(paired, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    extreme = np.abs(paired - paired.mean()) >= abs(difference) - 1e-12 * max(1.0, size)
    p_value = (1 + int(extreme.sum())) / (1 + len(paired))
    return Comparison(difference, (float(low), float(high)), p_value, "paired percentiles")
