"""A metric of two groupings to first and second order in the rows, and the interval from that."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from scorers.sampling.terms import Floats
from scorers.uncertainty import LEVEL, Interval, withheld

_ROUNDING = 1e-9
_MOST_BIAS = 0.5


class Expanded(NamedTuple):
    """How far each row moves the value, shape (n,), and the noise that is left where none does.

    `bias`: how far the value is too high on average; `worst_bias`: how far it is at most.
    """

    influence: Floats
    noise: float
    bias: float = 0.0
    worst_bias: float = 0.0

    def interval(self, value: float) -> Interval:
        """Normal on Fisher's scale (artanh), around the value less its bias."""
        first = float(self.influence.std()) / np.sqrt(len(self.influence))
        if first < _ROUNDING or value >= 1:
            return withheld("the rows at hand do not show how the agreement varies")
        if self.worst_bias > _MOST_BIAS * first:
            return withheld("with so many clusters for the rows its bias exceeds its error")
        centre = value - self.bias
        half = -float(ndtri((1 - LEVEL) / 2)) * float(np.hypot(first, self.noise))
        ends = np.tanh(np.arctanh(centre) + np.array([-1, 1]) * half / (1 - centre**2))
        return Interval((float(ends[0]), float(ends[1])), "delta method, on Fisher's scale")
