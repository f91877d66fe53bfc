"""What a test set can tell apart: the smallest difference of two scores that it detects."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from scorers.sampling.intervals import LEVEL
from scorers.sampling.terms import Floats

POWER = 0.8
_FEWEST_REPLICATES = 50


def smallest_detectable(error: float, *, level: float = LEVEL, power: float = POWER) -> float:
    """The difference that a two-sided test at `level` finds with probability `power`.

    `error`: the standard error of the paired difference. The difference is (1.96 + 0.84) times the
    error at 95 % and 80 % (Cohen, Statistical Power Analysis, 1988, chapter 2; for two accuracies
    on the same rows, with McNemar's error: Connor, Biometrics 43, 1987).

    >>> round(smallest_detectable(0.01), 4)
    0.028
    """
    return float((ndtri((1 + level) / 2) + ndtri(power)) * error)


def paired_error(a: ArrayLike, b: ArrayLike) -> float | None:
    """The standard error of the difference of two scores, from their replicates.

    `a`, `b`: shape (R,), under the same resamples. None where too few replicates are defined for
    both to say. Raises: ValueError when they have different shapes.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError("the two were not scored under the same resamples.")
    apart: Floats = first - second
    apart = apart[np.isfinite(apart)]
    if len(apart) < max(_FEWEST_REPLICATES, len(first) // 2):
        return None
    return float(apart.std(ddof=1))
