"""Which pairs of teams stand out of all pairs of this board; the rest is told, not named.

Two things must come together, since two teams that followed the same recipe are close as well:
the pair is far closer than pairs of this board are, and what differs between the two does not lie
where teams differ. Both become evidence on one scale (e-values: of honest pairs at most 1 in k
has k), which multiply; a pair is named where it exceeds the number of pairs / 0.05. An honest board
has fewer than 0.05 falsely named pairs on average as far as the two are independent and the models
behind them hold. The bounds for numbers are fixed by hand and promise no such rate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

from scorers.similarity.numbers import Alike, alike
from scorers.similarity.scattering import Differences, Divisions
from scorers.similarity.taking import Taken, shares_taken

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

FALSELY_NAMED = 0.05
FEWEST_TEAMS = 8
# Below these nothing is named, however quiet the board.
LEAST_SHARE, LEAST_LOW = 0.6, 0.3
LEAST_EQUAL = 0.8
LEAST_TOGETHER = 0.9
MOST_CLOSE = 10
MOST_LOOKED_AT = 1000
BINS = 20
_UPPER = 0.9
_LEAST_SPREAD = 0.1
# The tail of a few dozen pairs says no more than this, however far out a pair is.
_MOST_OF_TAIL = 6.0


class LabelEvidence(NamedTuple):
    """What a pair's labels say. `wrong`: the mistakes of the one and of the other.

    `shared`: wrong in the same way; `expected`: how many of the mistakes of whoever has fewer any
    other team would share, by how many do. `share`, `low`: the share of one's answers that is
    best explained as the other's, and the lower end of its 95 % interval. `evidence`, `needed`:
    logarithms.
    """

    wrong: tuple[int, int]
    shared: int
    expected: float
    share: float
    low: float
    differences: Differences
    evidence: float
    needed: float


class NumberEvidence(NamedTuple):
    """What a pair's numbers say: the shares of `numbers.Alike`, and the usual of this board."""

    equal: float
    beyond: float
    together: float
    usual_together: float


@dataclass(frozen=True)
class Pair:
    """Two teams by their positions, and what was found; `named`: they stand out."""

    one: int
    other: int
    named: bool
    labels: LabelEvidence | None = None
    numbers: NumberEvidence | None = None


@dataclass(frozen=True)
class Verdict:
    """The pairs that stand out and the next closest, and how close all pairs are.

    `pairs_of_teams`: the number of pairs; `by_labels`, `by_numbers`: how many pairs have which
    closeness, in 20 bins from 0 to 1 (empty where it was not measured).
    """

    pairs: tuple[Pair, ...]
    pairs_of_teams: int
    by_labels: tuple[int, ...] = ()
    by_numbers: tuple[int, ...] = ()


def judge_labels(labels: Labels, truth: Labels, *, allowed: float = FALSELY_NAMED) -> Verdict:
    """Judge all pairs by their labels: codes, shape (teams, rows); `truth`: shape (rows,).

    `allowed`: how many pairs may be named falsely on an honest board, on average.
    """
    taken = shares_taken(labels, truth).either_way()
    tail = _tail(np.arctanh(np.minimum(taken.share, 0.9999)))
    divisions = Divisions(labels)
    needed = float(np.log(_count(len(labels)) / allowed))

    def look(one: int, other: int) -> Pair:
        found = _by_labels(divisions, truth, (one, other), taken, tail, needed)
        named = (
            found.share >= LEAST_SHARE and found.low >= LEAST_LOW and found.evidence > found.needed
        )
        return Pair(one, other, named, labels=found)

    pairs = _closest(taken.share, LEAST_SHARE, look)
    return Verdict(pairs, _count(len(labels)), by_labels=_histogram(taken.share))


def judge_numbers(numbers: Floats) -> Verdict:
    """Judge all pairs by their numbers, shape (teams, rows, columns).

    Named are pairs of which at least four in five numbers are the same to six digits beyond what
    chance makes the same, more than twice as many as between any but a twentieth of the pairs.
    Residuals that go together name nobody: two teams with one recipe look like that.
    """
    found = alike(numbers)
    pairs = np.triu_indices(len(numbers), 1)
    usual = float(np.median(found.together[pairs]))
    common = 2 * float(np.quantile(found.beyond[pairs], 0.95, method="lower"))
    least = max(LEAST_EQUAL, min(common, 0.95))

    def look(one: int, other: int) -> Pair:
        said = _by_numbers(found, (one, other), usual)
        return Pair(one, other, said.beyond >= least, numbers=said)

    closeness = np.maximum(found.beyond, found.together)
    chosen = _closest(closeness, min(LEAST_TOGETHER, LEAST_EQUAL), look)
    return Verdict(chosen, _count(len(numbers)), by_numbers=_histogram(closeness))


def _count(teams: int) -> int:
    return teams * (teams - 1) // 2


def _tail(closeness: Floats) -> Floats:
    """The evidence of how far out each pair is, by the median and the upper tenth of all pairs.

    Of a normal's upper tail p the e-value is p ** -0.5 / 2 (Vovk and Wang, E-values, 2021).
    """
    every = closeness[np.triu_indices(len(closeness), 1)]
    middle = np.median(every)
    spread = max((np.quantile(every, _UPPER) - middle) / ndtri(_UPPER), _LEAST_SPREAD)
    beyond = np.log(0.5) - 0.5 * log_ndtr((middle - closeness) / spread)
    found: Floats = np.minimum(beyond, _MOST_OF_TAIL)
    return found


def _closest(closeness: Floats, least: float, look: Callable[[int, int], Pair]) -> tuple[Pair, ...]:
    """The named pairs and the ten closest others, the closest first; of a board on which very many
    pairs are close, the thousand closest are looked at.
    """
    ones, others = np.triu_indices(len(closeness), 1)
    found = closeness[ones, others]
    nearest = np.argsort(-found, kind="stable")[:MOST_LOOKED_AT]
    order = [i for i in nearest if found[i] >= least]
    pairs = [look(int(ones[i]), int(others[i])) for i in order]
    close = [pair for pair in pairs if not pair.named][:MOST_CLOSE]
    return (*(pair for pair in pairs if pair.named), *close)


def _histogram(closeness: Floats) -> tuple[int, ...]:
    every = np.clip(closeness[np.triu_indices(len(closeness), 1)], 0, 1)
    return tuple(int(n) for n in np.histogram(every, bins=BINS, range=(0, 1))[0])


def _by_labels(
    divisions: Divisions,
    truth: Labels,
    pair: tuple[int, int],
    taken: Taken,
    tail: Floats,
    needed: float,
) -> LabelEvidence:
    (one, other), labels = pair, divisions.labels
    differences = divisions.between(one, other)
    wrong = labels[[one, other]] != truth
    fewer = pair[int(wrong[1].sum() < wrong[0].sum())]
    at = labels[fewer] != truth
    rest = np.delete(labels[:, at], pair, axis=0)
    return LabelEvidence(
        wrong=(int(wrong[0].sum()), int(wrong[1].sum())),
        shared=int((wrong[0] & (labels[one] == labels[other])).sum()),
        expected=float((rest == labels[fewer, at]).mean(axis=0).sum()),
        share=float(taken.share[pair]),
        low=float(taken.low[pair]),
        differences=differences,
        evidence=differences.evidence + float(tail[pair]),
        needed=needed,
    )


def _by_numbers(found: Alike, pair: tuple[int, int], usual: float) -> NumberEvidence:
    equal, beyond, together = (float(each[pair]) for each in found)
    return NumberEvidence(equal, beyond, together, usual)
