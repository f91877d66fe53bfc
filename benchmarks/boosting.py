"""The boosting attack of Blum and Hardt (2015) on a board, through the real scorers and ladder."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers import get_scorer
from scorers.ladder import Rung, Step, climb, next_step, paired_error, rung_of

Labels = NDArray[np.int64]


class Gained(NamedTuple):
    """What a board shows of an attacker in the end, by policy, and what fresh rows would say."""

    best: float
    ladder: float
    fresh: float


class Attack:
    """Sends random labels, then the majority of those by which the shown score became better.

    On `best` every score is told, so those above a half are taken; on `ladder` those that were
    released. Two thirds of the labels belong to fresh rows, of which no answer says anything.
    """

    def __init__(
        self,
        *,
        rows: int,
        submissions: int,
        seed: int,
        metric: str = "accuracy",
        replicates: int = 0,
    ) -> None:
        rng = np.random.default_rng([2015, seed])
        self._rows, self._scorer, self._replicates = rows, get_scorer(metric), replicates
        self._truth = rng.integers(0, 2, 3 * rows)
        self._sent = rng.integers(0, 2, (submissions, 3 * rows))
        self._rungs = [self._rung(labels) for labels in self._sent]
        self._steps = climb(self._rungs, higher_is_better=True)

    def _rung(self, labels: Labels) -> Rung:
        truth, given = self._truth[: self._rows], labels[: self._rows]
        found = self._scorer.evaluate(truth, given, seed=1, replicates=self._replicates)
        return rung_of(found)

    def after(self, submissions: int) -> Gained:
        """What the first so many answers gain: the last file is sent too, and the board read."""
        rungs, steps = self._rungs[:submissions], self._steps[:submissions]
        good = [rung.value > 0.5 for rung in rungs]
        by_score = self._majority(good)
        by_release = self._majority([step.improved for step in steps])
        fresh = slice(self._rows, None)
        return Gained(
            best=max(self._rung(by_score).value, *(r.value for r in rungs)),
            ladder=self._next(self._rung(by_release), rungs, steps).released,
            fresh=self._scorer.score(self._truth[fresh], by_score[fresh]),
        )

    @staticmethod
    def _next(rung: Rung, rungs: list[Rung], steps: list[Step]) -> Step:
        best = max(at for at, step in enumerate(steps) if step.improved)
        return next_step(
            rung,
            released=steps[-1].released,
            error=paired_error(rung, rungs[best]),
            higher_is_better=True,
        )

    def _majority(self, chosen: list[bool]) -> Labels:
        sent = self._sent[: len(chosen)][chosen]
        return (sent.mean(axis=0) > 0.5).astype(np.int64) if len(sent) else self._sent[0]


def attack(*, rows: int, submissions: int, seed: int) -> Gained:
    """What one attacker gains with so many submissions."""
    return Attack(rows=rows, submissions=submissions, seed=seed).after(submissions)
