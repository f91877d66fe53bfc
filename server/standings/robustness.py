"""How far the order of universities hangs on chance: pure functions over resampled boards.

A replicate is a board as it would have been on another draw of the same test rows. In each one
the teams of every challenge are ranked again and the standings computed from those ranks.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.boards.medals import medal_bounds
from server.boards.points import points as points_of_rank
from server.boards.rules import SIGNIFICANT_DIGITS
from server.standings.rules import Rule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Columns that are worked on at once: a board of 40,000 teams then takes some 50 MB.
BLOCK = 32
LOW, HIGH = 0.025, 0.975
DIGITS = 9


class Part(NamedTuple):
    """A team's row on a board, a university that it counts for, and with what share."""

    row: int
    university_id: int
    share: float


class Resampled(NamedTuple):
    """What universities have on a board in each replicate: arrays (universities, replicates).

    `medals` is (3, universities, replicates): gold, silver, bronze of all teams.
    """

    universities: list[int]
    points: Floats
    percentiles: Floats
    medals: Floats


def rounded(values: Floats) -> Floats:
    """Return scores to 12 significant digits, as boards compare them."""
    size = np.abs(values)
    digits = np.floor(np.log10(size, out=np.zeros_like(size), where=size > 0))
    scale = 10.0 ** np.clip(SIGNIFICANT_DIGITS - 1 - digits, -300, 300)
    return np.where(np.isfinite(scale), np.round(values * scale) / scale, values)


def column_ranks(keys: Floats) -> Ints:
    """Return ranks (teams, replicates) within each column of keys; lower is better, equal share."""
    ranks = np.empty(keys.shape, dtype=np.int64)
    for column in range(keys.shape[1]):
        own = keys[:, column]
        ranks[:, column] = np.searchsorted(np.sort(own), own, side="left") + 1
    return ranks


def resampled(keys: Floats, parts: Sequence[Part]) -> Resampled:
    """Return what each university has in each replicate of a board.

    `keys` is (teams, replicates), lower is better; `parts` says for whom each team counts.
    """
    order = sorted(parts, key=lambda part: part.university_id)
    universities = sorted({part.university_id for part in order})
    blocks = [_block(keys[:, at : at + BLOCK], order) for at in range(0, keys.shape[1], BLOCK)]
    points, percentiles, medals = (
        np.concatenate(found, axis=-1) for found in zip(*blocks, strict=True)
    )
    return Resampled(universities, points, percentiles, medals)


def _block(keys: Floats, order: Sequence[Part]) -> tuple[Floats, Floats, Floats]:
    teams = len(keys)
    ranks = column_ranks(keys)[[part.row for part in order]]
    share = np.array([part.share for part in order])[:, None]
    table = np.array([0.0, *(points_of_rank(rank, teams=teams) for rank in range(1, teams + 1))])
    first, of = _groups(order)
    worth = share * table[ranks]
    best = np.maximum.reduceat(worth, first, axis=0)
    # The percentile is that of the best team, and of equal ones the greater.
    left_behind = np.where(worth == best[of], share * (1 - (ranks - 1) / teams), -1.0)
    medals = np.stack(
        [np.add.reduceat(share * won, first, axis=0) for won in _won(ranks, teams=teams)]
    )
    return best, np.maximum.reduceat(left_behind, first, axis=0), medals


def _groups(order: Sequence[Part]) -> tuple[Ints, Ints]:
    """Return where each university's parts begin, and which university each part is of."""
    ids = np.array([part.university_id for part in order])
    begins = np.concatenate([[True], ids[1:] != ids[:-1]])
    return np.flatnonzero(begins), np.cumsum(begins) - 1


def _won(ranks: Ints, *, teams: int) -> list[NDArray[np.bool_]]:
    gold, silver, bronze = medal_bounds(teams)
    return [
        ranks <= gold,
        (ranks > gold) & (ranks <= silver),
        (ranks > max(gold, silver)) & (ranks <= bronze),
    ]


class Sums:
    """A season's standings in every replicate, summed challenge by challenge."""

    def __init__(self, universities: Sequence[int], *, challenges: int, replicates: int) -> None:
        self.place = {university_id: index for index, university_id in enumerate(universities)}
        self.challenges = challenges
        shape = (len(universities), replicates)
        self.points = np.zeros(shape)
        self.logarithms = np.zeros(shape)
        self.percentiles = np.zeros(shape)
        self.medals = np.zeros((3, *shape))

    def add(self, board: Resampled, *, weight: float) -> None:
        """Add a challenge with its weight."""
        known = [i for i, u in enumerate(board.universities) if u in self.place]
        rows = [self.place[board.universities[i]] for i in known]
        worth = weight * board.points[known]
        self.points[rows] += worth
        self.logarithms[rows] += np.log(worth + 1)
        self.percentiles[rows] += weight * board.percentiles[known]
        self.medals[:, rows] += board.medals[:, known]

    def ranks(self) -> dict[Rule, Ints]:
        """Return the ranks (universities, replicates) under each rule that boards decide."""
        return {
            Rule.POINTS: _ranks_of(self.points),
            Rule.MEDALS: medal_ranks(self.medals),
            Rule.GEOMETRIC: _ranks_of(self.logarithms / max(self.challenges, 1)),
            Rule.PERCENTILE: _ranks_of(self.percentiles),
        }


def _ranks_of(values: Floats) -> Ints:
    # Sums of the same numbers in another order are equal; their last bits need not be.
    return column_ranks(-np.round(values, DIGITS))


def medal_ranks(medals: Floats) -> Ints:
    """Return ranks by gold, then silver, then bronze; `medals` is (3, universities, replicates)."""
    counts = np.round(medals, DIGITS)
    ranks = np.empty(counts.shape[1:], dtype=np.int64)
    for column in range(counts.shape[2]):
        own = counts[:, :, column]
        order = np.lexsort((-own[2], -own[1], -own[0]))
        sorted_ = own[:, order]
        new = np.concatenate([[True], (sorted_[:, 1:] != sorted_[:, :-1]).any(axis=0)])
        ranks[order, column] = np.maximum.accumulate(np.where(new, np.arange(len(order)) + 1, 0))
    return ranks


class RankRange(NamedTuple):
    """Where a university's rank lies in 95 % of the replicates; its actual rank is within."""

    low: int
    high: int


def rank_ranges(
    universities: Iterable[int], ranks: Ints, actual: Mapping[int, int]
) -> dict[int, RankRange]:
    """Return the central 95 % of each university's ranks, widened to its actual one."""
    low = np.quantile(ranks, LOW, axis=1, method="lower")
    high = np.quantile(ranks, HIGH, axis=1, method="higher")
    return {
        university_id: RankRange(
            min(int(low[i]), actual[university_id]), max(int(high[i]), actual[university_id])
        )
        for i, university_id in enumerate(universities)
    }
