"""Wilson's interval for the metrics of one class that are shares of rows, or follow from one.

Of the rows that are given the class (precision), have it (recall), or either (Jaccard), how many
are right is binomial. F1 is 2J / (1 + J) of the Jaccard index J, which keeps the order: the bounds
of the one are those of the other.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.counting import counted
from scorers.uncertainty import Interval, wilson_interval

Array = NDArray[Any]
Rows = NDArray[np.bool_]


def share_interval(
    asked: Callable[[Rows, Rows], Rows], of_share: Callable[[float], float] = float
) -> Callable[..., Interval | None]:
    """Return `interval=` of a metric whose binary average is `of_share` of a share of rows.

    `asked(true, given)`: which rows the share is of, each of shape (n,); the right ones are those
    that are both. None, for the usual interval, with another average, several labels a row, or
    no such row.
    """

    def interval(
        truth: Array, prediction: Array, *, average: str, pos_label: Any, **_: Any
    ) -> Interval | None:
        """Wilson's, of one class with one label a row; the usual for other averages."""
        if truth.ndim != 1 or average != "binary":
            return None
        true, given = truth == pos_label, prediction == pos_label
        rows = int(asked(true, given).sum())
        if not rows:
            return None
        bounds, method = wilson_interval(float((true & given).sum()) / rows, rows)
        assert bounds is not None, "Wilson's is never withheld"
        told = f"{method}, from {counted(rows, 'rows')}"
        return Interval((of_share(bounds[0]), of_share(bounds[1])), told)

    return interval


def f1_of_jaccard(share: float) -> float:
    """The F1 that goes with a Jaccard index."""
    return 2 * share / (1 + share)
