"""Naive2, the yardstick of the M4 competition: the last value, after the season is taken out.

Its rules are those of the competition's code (`Benchmarks and Evaluation.R` of M4-methods), with
R's `acf` and `decompose`.
"""

import numpy as np

from scorers.sampling.terms import Codes, Floats
from scorers.sentences import sentence

# The normal quantile of a two-sided test at 90 %.
_CRITICAL = 1.645


def naive2(history: Floats, steps: Codes, period: int) -> Floats:
    """The forecasts for some steps after a history: 1 is the step next to its last value.

    Raises: ValueError where the season of the history can't be taken out.
    """
    if not is_seasonal(history, period):
        return np.full(len(steps), history[-1])
    season = seasonal_indices(history, period)
    if not (np.isfinite(season).all() and season.all()):
        raise ValueError(sentence("its season can't be taken out: that takes numbers above 0."))
    last = len(history) - 1
    forecasts: Floats = history[-1] / season[last % period] * season[(last + steps) % period]
    return forecasts


def is_seasonal(history: Floats, period: int) -> bool:
    """Whether the autocorrelation at the period is beyond its 90 % limit (Bartlett's)."""
    n = len(history)
    # R's acf looks at 10 log10(n) lags; the competition took an unknown one for no season.
    if period == 1 or n < 3 * period or period > np.floor(10 * np.log10(n)):
        return False
    centred = history - history.mean()
    if not centred.any():
        return False
    lags = [float(centred[k:] @ centred[:-k]) for k in range(1, period + 1)]
    correlations = np.array(lags) / float(centred @ centred)
    limit = _CRITICAL / np.sqrt(n) * np.sqrt(1 + 2 * (correlations[:-1] ** 2).sum())
    return bool(abs(correlations[-1]) > limit)


def seasonal_indices(history: Floats, period: int) -> Floats:
    """The season by classical multiplicative decomposition, shape (period,): the mean is 1."""
    window = np.ones(period)
    if period % 2 == 0:
        window = np.concatenate([[0.5], np.ones(period - 1), [0.5]])
    half = len(window) // 2
    trend = np.convolve(history, window / period, mode="valid")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = history[half : half + len(trend)] / trend
    at = (half + np.arange(len(trend))) % period
    means = np.bincount(at, weights=ratios, minlength=period) / np.bincount(at, minlength=period)
    indices: Floats = means / means.mean()
    return indices
