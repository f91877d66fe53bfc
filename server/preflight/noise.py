"""How noisy a phase's boards are: the error of a score, and of the difference of two."""

import math
from typing import NamedTuple

import numpy as np

from scorers.results import BoardResult
from scorers.sampling.detecting import paired_error, smallest_detectable
from scorers.sampling.influence import spread_of
from server.preflight.facts import Candidate, PhaseFacts

# How alike the errors of two good submissions are taken to be where no two are known.
ALIKE = 0.5
_FEWEST = 50
# Two files that differ in hardly a row say nothing of what other submissions would.
_SAME, _LESS = 0.05, 0.95


class Noise(NamedTuple):
    """A board's noise: `error` of one score, `paired` of a difference of two, in its units.

    `rows`: of the board. `own`: the part of a score's error in which submissions differ.
    """

    rows: int
    error: float
    paired: float
    sources: tuple[str, ...]

    @property
    def own(self) -> float:
        """The noise of a score beyond what is the same for every submission."""
        return self.paired / math.sqrt(2)

    @property
    def detectable(self) -> float:
        """The smallest difference found with 95 % confidence and 80 % power."""
        return smallest_detectable(self.paired)


def noise_of(facts: PhaseFacts, board: str) -> Noise | None:
    """A board's noise, from the two best teams or baselines, the best one, or the sample.

    `board`: "public" or "private". The sample is too unlike a team's submission to be a second.
    With one baseline the errors of two good submissions are taken
    to have a correlation of 0.5, or that of the baseline's and the sample's where those are more
    alike: two good submissions are not less alike than a good one and a poor one.
    None where the board has no rows, or its error is not known.
    """
    rivals = facts.rivals
    best = rivals[0] if rivals else facts.sample
    result = None if best is None else _board(best, board)
    error = None if result is None else _error(result)
    if best is None or result is None or not error:
        return None
    for other in rivals[1:]:
        paired = _paired(result, _board(other, board))
        if paired and paired > _SAME * error:
            return Noise(result.rows, error, paired, (best.name, other.name))
    assumed = error * math.sqrt(2 * (1 - ALIKE))
    sample = None if facts.sample is None or facts.sample is best else facts.sample
    apart = None if sample is None else _paired(result, _board(sample, board))
    if sample is not None and apart and _SAME * error < apart < assumed * _LESS:
        return Noise(result.rows, error, apart, (best.name, sample.name))
    return Noise(result.rows, error, assumed, (best.name,))


def _board(candidate: Candidate, board: str) -> BoardResult | None:
    return candidate.result.public if board == "public" else candidate.result.private


def _error(result: BoardResult) -> float | None:
    if result.influence is not None and len(result.influence) > 1:
        return spread_of(result.influence).error
    if result.replicates is None:
        return None
    defined = result.replicates[np.isfinite(result.replicates)]
    return float(defined.std(ddof=1)) if len(defined) >= _FEWEST else None


def _paired(a: BoardResult, b: BoardResult | None) -> float | None:
    if b is None:
        return None
    if a.influence is not None and b.influence is not None and len(a.influence) > 1:
        return spread_of(a.influence - b.influence).error
    if a.replicates is None or b.replicates is None:
        return None
    return paired_error(a.replicates, b.replicates)
