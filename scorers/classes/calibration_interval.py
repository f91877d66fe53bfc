"""An interval for a sum of absolute means, whose estimate is biased upwards.

The estimate is T = Σ |t_b| over bins, t_b the mean over all rows of the gap of the rows in bin b;
what it estimates is θ = Σ |m_b|, m_b the mean of t_b. Where m_b is near 0 the noise of |t_b| only
adds, so T - θ is not centred at 0 and no percentile interval holds.

Above: Σ sign(m_b) t_b is normal around θ and at most T, so θ is at most T + 1.96 times its error.
Below: |m + noise| - |m| is the larger the nearer m is to 0, so the bins whose mean is not clearly
apart from 0 are taken to be at 0, and the excess of T over θ is simulated (the generalised moment
selection of Andrews and Soares, Econometrica 78, 2010).
"""

import numpy as np
from scipy.special import ndtri

from scorers.sampling.terms import Codes, Floats
from scorers.uncertainty import LEVEL, Interval

_DRAWS = 4000
_TAIL = (1 - LEVEL) / 2


def gap_interval(gaps: Floats, bins: Codes) -> Interval:
    """The interval of Σ_b |mean of gaps over all rows, where they are in bin b| at 95 %."""
    n = len(gaps)
    means = np.bincount(bins, weights=gaps) / n
    squares = np.bincount(bins, weights=gaps**2) / n
    value = float(np.abs(means).sum())
    spread = float(np.sqrt(max(0.0, float(np.mean(gaps**2)) - value**2) / n))
    high = value - ndtri(_TAIL) * spread
    low = value - _excess(means, squares, n)
    bounds = (float(max(0.0, min(low, value))), float(min(1.0, high)))
    return Interval(bounds, "normal above, moment selection below, for the bias of absolute values")


def _excess(means: Floats, squares: Floats, n: int) -> float:
    """How far the estimate is above what it estimates, at most, in 97.5 % of samples."""
    apart = np.abs(means) > np.sqrt(np.log(n) * np.maximum(0.0, squares - means**2) / n)
    centre = np.where(apart, np.abs(means), 0.0)
    errors = np.sqrt(np.maximum(0.0, squares - centre**2) / n)
    noise = np.random.default_rng(0).standard_normal((_DRAWS, len(means))) * errors
    excess = (np.abs(centre + noise) - centre).sum(axis=1)
    return float(np.quantile(excess, 1 - _TAIL))
