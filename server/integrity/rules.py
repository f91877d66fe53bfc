"""Pure decisions on integrity: the states of a report, and which leaps of a score stand out."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from math import sqrt
from typing import NamedTuple

import numpy as np

# So many teams' counted files are compared, the best of the board: all pairs are 19,900.
MOST_TEAMS = 200
MOST_INTERRUPTIONS = 3
MOST_GROUPS = 50
MOST_IN_A_GROUP = 30
# An address is told where so many accounts of at least two teams came from it.
MANY_ACCOUNTS = 3
# A leap is improbable from here on, in standard errors, on a board with so many other teams.
LEAST_LEAP = 5.0
FEWEST_OTHERS = 7
_TIMES_USUAL = 2.0
_USUAL = 0.9
_OF_A_NORMAL = 1.959964


class ReportState(StrEnum):
    """Where a report stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


WAITING = (ReportState.QUEUED, ReportState.RUNNING)


class Scored(NamedTuple):
    """A team's scored submission; `error`: of its score, None where it has no interval."""

    submission_id: int
    team_id: int
    at: datetime
    score: float
    error: float | None


class Leap(NamedTuple):
    """A submission by which a team improved and passed all others, in standard errors.

    `gain`: over the team's own best before; `lead`: over the best of all others at that time.
    `size`: the smaller of the two; `usual`: what nine in ten of the other teams' leaps stay under.
    """

    submission_id: int
    before_id: int
    team_id: int
    score: float
    before: float
    best_of_others: float
    gain: float
    lead: float
    usual: float

    @property
    def size(self) -> float:
        """How far it leapt beyond both the team's own best and everybody else's."""
        return min(self.gain, self.lead)


def standard_error(low: float | None, high: float | None) -> float | None:
    """Return the standard error that a 95 % interval stands for."""
    if low is None or high is None or high <= low:
        return None
    return (high - low) / (2 * _OF_A_NORMAL)


def improbable_leaps(scored: Iterable[Scored], *, higher_is_better: bool) -> list[Leap]:
    """Return the leaps that stand out of those of this board, the largest first.

    `scored`: in the order in which they were received. A team's first submission is no leap, nor
    is anything while fewer than seven other teams have a score. A leap stands out with at least
    five standard errors of a difference (of two scores measured apart, which is cautious: those
    of one test set are surer), and at least twice what nine in ten leaps of other teams reach.
    """
    leaps = _leaps(scored, 1.0 if higher_is_better else -1.0)
    found = []
    for leap in leaps:
        others = [max(0.0, other.size) for other in leaps if other.team_id != leap.team_id]
        usual = float(np.quantile(others, _USUAL)) if others else 0.0
        if leap.size >= max(LEAST_LEAP, _TIMES_USUAL * usual):
            found.append(leap._replace(usual=usual))
    return sorted(found, key=lambda leap: -leap.size)


def _leaps(scored: Iterable[Scored], sign: float) -> list[Leap]:
    """Every improvement of a team that passed all others, on a board with others enough."""
    bests: dict[int, Scored] = {}
    leaders: list[Scored] = []
    found = []
    for new in scored:
        before = bests.get(new.team_id)
        if before is not None and sign * (new.score - before.score) <= 0:
            continue
        others = [leader for leader in leaders if leader.team_id != new.team_id]
        if before is not None and others and len(bests) > FEWEST_OTHERS:
            leap = _leap(new, before, others[0], sign)
            found += [leap] if leap is not None else []
        bests[new.team_id] = new
        # The two best teams: the best of all others is one of them.
        leaders = sorted([*others, new], key=lambda each: -sign * each.score)[:2]
    return found


def _leap(new: Scored, before: Scored, other: Scored, sign: float) -> Leap | None:
    gain = _in_errors(sign * (new.score - before.score), new.error, before.error)
    lead = _in_errors(sign * (new.score - other.score), new.error, other.error)
    if gain is None or lead is None or lead <= 0:
        return None
    return Leap(
        submission_id=new.submission_id,
        before_id=before.submission_id,
        team_id=new.team_id,
        score=new.score,
        before=before.score,
        best_of_others=other.score,
        gain=gain,
        lead=lead,
        usual=0.0,
    )


def _in_errors(difference: float, one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return None
    return difference / sqrt(one**2 + other**2)
