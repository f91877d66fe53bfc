"""The order of rising scores, found once for a score, its terms and its interval."""

import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.terms import Codes

Array = NDArray[Any]

# The array that was sorted last, as long as it lives, and its order.
_last: list[tuple["weakref.ref[Array]", Codes]] = []


def ascending(scores: Array) -> Codes:
    """An order in which the scores rise, shape (n,); where equal ones stand is not settled.

    The order of the array asked for last is remembered, and looked at before it is given again: it
    serves whatever stands in the array by then, as long as it still rises in this order.
    """
    for known, order in _last:
        if known() is scores and _rises(scores[order]):
            return order
    order = np.argsort(scores)
    _last[:] = [(weakref.ref(scores, lambda _: _last.clear()), order)]
    return order


def _rises(values: Array) -> bool:
    return bool((values[1:] >= values[:-1]).all())
