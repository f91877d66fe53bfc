"""The resamples of an evaluation: which rows count how often, the same for every submission.

Rows are dealt into at most 4,096 groups by a seeded permutation (never by position in the file:
files are sorted), rows of one unit into one group, and groups are drawn with replacement. The
draws come from the raw output of PCG64, which is stable across versions of numpy, so replicates
kept in a database stay comparable with replicates computed later.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.sampling.counting import counted
from scorers.sampling.terms import Codes, Floats, Sums

MOST_GROUPS = 4096
OUTRIGHT_ROWS = 20_000_000
_DRAWS_AT_ONCE, _DRAWS_IN_CACHE = 1 << 19, 1 << 16
# OpenBLAS multiplies matrices of no more products than this in the calling thread.
_ONE_THREAD, _ROWS_AT_ONCE, _FEWEST_GROUPS = 1 << 18, 16, 64
_FEW_SUMS = 4
# Keeps our streams apart from data that an organiser drew with the same small seed.
_OURS = 0x5652_5354


@dataclass(frozen=True, eq=False)
class Resampling:
    """Resamples of n rows in `units` units; `unit_of_row` is None where each row is one.

    `block`: how many consecutive rows a unit has, where the units are blocks of a series.
    """

    n: int
    seed: int
    replicates: int
    units: int
    unit_of_row: Codes | None = None
    block: int | None = None

    @classmethod
    def of(
        cls,
        n: int,
        *,
        seed: int,
        replicates: int,
        units: ArrayLike | None = None,
        blocks: int | None = None,
    ) -> "Resampling":
        """The plan for n rows; `units` is a key for each row, or None.

        `blocks`: the rows are one series in the order of time, and units are blocks of about so
        many consecutive rows (`block_length`). Raises: ValueError when units do not fit the rows,
        or both are given.
        """
        if blocks is not None:
            if units is not None:
                raise ValueError("rows are resampled by units or in blocks, not both.")
            return cls._in_blocks(n, seed, replicates, blocks)
        if units is None:
            return cls(n=n, seed=seed, replicates=replicates, units=n)
        keys, codes = np.unique(np.asarray(units), return_inverse=True)
        if len(codes) != n:
            raise ValueError(f"units has {len(codes)} entries for {n} rows.")
        return cls(n, seed, replicates, len(keys), codes.astype(np.int64))

    @classmethod
    def _in_blocks(cls, n: int, seed: int, replicates: int, blocks: int) -> "Resampling":
        if blocks < 1:
            raise ValueError(f"a block has at least one row, not {blocks}.")
        units = max(1, round(n / blocks))
        return cls(n, seed, replicates, units, np.arange(n) * units // n, block=blocks)

    @property
    def of_units(self) -> str:
        """How many of what are resampled, in words."""
        return counted(self.units, self.noun)

    @property
    def noun(self) -> str:
        """What is resampled, in words."""
        if self.block is not None:
            return f"blocks of {self.block} consecutive rows"
        return "rows" if self.unit_of_row is None else "units"

    @property
    def groups(self) -> int:
        """How many groups are drawn from: the units, at most 4,096."""
        return min(self.units, MOST_GROUPS)

    @property
    def key(self) -> tuple[int, int, int]:
        """What tells these resamples from those of another seed, or of other rows."""
        return self.seed, self.n, self.units

    def group_of_row(self) -> Codes:
        """The group of each row, shape (n,): whole units, dealt by a seeded permutation."""
        group_of_unit = np.empty(self.units, dtype=np.int64)
        group_of_unit[_seeded_order(self.units, self.seed)] = self._group_of_rank()
        return group_of_unit if self.unit_of_row is None else group_of_unit[self.unit_of_row]

    def _group_of_rank(self) -> Codes:
        """rank * groups // units for each rank, without the divisions."""
        starts = -(-np.arange(self.groups + 1, dtype=np.int64) * self.units // self.groups)
        return np.repeat(np.arange(self.groups, dtype=np.int64), np.diff(starts))

    def weights(self) -> Iterator[Floats]:
        """How often each group is drawn, in blocks of shape (some replicates, groups)."""
        for drawn in self._drawn_groups():
            apart = drawn + np.arange(len(drawn), dtype=np.int64)[:, None] * self.groups
            counts = np.bincount(apart.ravel(), minlength=apart.size)
            yield counts.reshape(drawn.shape).astype(np.float64)

    def _drawn_groups(self) -> Iterator[Codes]:
        """The groups of each resample, in blocks of shape (some replicates, groups).

        A block stays in the cache of a core; the next one takes its place, so don't keep it.
        """
        bits = _bits(self.seed, stream=1)
        step = max(1, _DRAWS_AT_ONCE // self.groups)
        rows = max(1, _DRAWS_IN_CACHE // self.groups)
        block = np.empty((rows, self.groups), dtype=np.uint64)
        for start in range(0, self.replicates, step):
            count = min(step, self.replicates - start)
            words = _words(bits, count * self.groups).reshape(count, self.groups)
            for first in range(0, count, rows):
                part = words[first : first + rows]
                yield _below(part, self.groups, out=block[: len(part)])

    def group_sums(self, terms: Sums) -> Floats:
        """The sums of the terms by group, shape (groups, k + 1)."""
        return terms.grouped(self.group_of_row(), self.groups)

    def replicate_sums(self, terms: Sums, sums: Floats) -> Floats:
        """The metric on every resample, shape (replicates,), from its sums by group."""
        if sums.shape[1] <= _FEW_SUMS:
            totals = np.concatenate([_add_up(drawn, sums) for drawn in self._drawn_groups()])
        else:
            totals = np.concatenate([_product(weights, sums) for weights in self.weights()])
        with np.errstate(all="ignore"):
            return terms.finish(totals[:, :-1], totals[:, -1])

    def replicate_terms(self, terms: Sums) -> Floats:
        """The metric on every resample, shape (replicates,), from sums over groups."""
        return self.replicate_sums(terms, self.group_sums(terms))

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
        return self.rescaled(np.array([_try(rescore, rows) for rows in self.drawn_rows()]), value)

    def rescaled(self, found: Floats, value: float) -> Floats:
        """Values on resamples drawn outright, as if as many units had been drawn as there are."""
        scale = np.sqrt(self.drawn_units / self.units)
        return found if scale == 1 else value + scale * (found - value)

    def copies(self, rows: Codes) -> Codes:
        """Which of the drawn units each row of a resample belongs to, shape (len(rows),)."""
        if self.unit_of_row is None:
            return np.arange(len(rows), dtype=np.int64)
        sizes = np.bincount(self.unit_of_row, minlength=self.units)
        firsts, at = [], 0
        while at < len(rows):
            firsts.append(at)
            at += int(sizes[self.unit_of_row[rows[at]]])
        starts = np.zeros(len(rows), dtype=np.int64)
        starts[firsts] = 1
        return np.cumsum(starts) - 1

    def drawn_rows(self) -> Iterator[Codes]:
        """The rows of each resample drawn outright, unit after unit."""
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


def block_length(n: int) -> int:
    """How many consecutive rows of a series of n make a block: 3 n^(1/3), rounded.

    The rate is that of the best blocks for the variance of a mean (Künsch, 1989; Politis and
    Romano, 1994). The blocks do not overlap (Carlstein, 1986) and are three times longer than is
    best for a variance: few, nearly independent blocks and Student's t cover better (Ibragimov and
    Müller, 2010).
    """
    return max(1, round(3 * math.cbrt(n)))


def seeded_ranks(count: int, seed: int, stream: int = 0) -> Codes:
    """A permutation of 0 .. count - 1, the same for the same seed on every machine.

    Sorting 16-bit keys (radix sort) is several times faster than a shuffle; equal keys stay in
    order, which leaves at most neighbouring ranks in the order of the file.
    """
    ranks = np.empty(count, dtype=np.int64)
    ranks[_seeded_order(count, seed, stream)] = np.arange(count, dtype=np.int64)
    return ranks


def _seeded_order(count: int, seed: int, stream: int = 0) -> Codes:
    """The inverse of `seeded_ranks`: which of 0 .. count - 1 stands at each rank."""
    words = _bits(seed, stream).random_raw(count // 4 + 1)
    keys = words.astype("<u8", copy=False).view("<u2")[:count]
    order: Codes = np.argsort(keys, kind="stable")
    return order


def _add_up(drawn: Codes, sums: Floats) -> Floats:
    """The sums of the groups drawn, added up: quicker than counting the draws, for few sums."""
    columns = [np.ascontiguousarray(column)[drawn].sum(axis=1) for column in sums.T]
    return np.stack(columns, axis=1)


def _product(weights: Floats, sums: Floats) -> Floats:
    """weights @ sums, in pieces that BLAS multiplies in the calling thread.

    Its threads take longer to wake than so little work takes, and spin where cores are shared.
    """
    wide = max(_FEWEST_GROUPS, _ONE_THREAD // (_ROWS_AT_ONCE * sums.shape[1]))
    out = np.zeros((len(weights), sums.shape[1]))
    for row in range(0, len(weights), _ROWS_AT_ONCE):
        rows = slice(row, row + _ROWS_AT_ONCE)
        for at in range(0, len(sums), wide):
            out[rows] += weights[rows, at : at + wide] @ sums[at : at + wide]
    return out


def _bits(seed: int, stream: int) -> np.random.PCG64:
    return np.random.PCG64(np.random.SeedSequence([_OURS, seed, stream]))


def _draw(bits: np.random.PCG64, count: int, below: int) -> Codes:
    """Whole numbers below `below`, uniform up to 2**-20 (32 random bits each)."""
    return _below(_words(bits, count), below, out=np.empty(count, dtype=np.uint64))


def _words(bits: np.random.PCG64, count: int) -> NDArray[np.uint32]:
    words: NDArray[np.uint32] = (
        bits.random_raw(count // 2 + 1).astype("<u8", copy=False).view("<u4")
    )
    return words[:count]


def _below(words: NDArray[np.uint32], below: int, *, out: NDArray[np.uint64]) -> Codes:
    np.multiply(words, np.uint64(below), out=out, dtype=np.uint64)
    out >>= np.uint64(32)
    whole: Codes = out.view(np.int64)
    return whole


def _try(rescore: Callable[[Codes], float], rows: Codes) -> float:
    try:
        return rescore(rows)
    except ValueError:
        return float("nan")
