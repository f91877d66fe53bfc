"""How far two boards of the same teams differ, beside what chance alone gives."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import kendalltau, rankdata

from scorers.sampling.intervals import LEVEL
from scorers.sampling.terms import Floats

TOP = 10
FEWEST_REPLICATES = 50
_DIGITS = 12

Ranks = NDArray[np.int64]


class Shake(NamedTuple):
    """How two orders of the same teams differ.

    `spearman`, `kendall` (tau-b): None where all teams of a board are level. `mean_move`: in
    places, without its sign. `stayed`: the share of the first board's top 10 that is in the
    second's; None for no more than 10 teams.
    """

    spearman: float | None
    kendall: float | None
    mean_move: float
    stayed: float | None


class Expected(NamedTuple):
    """A number under chance alone: its mean and the 95 % range."""

    mean: float
    low: float
    high: float


class Chance(NamedTuple):
    """What chance alone gives: a range of each number of `Shake`, and of each team's move.

    `within`: shape (teams,), the fewest places that 95 % of a team's chance moves stay within.
    """

    spearman: Expected | None
    kendall: Expected | None
    mean_move: Expected
    stayed: Expected | None
    within: Ranks
    resamples: int


class Side(NamedTuple):
    """One board: each team's score on all rows of both boards, and the board's own noise.

    `scores`: shape (teams,), see `pooled`. `replicates`: shape (teams, R), of the board's rows.
    """

    scores: Floats
    replicates: Floats


def ranks_of(scores: Floats, *, higher_is_better: bool) -> Ranks:
    """Ranks from 1 along the first axis; equal scores (to 12 digits) share the best of theirs."""
    turned = -scores if higher_is_better else scores
    ranks: Ranks = rankdata(_rounded(turned), method="min", axis=0).astype(np.int64)
    return ranks


def _rounded(scores: Floats) -> Floats:
    """To 12 significant digits: what differs by the rounding of sums alone is equal."""
    with np.errstate(divide="ignore"):
        size = np.where(scores == 0, 0, np.floor(np.log10(np.abs(scores))))
    scale = 10.0 ** (_DIGITS - 1 - size)
    rounded: Floats = np.rint(scores * scale) / scale
    return rounded


def shake(before: ArrayLike, after: ArrayLike) -> Shake:
    """How the ranks of the same teams differ between two boards; shapes (teams,).

    Spearman's rho and Kendall's tau-b are scipy's; both take ties into account.
    """
    first, second = np.asarray(before), np.asarray(after)
    return Shake(
        spearman=_spearman(first, second),
        kendall=_kendall(first, second),
        mean_move=float(np.abs(first - second).mean()),
        stayed=_stayed(first, second),
    )


def _spearman(first: Ranks, second: Ranks) -> float | None:
    centred = [rankdata(ranks) - (len(ranks) + 1) / 2 for ranks in (first, second)]
    size = np.sqrt((centred[0] @ centred[0]) * (centred[1] @ centred[1]))
    return float(centred[0] @ centred[1] / size) if size > 0 else None


def _kendall(first: Ranks, second: Ranks) -> float | None:
    if first.min() == first.max() or second.min() == second.max():
        return None
    # Its p-value is not used; the exact one would cost much more than the number itself. Of two
    # teams scipy has the exact one alone: the other's variance has n - 2 below the line.
    method = "exact" if len(first) == 2 else "asymptotic"
    return float(kendalltau(first, second, method=method).statistic)


def _stayed(first: Ranks, second: Ranks) -> float | None:
    if len(first) <= TOP:
        return None
    top = first <= TOP
    return float((second[top] <= TOP).mean())


def pooled(public: ArrayLike, private: ArrayLike, *, rows: tuple[int, int]) -> Floats:
    """The scores on all rows, from those on the public and on the private ones; shape (teams,).

    (n1 x + n2 y) / (n1 + n2): exact for means over rows, to first order for any smooth metric.
    """
    n1, n2 = rows
    together: Floats = (n1 * np.asarray(public) + n2 * np.asarray(private)) / (n1 + n2)
    return together


def chance_alone(public: Side, private: Side, *, higher_is_better: bool) -> Chance | None:
    """What resampling all rows independently at the two boards' sizes does to the order.

    A board drawn anew says the score on all rows plus the noise of a board of its size, which its
    replicates show: score + (replicate - mean of the replicates). The two boards are resampled
    with different seeds, so replicate r of the one and of the other make an independent pair. What
    teams add by choosing what looked best in public is not in it: by that a real shake-up may be
    larger. None where too few resamples are defined for all teams.
    """
    drawn = [_drawn_anew(side) for side in (public, private)]
    count = min(boards.shape[1] for boards in drawn)
    if count < FEWEST_REPLICATES:
        return None
    before, after = (ranks_of(b[:, :count], higher_is_better=higher_is_better) for b in drawn)
    shakes = [shake(before[:, r], after[:, r]) for r in range(count)]
    return Chance(
        spearman=_expected([s.spearman for s in shakes]),
        kendall=_expected([s.kendall for s in shakes]),
        mean_move=_range_of(np.array([s.mean_move for s in shakes])),
        stayed=_expected([s.stayed for s in shakes]),
        within=_within(before - after),
        resamples=count,
    )


def _drawn_anew(side: Side) -> Floats:
    """The board on fresh rows, shape (teams, resamples that are defined for all)."""
    defined = side.replicates[:, np.isfinite(side.replicates).all(axis=0)]
    if not defined.shape[1]:
        return defined
    drawn: Floats = side.scores[:, None] + defined - defined.mean(axis=1, keepdims=True)
    return drawn


def _within(moves: NDArray[np.int64]) -> Ranks:
    within: Ranks = np.quantile(np.abs(moves), LEVEL, axis=1, method="inverted_cdf")
    return within.astype(np.int64)


def _expected(numbers: list[float | None]) -> Expected | None:
    known = np.array([number for number in numbers if number is not None])
    return _range_of(known) if len(known) else None


def _range_of(numbers: Floats) -> Expected:
    low, high = np.quantile(numbers, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Expected(float(numbers.mean()), float(low), float(high))
