"""Metrics that are no function of a few sums, but are quick to compute from weights of the rows."""

from collections.abc import Callable

import numpy as np

from scorers.sampling.terms import Codes, Floats


class Reweighted:
    """A metric of how often each row counts, in the form that the resampling asks for.

    `compute(weights, group)`: weights of groups of rows, shape (resamples, groups), and the group
    of each row, shape (rows,), to the values, shape (resamples,). The sums are those weights: each
    group adds 1 to its own. So the groups of the last call of `grouped` are what `finish` is about.
    """

    is_mean = False

    def __init__(self, rows: int, compute: Callable[[Floats, Codes], Floats]) -> None:
        self._compute = compute
        self._group: Codes = np.zeros(rows, dtype=np.int64)
        self._count = 1

    @property
    def width(self) -> int:
        """How many sums there are, the number of rows among them."""
        return self._count + 1

    def grouped(self, groups: Codes, count: int) -> Floats:
        """Each group's own weight, 1, and its number of rows; shape (count, count + 1)."""
        self._group, self._count = groups, count
        rows = np.bincount(groups, minlength=count)[:, None]
        return np.concatenate([np.eye(count), rows], axis=1)

    def finish(self, sums: Floats, n: Floats) -> Floats:
        """The values of shape (...) from weights of shape (..., groups)."""
        weights = sums.reshape(-1, sums.shape[-1])
        return self._compute(weights, self._group).reshape(sums.shape[:-1])

    def value(self) -> float:
        """The metric over all rows, each counting once."""
        totals = self.grouped(np.zeros_like(self._group), 1)
        return float(self.finish(totals[:, :-1], totals[:, -1])[0])
