"""Ranges of ranks: what the data allow, for all teams at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.sampling.intervals import LEVEL
from scorers.sampling.terms import Floats

_LEAST_DEFINED = 0.5


class RankRange(NamedTuple):
    """A confidence set for a rank, and the share of the replicates in which the team is first."""

    best: int
    worst: int
    first: float


def rank_ranges(
    replicates: ArrayLike,
    higher_is_better: bool,
    level: float = LEVEL,
    values: ArrayLike | None = None,
) -> list[RankRange]:
    """For each team the confidence set of its rank, by simultaneous paired differences.

    `replicates`: shape (teams, R), under the same resamples; `values`: the scores, shape (teams,)
    (by default the replicates' means). A team's set runs from 1 + the number of teams
    significantly better to the number of teams minus those significantly worse, where the critical
    value is the quantile of the largest studentised difference over all pairs (Mogstad, Romano,
    Shaikh and Wilhelm, Inference for Ranks, Review of Economic Studies, 2024). A replicate that is
    not defined for a team counts for none; a team that has few defined ones may have any rank.
    """
    sign = 1.0 if higher_is_better else -1.0
    matrix = sign * np.atleast_2d(np.asarray(replicates, dtype=np.float64))
    scores = None if values is None else sign * np.asarray(values, dtype=np.float64)
    known = np.isfinite(matrix).mean(axis=1) >= _LEAST_DEFINED
    unknown = int((~known).sum())
    found = iter(_ranges(matrix[known], None if scores is None else scores[known], level))
    return [
        _behind(next(found), unknown) if team else RankRange(1, len(known), 0.0) for team in known
    ]


def leaders(
    replicates: ArrayLike, higher_is_better: bool, values: ArrayLike, level: float = LEVEL
) -> list[int]:
    """For each team the place in the list of the leader of its group, itself for a leader.

    `replicates`: shape (teams, R), `values`: the scores, shape (teams,), both in the order of the
    board. A group begins with its leader; whoever follows belongs to it as long as the leader is
    not significantly better, by the differences of `rank_ranges`. (Not to be told apart is not
    transitive by itself: of a chain of neighbours only the leader is asked about.)
    """
    sign = 1.0 if higher_is_better else -1.0
    matrix = sign * np.atleast_2d(np.asarray(replicates, dtype=np.float64))
    known = np.flatnonzero(np.isfinite(matrix).mean(axis=1) >= _LEAST_DEFINED)
    better = np.zeros((len(matrix), len(matrix)), dtype=bool)
    defined = matrix[known][:, np.isfinite(matrix[known]).all(axis=0)]
    if len(known) and defined.shape[1] >= 2:
        points = sign * np.asarray(values, dtype=np.float64)[known]
        better[np.ix_(known, known)] = _significantly_better(defined, points, level)
    found: list[int] = []
    for team in range(len(matrix)):
        leader = found[-1] if found else team
        found.append(team if better[leader, team] else leader)
    return found


def _behind(place: RankRange, unknown: int) -> RankRange:
    """Any of the teams of which nothing is known may be before it."""
    return place._replace(worst=place.worst + unknown)


def _ranges(matrix: Floats, values: Floats | None, level: float) -> list[RankRange]:
    matrix = matrix[:, np.isfinite(matrix).all(axis=0)]
    teams, count = matrix.shape
    if count < 2 or not teams:
        return [RankRange(1, teams, 1 / teams) for _ in range(teams)]
    better = _significantly_better(matrix, matrix.mean(axis=1) if values is None else values, level)
    best, worst = 1 + better.sum(axis=0), teams - better.sum(axis=1)
    first = _shares_first(matrix)
    return [RankRange(int(b), int(w), float(f)) for b, w, f in zip(best, worst, first, strict=True)]


def _significantly_better(matrix: Floats, points: Floats, level: float) -> NDArray[np.bool_]:
    """Shape (teams, teams): whether the row's team is significantly better than the column's."""
    teams, count = matrix.shape
    errors, largest = np.zeros((teams, teams)), np.zeros(count)
    tiny = 1e-12 * max(1.0, float(np.abs(matrix).max()))
    centred = matrix - matrix.mean(axis=1, keepdims=True)
    for j in range(teams - 1):
        apart = centred[j] - centred[j + 1 :]
        error = np.sqrt(np.einsum("kr,kr->k", apart, apart) / (count - 1))
        errors[j, j + 1 :] = errors[j + 1 :, j] = error
        varies = error > tiny
        if varies.any():
            apart = np.abs(apart[varies]) / error[varies, None]
            np.maximum(largest, apart.max(axis=0), out=largest)
    critical = np.quantile(largest, level)
    gap = points[:, None] - points[None, :]
    significant: NDArray[np.bool_] = gap > np.maximum(critical * errors, tiny)
    return significant


def _shares_first(matrix: Floats) -> Floats:
    """The share of replicates in which each team is first; a tie at the top is split."""
    top = matrix == matrix.max(axis=0)
    shares: Floats = (top / top.sum(axis=0)).mean(axis=1)
    return shares
