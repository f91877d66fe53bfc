"""Counts over all pairs of rows in O(n log n): what pairwise agreement is made of."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from scorers.sampling.terms import Codes, Floats

Array = NDArray[Any]


def dense_ranks(values: ArrayLike) -> Codes:
    """The rank of each value among the distinct ones, from 0."""
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64).ravel()


def weight_below(x: ArrayLike, y: ArrayLike, weights: Floats) -> Floats:
    """For each row the weight of the rows of smaller x and of smaller y; an equal y counts half."""
    across, along = dense_ranks(x), dense_ranks(y)
    order = np.lexsort((across, along))
    found = _weight_before(across, np.lexsort((-across, along)), weights)
    group, turn, before = along[order], across[order], _before(weights[order])
    run = _starts(group * (int(across.max(initial=0)) + 1) + turn)
    found[order] += (before[run] - before[_starts(group)]) / 2
    return found


def _weight_before(x: Codes, order: Codes, weights: Floats) -> Floats:
    """For each row the weight of the rows of smaller x that come before it in the order.

    The rows are sorted by the bits of x, the highest first. Two rows part at the first bit in which
    they differ: there the one with the 1 counts the ones with the 0 that came before it.
    """
    code, weight = x[order].astype(np.int32), weights[order]
    row, found = order.astype(np.int32), np.zeros(len(x))
    for bit in range(int(x.max(initial=0)).bit_length() - 1, -1, -1):
        start = _starts(code >> (bit + 1))
        high = (code >> bit & 1).astype(bool)
        before = _before(np.where(high, 0.0, weight))
        found[row[high]] += (before - before[start])[high]
        to = _parted(start, high)
        code, weight, row = _moved(code, to), _moved(weight, to), _moved(row, to)
    return found


def _starts(group: Array) -> Codes:
    """For each row the position at which its group begins; the groups are contiguous."""
    first = np.concatenate([[True], group[1:] != group[:-1]])
    return np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))


def _before(values: Array) -> Array:
    """The sum of the values before each."""
    sums = np.cumsum(values)
    return sums - values


def _parted(start: Codes, high: NDArray[np.bool_]) -> Codes:
    """Where each row goes so that in its group the low ones come before the high ones."""
    place = np.arange(len(start))
    low_before = _before((~high).astype(np.int64))
    own_low = low_before - low_before[start]
    last = np.concatenate([start[1:] != start[:-1], [True]])
    low_in_group = (own_low + ~high)[last][np.cumsum(last) - last]
    return start + np.where(high, low_in_group + place - start - own_low, own_low)


def _moved(values: Array, to: Codes) -> Array:
    moved = np.empty_like(values)
    moved[to] = values
    return moved


def signed_agreement(x: ArrayLike, y: ArrayLike) -> Floats:
    """For each row the sum over the others of sign(xᵢ - xⱼ) sign(yᵢ - yⱼ), shape (n,)."""
    across, along = dense_ranks(x), dense_ranks(y)
    n = len(across)
    within = stats.rankdata(across * (along.max() + 1) + along) - stats.rankdata(across, "min")
    half_below = weight_below(across, along, np.ones(n)) + (within + 0.5) / 2
    signed: Floats = 4 * half_below - 2 * (stats.rankdata(across) + stats.rankdata(along)) + n + 2
    return signed


def not_tied(values: ArrayLike) -> Floats:
    """For each row the number of rows whose value differs from its own."""
    ranks = dense_ranks(values)
    return (len(ranks) - np.bincount(ranks)[ranks]).astype(np.float64)
