"""How two groupings of the same rows cross, and how far each row moves what is made of that."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.sampling.terms import Codes, Floats

Array = NDArray[Any]


def group_codes(names: Array) -> Codes:
    """Each name's number, shape (n,): which is all that a metric of groupings reads of it."""
    if names.dtype.kind in "OUS":
        column = pl.Series(names.astype(object), dtype=pl.String)
        return column.cast(pl.Categorical).to_physical().cast(pl.Int64).to_numpy()
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Crossing:
    """The shares of rows in each group and in each cell where two groups cross.

    `own`, `other`, `both`: for each row the share of rows in its group of the one grouping, of the
    other, and in its cell; each of shape (n,). `sizes`: the shares of the one grouping's groups and
    of the other's; `cells`: how many cells hold a row.
    """

    own: Floats
    other: Floats
    both: Floats
    sizes: tuple[Floats, Floats]
    cells: int

    @classmethod
    def of(cls, truth: Array, prediction: Array) -> "Crossing":
        """The crossing of two columns of names."""
        one, two = group_codes(truth), group_codes(prediction)
        n = len(one)
        cell = np.unique(one * (two.max() + 1) + two, return_inverse=True)[1]
        ones, twos, cells = (np.bincount(codes) / n for codes in (one, two, cell))
        sizes = (ones[ones > 0], twos[twos > 0])
        return cls(ones[one], twos[two], cells[cell], sizes, len(cells))

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.own)

    @cached_property
    def same(self) -> tuple[float, float, float]:
        """The chance that two rows share a group of the one, of the other, and a cell."""
        return float(self.own.mean()), float(self.other.mean()), float(self.both.mean())

    @property
    def same_moved(self) -> tuple[Floats, Floats, Floats]:
        """How far each row moves those three chances."""
        a, b, both = self.same
        return 2 * (self.own - a), 2 * (self.other - b), 2 * (self.both - both)

    @property
    def chance_noise(self) -> float:
        """The error of the chance to share a cell where the groupings have nothing in common.

        Then no row moves it by itself, and what is left is the second term of Hoeffding's
        decomposition: sqrt(2 k₁ k₂) / n, k the mean square of the centred chance to share a group.
        """
        k = [_centred_square(shares) for shares in self.sizes]
        return float(np.sqrt(2 * k[0] * k[1])) / self.n

    @cached_property
    def entropies(self) -> tuple[float, float, float]:
        """The entropies of the one and the other grouping, and their mutual information."""
        one, two = (float(-np.log(part).mean()) for part in (self.own, self.other))
        return one, two, float(np.log(self.both / (self.own * self.other)).mean())

    @property
    def entropies_moved(self) -> tuple[Floats, Floats, Floats]:
        """How far each row moves those three."""
        one, two, mutual = self.entropies
        information = np.log(self.both / (self.own * self.other))
        return -np.log(self.own) - one, -np.log(self.other) - two, information - mutual

    @property
    def information_bias(self) -> float:
        """How far the mutual information is too high on average (Miller, 1955)."""
        return (self.cells - len(self.sizes[0]) - len(self.sizes[1]) + 1) / (2 * self.n)

    @property
    def information_by_chance(self) -> float:
        """The mutual information that groupings with nothing in common show on average."""
        return (len(self.sizes[0]) - 1) * (len(self.sizes[1]) - 1) / (2 * self.n)

    @property
    def information_noise(self) -> float:
        """The error of the mutual information where the groupings have nothing in common."""
        freedom = 2 * self.n * self.information_by_chance
        return float(np.sqrt(2 * freedom)) / (2 * self.n)


def _centred_square(shares: Floats) -> float:
    squares, cubes = float((shares**2).sum()), float((shares**3).sum())
    return squares - 2 * cubes + squares**2
