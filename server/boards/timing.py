"""What the clock alone changes on a challenge's pages: how long one that was made stays right."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from server.challenges.rules import INCLUSIVE

# The bar of the phases is drawn in so many steps; words like "3 minutes ago" are a script's.
STEPS = 500
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=10)


class Timed(Protocol):
    """Something that begins and ends: a phase, or its columns."""

    @property
    def starts(self) -> datetime:
        """When it opens."""

    @property
    def ends(self) -> datetime:
        """Its last second."""


def tick_of(
    phases: Sequence[Timed], *, now: datetime, late: timedelta = timedelta()
) -> tuple[int, int]:
    """Return what changes when a page's words or drawings do: bounds passed, and a step of time.

    A phase opens at `starts`; at `ends` its last second runs, which ends `INCLUSIVE` later. `late`:
    for so long after it late files are taken for a grade.
    """
    passed = sum(
        (now >= phase.starts)
        + (now > phase.ends)
        + (now >= phase.ends + INCLUSIVE)
        + (now >= phase.ends + late + INCLUSIVE)
        for phase in phases
    )
    return passed, int(now.timestamp() // _step(phases).total_seconds())


def _step(phases: Sequence[Timed]) -> timedelta:
    if not phases:
        return LONGEST
    span = max(p.ends for p in phases) - min(p.starts for p in phases)
    return min(max(span / STEPS, SHORTEST), LONGEST)
