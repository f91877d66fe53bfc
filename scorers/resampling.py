"""The resamples of an evaluation: which rows count how often, the same for every submission.

Rows are dealt into at most 4,096 groups by a seeded permutation (never by position in the file:
files are sorted), rows of one unit into one group, and groups are drawn with replacement. The
draws come from the raw output of PCG64, which is stable across versions of numpy, so replicates
kept in a database stay comparable with replicates computed later.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scorers.terms import Codes, Floats, Sums

MOST_GROUPS = 4096
OUTRIGHT_ROWS = 20_000_000
_DRAWS_AT_ONCE = 1 << 19
# Keeps our streams apart from data that an organiser drew with the same small seed.
_OURS = 0x5652_5354


@dataclass(frozen=True, eq=False)
class Resampling:
    """Resamples of n rows in `units` units; `unit_of_row` is None where each row is one."""

    n: int
    seed: int
    replicates: int
    units: int
    unit_of_row: Codes | None = None

    @classmethod
    def of(
        cls, n: int, *, seed: int, replicates: int, units: ArrayLike | None = None
    ) -> "Resampling":
        """The plan for n rows; `units` is a key for each row, or None."""
        if units is None:
            return cls(n=n, seed=seed, replicates=replicates, units=n)
        keys, codes = np.unique(np.asarray(units), return_inverse=True)
        if len(codes) != n:
            raise ValueError(f"units has {len(codes)} entries for {n} rows.")
        return cls(n, seed, replicates, len(keys), codes.astype(np.int64))

    @property
    def groups(self) -> int:
        """How many groups are drawn from: the units, at most 4,096."""
        return min(self.units, MOST_GROUPS)

    def group_of_row(self) -> Codes:
        """The group of each row, shape (n,): whole units, dealt by a seeded permutation."""
        group_of_unit = seeded_ranks(self.units, self.seed) * self.groups // self.units
        return group_of_unit if self.unit_of_row is None else group_of_unit[self.unit_of_row]

    def weights(self) -> Iterator[Floats]:
        """How often each group is drawn, in blocks of shape (some replicates, groups)."""
        bits = _bits(self.seed, stream=1)
        step = max(1, _DRAWS_AT_ONCE // self.groups)
        for start in range(0, self.replicates, step):
            count = min(step, self.replicates - start)
            drawn = _draw(bits, count * self.groups, self.groups).reshape(count, self.groups)
            drawn += np.arange(count, dtype=np.int64)[:, None] * self.groups
            counts = np.bincount(drawn.ravel(), minlength=count * self.groups)
            yield counts.reshape(count, self.groups).astype(np.float64)

    def replicate_terms(self, terms: Sums) -> Floats:
        """The metric on every resample, shape (replicates,), from sums over groups."""
        sums = terms.grouped(self.group_of_row(), self.groups)
        totals = np.concatenate([weights @ sums for weights in self.weights()])
        with np.errstate(all="ignore"):
            return terms.finish(totals[:, :-1], totals[:, -1])

    @property
    def drawn_units(self) -> int:
        """Units in a resample drawn outright: all, or fewer where that would go over the budget."""
        affordable = OUTRIGHT_ROWS * self.units // max(1, self.replicates * self.n)
        return max(2, min(self.units, affordable))

    def replicate_outright(self, rescore: Callable[[Codes], float], value: float) -> Floats:
        """The metric computed anew on every resample, shape (replicates,).

        With m of n units drawn, the deviations are scaled by sqrt(m / n) (Bickel, Goetze and van
        Zwet, 1997). NaN where the metric is not defined on a resample.
        """
        found = np.array([_try(rescore, rows) for rows in self._drawn_rows()])
        scale = np.sqrt(self.drawn_units / self.units)
        return found if scale == 1 else value + scale * (found - value)

    def _drawn_rows(self) -> Iterator[Codes]:
        bits, take = _bits(self.seed, stream=2), self.drawn_units
        rows_of_unit = self._rows_of_unit()
        for _ in range(self.replicates):
            drawn = _draw(bits, take, self.units)
            yield (
                drawn
                if rows_of_unit is None
                else np.concatenate([rows_of_unit[unit] for unit in drawn])
            )

    def _rows_of_unit(self) -> list[Codes] | None:
        if self.unit_of_row is None:
            return None
        order = np.argsort(self.unit_of_row, kind="stable")
        sizes = np.bincount(self.unit_of_row, minlength=self.units)
        return np.split(order, np.cumsum(sizes)[:-1])


def seeded_ranks(count: int, seed: int, stream: int = 0) -> Codes:
    """A permutation of 0 .. count - 1, the same for the same seed on every machine.

    Sorting 16-bit keys (radix sort) is several times faster than a shuffle; equal keys stay in
    order, which leaves at most neighbouring ranks in the order of the file.
    """
    words = _bits(seed, stream).random_raw(count // 4 + 1)
    keys = words.astype("<u8").view("<u2")[:count]
    order = np.argsort(keys, kind="stable")
    ranks = np.empty(count, dtype=np.int64)
    ranks[order] = np.arange(count, dtype=np.int64)
    return ranks


def _bits(seed: int, stream: int) -> np.random.PCG64:
    return np.random.PCG64(np.random.SeedSequence([_OURS, seed, stream]))


def _draw(bits: np.random.PCG64, count: int, below: int) -> Codes:
    """Whole numbers below `below`, uniform up to 2**-20 (32 random bits each)."""
    words = bits.random_raw(count // 2 + 1).astype("<u8").view("<u4")[:count]
    return ((words.astype(np.uint64) * np.uint64(below)) >> np.uint64(32)).astype(np.int64)


def _try(rescore: Callable[[Codes], float], rows: Codes) -> float:
    try:
        return rescore(rows)
    except ValueError:
        return float("nan")
