"""How much of one team's labels another team's explain, beyond what the rows themselves explain.

Honest teams share the hard rows, so a shared mistake is judged by how common it is on this board.
The idea is that of the indices of answer copying in examinations (Wollack's omega, 1997; the
generalised binomial test of van der Linden and Sotaridona, 2006): a chance for each answer of a
team, from the row and from the team, and then the other team's answer beside it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

_HALF = 0.5
# Of a team's answers: those that are wrong anywhere at all, whatever the row.
_CARELESS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.13, 0.17, 0.22, 0.3)
_STRENGTH_PRIOR = 0.1
_BINS = 64
_HALVINGS = 30
_NEARLY_ONE = 1 - 1e-6
# The drop of a log-likelihood at the end of a 95 % interval.
_DROP = 1.92


class Taken(NamedTuple):
    """For each ordered pair (team, other), shape (teams, teams): the share of the team's answers
    that is best explained as the other's, and the lower end of its 95 % interval.
    """

    share: Floats
    low: Floats

    def either_way(self) -> "Taken":
        """The larger of the two directions: who gave and who took can't be told."""
        turned = self.share < self.share.T
        share = np.where(turned, self.share.T, self.share)
        return Taken(share, np.where(turned, self.low.T, self.low))


def shares_taken(labels: Labels, truth: Labels) -> Taken:
    """Estimate the share of each team's answers that another team's explain.

    `labels`: codes, shape (teams, rows); `truth`: shape (rows,). A team's answer at a row is
    taken to be: with a chance g any label at random (careless, or changed by hand); else with the
    share s the other team's answer; else its own, wrong with the odds exp(strength) * d / (1 - d),
    d the share of the other teams that are wrong there, and then like their wrong answers. g and
    the strength are fitted without s; s is its maximum likelihood.
    """
    wrong = labels != truth
    classes = max(2, len(np.union1d(labels, truth)))
    alike = np.stack([(labels == own).sum(axis=0) for own in labels]) - 1
    share, low = np.zeros((2, len(labels), len(labels)))
    for team in range(len(labels)):
        weights = _weights(team, wrong, alike[team], classes)
        share[team], low[team] = _fit_shares(labels == labels[team], weights)
    np.fill_diagonal(share, 0.0)
    np.fill_diagonal(low, 0.0)
    return Taken(share, low)


class _Weights(NamedTuple):
    """The likelihood of a share s at a row: 1 + s * agreed, or 1 - s * parted; shape (rows,)."""

    agreed: Floats
    parted: Floats


def _weights(
    team: int, wrong: NDArray[np.bool_], alike: NDArray[np.int64], classes: int
) -> _Weights:
    teams, own = len(wrong), wrong[team]
    others_wrong = wrong.sum(axis=0) - own
    hard = logit((others_wrong + _HALF) / teams)
    careless, strength = _fit_team(own, others_wrong, teams, classes)
    slips = expit(strength + hard)
    like_this = (alike + _HALF) / (others_wrong + _HALF * (classes - 1))
    chance = np.where(own, slips * np.minimum(like_this, 1.0), 1 - slips)
    base = careless / classes + (1 - careless) * chance
    return _Weights((1 - careless) * (1 - chance) / base, (1 - careless) * chance / base)


def _fit_team(
    own: NDArray[np.bool_], others_wrong: NDArray[np.int64], teams: int, classes: int
) -> tuple[float, float]:
    """How careless and how strong a team is; rows with as many wrong teams are one group."""
    rows = np.bincount(others_wrong, minlength=teams).astype(np.float64)
    missed = np.bincount(others_wrong, own.astype(np.float64), teams).astype(np.float64)
    hard = logit((np.arange(teams) + _HALF) / teams)
    found = []
    for careless in _CARELESS:
        strength, likelihood = _fit_strength(careless, hard, rows, missed, classes)
        found.append((likelihood, careless, strength))
    _, careless, strength = max(found)
    return careless, strength


def _fit_strength(
    careless: float, hard: Floats, rows: Floats, missed: Floats, classes: int
) -> tuple[float, float]:
    """Newton's method (Fisher scoring) with a weak prior at 0; returns the log-likelihood too."""
    strength, floor = 0.0, careless * (classes - 1) / classes
    for _ in range(_HALVINGS):
        slips = expit(strength + hard)
        chance = np.clip(floor + (1 - careless) * slips, 1e-9, 1 - 1e-9)
        slope = (1 - careless) * slips * (1 - slips)
        score = ((missed - rows * chance) / (chance * (1 - chance)) * slope).sum()
        information = (rows * slope**2 / (chance * (1 - chance))).sum() + _STRENGTH_PRIOR
        step = float(np.clip((score - _STRENGTH_PRIOR * strength) / information, -1, 1))
        strength += step
        if abs(step) < 1e-5:
            break
    chance = np.clip(floor + (1 - careless) * expit(strength + hard), 1e-9, 1 - 1e-9)
    likelihood = missed * np.log(chance) + (rows - missed) * np.log1p(-chance)
    return strength, float(likelihood.sum() - _STRENGTH_PRIOR / 2 * strength**2)


class _Groups(NamedTuple):
    """Rows of nearly equal weight: the weight, shape (groups,), and each team's count of them."""

    weight: Floats
    counts: Floats


def _grouped(weight: Floats, hits: NDArray[np.bool_]) -> _Groups:
    edges = np.geomspace(1e-3, 1e5, _BINS - 1)
    group = np.searchsorted(edges, weight)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    sizes = np.diff(starts, append=len(weight))
    counts = np.add.reduceat(hits[:, order], starts, axis=1, dtype=np.int32)
    return _Groups(np.add.reduceat(weight[order], starts) / sizes, counts.astype(np.float64))


def _fit_shares(agree: NDArray[np.bool_], weights: _Weights) -> tuple[Floats, Floats]:
    agreed, parted = _grouped(weights.agreed, agree), _grouped(weights.parted, ~agree)
    share = _bisect(len(agree), np.ones(len(agree)), lambda s: _slope(s, agreed, parted) > 0)
    best = _likelihood(share, agreed, parted)
    low = _bisect(len(agree), share, lambda s: _likelihood(s, agreed, parted) < best - _DROP)
    return share, np.where(best > _DROP, low, 0.0)


def _bisect(size: int, high: Floats, too_low: Callable[[Floats], NDArray[np.bool_]]) -> Floats:
    low, high = np.zeros(size), np.minimum(high, _NEARLY_ONE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = too_low(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low


def _slope(share: Floats, agreed: _Groups, parted: _Groups) -> Floats:
    gain = agreed.counts * agreed.weight / (1 + share[:, None] * agreed.weight)
    loss = parted.counts * parted.weight / _left(share, parted)
    slope: Floats = gain.sum(axis=1) - loss.sum(axis=1)
    return slope


def _likelihood(share: Floats, agreed: _Groups, parted: _Groups) -> Floats:
    gain = agreed.counts * np.log1p(share[:, None] * agreed.weight)
    found: Floats = gain.sum(axis=1) + (parted.counts * np.log(_left(share, parted))).sum(axis=1)
    return found


def _left(share: Floats, parted: _Groups) -> Floats:
    left: Floats = np.maximum(1 - share[:, None] * parted.weight, 1e-9)
    return left
