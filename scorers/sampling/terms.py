"""Metrics as functions of sums: the per-row terms, and how their sums become the value.

A metric of this form is resampled by summing its terms over groups of rows once, and weighting
the groups' sums afterwards: O(n + replicates * groups) however slow the metric itself is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


class Sums(Protocol):
    """A metric as a function of sums over rows: what the resampling needs to know of it."""

    @property
    def is_mean(self) -> bool:
        """Whether the value is the mean of one number a row."""

    @property
    def width(self) -> int:
        """How many sums there are, the number of rows among them."""

    def grouped(self, groups: Codes, count: int) -> Floats:
        """Sums by group, shape (count, k + 1); the last column is the number of rows."""

    def finish(self, sums: Floats, n: Floats) -> Floats:
        """The values of shape (...) from sums of shape (..., k) and n of shape (...)."""

    def value(self) -> float:
        """The metric over all rows, from its sums."""


@dataclass(frozen=True, eq=False)
class Terms:
    """Row terms and their finish.

    `columns`: float terms, each of shape (n,). `cells`: integer codes of shape (n,) below `size`;
    each adds 1 in the column of its code (a one-hot term that is never written out).
    `finish(sums, n)`: sums of shape (..., k), n of shape (...), to values of shape (...); NaN
    where the metric is not defined. k is len(columns) + size of each of the cells, in order.
    `is_mean`: the value is the mean of the only column (a loss of single rows).
    `power`: the value to this power is a mean of losses: the first column summed, over the sum of
    the second (weights that no prediction changes) or, without one, the number of rows.
    """

    finish: Callable[[Floats, Floats], Floats]
    columns: tuple[Floats, ...] = ()
    cells: tuple[Codes, ...] = ()
    size: int = 0
    is_mean: bool = False
    power: int | None = None

    @property
    def width(self) -> int:
        """How many sums there are, the number of rows among them."""
        return len(self.columns) + self.size * len(self.cells) + 1

    def grouped(self, groups: Codes, count: int) -> Floats:
        """Sums of the terms by group, shape (count, k + 1); the last column is the rows' number."""
        sums = [self._grouped_column(column, groups, count) for column in self.columns]
        sums += [self._grouped_cells(codes, groups, count) for codes in self.cells]
        rows = np.bincount(groups, minlength=count).astype(np.float64)
        return np.concatenate([*sums, rows[:, None]], axis=1)

    @staticmethod
    def _grouped_column(column: Floats, groups: Codes, count: int) -> Floats:
        sums = np.bincount(groups, weights=column, minlength=count)
        return sums.astype(np.float64)[:, None]

    def _grouped_cells(self, codes: Codes, groups: Codes, count: int) -> Floats:
        flat = np.bincount(groups * self.size + codes, minlength=count * self.size)
        return flat.reshape(count, self.size).astype(np.float64)

    def value(self) -> float:
        """The metric over all rows, from its sums."""
        rows = self.columns[0] if self.columns else self.cells[0]
        totals = self.grouped(np.zeros(len(rows), dtype=np.int64), 1)
        return float(self.finish(totals[:, :-1], totals[:, -1])[0])


@dataclass(frozen=True, eq=False)
class Joined:
    """Several metrics as one function of sums, each over all rows or over some.

    `parts`: the positions of a part's rows (None: all of them) and its terms. `combine(values, n)`:
    the parts' values, shape (..., parts), and the number of rows, to the joint value.
    """

    rows: int
    parts: Sequence[tuple[Codes | None, Sums]]
    combine: Callable[[Floats, Floats], Floats]
    is_mean: bool = False

    def grouped(self, groups: Codes, count: int) -> Floats:
        """Sums of all parts by group, each with its own number of rows, then the number of all."""
        sums = [
            part.grouped(groups if rows is None else groups[rows], count)
            for rows, part in self.parts
        ]
        everything = np.bincount(groups, minlength=count).astype(np.float64)
        return np.concatenate([*sums, everything[:, None]], axis=1)

    def finish(self, sums: Floats, n: Floats) -> Floats:
        """The joint value."""
        values, start = [], 0
        for _, part in self.parts:
            own = sums[..., start : start + part.width]
            values.append(part.finish(own[..., :-1], own[..., -1]))
            start += part.width
        return self.combine(np.stack(values, axis=-1), n)

    @property
    def width(self) -> int:
        """How many sums there are, the number of rows among them."""
        return sum(part.width for _, part in self.parts) + 1

    def value(self) -> float:
        """The joint value over all rows."""
        totals = self.grouped(np.zeros(self.rows, dtype=np.int64), 1)
        return float(self.finish(totals[:, :-1], totals[:, -1])[0])


def mean_of(losses: Floats) -> Terms:
    """The terms of a metric that is the mean of one number a row."""
    return Terms(finish=first_mean, columns=(losses,), is_mean=True, power=1)


def linearised(value: float, influence: Floats) -> Terms:
    """Terms of a smooth metric from the influence of each row: value + the mean influence."""
    return Terms(finish=lambda sums, n: value + divide(sums[..., 0], n), columns=(influence,))


def first_mean(sums: Floats, n: Floats) -> Floats:
    """The mean of the first term."""
    return divide(sums[..., 0], n)


def divide(numerator: Floats, denominator: Floats, otherwise: float = np.nan) -> Floats:
    """The quotient, and `otherwise` where the denominator is 0."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    out = np.full(shape, otherwise, dtype=np.float64)
    return np.divide(numerator, denominator, out=out, where=np.asarray(denominator) != 0)
