"""Pure: where the dots and lines of a shake-up's chart stand, in the units of its drawing."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

from server.comparisons.shake_queries import MovedTeam

SIZE = 440.0
LEFT, TOP, MARGIN = 74.0, 12.0, 14.0
TICKS = 6
Scale = Callable[[float], float]


class Dot(NamedTuple):
    """A team: across by its public rank, down by its final one; its chance moves from x1 to x2."""

    x: float
    y: float
    x1: float | None
    x2: float | None
    moved: MovedTeam


class Tick(NamedTuple):
    """A rank on both axes."""

    at: float
    rank: int


class Scatter(NamedTuple):
    """A square of so many units with dots, ticks and the ends of the line of no move."""

    size: float
    left: float
    top: float
    first: float
    last: float
    dots: list[Dot]
    ticks: list[Tick]


def scatter(drawn: Sequence[MovedTeam]) -> Scatter:
    """Place the teams: rank 1 stands at the top left."""
    most = max(max(moved.public_rank, moved.private_rank) for moved in drawn)

    def at(rank: float) -> float:
        inside = min(max(rank, 1.0), float(most))
        step = (inside - 1) / max(1, most - 1)
        return round(MARGIN + step * (SIZE - 2 * MARGIN), 1)

    return Scatter(
        SIZE,
        LEFT,
        TOP,
        at(1),
        at(most),
        [_dot(moved, at) for moved in drawn],
        [Tick(at(rank), rank) for rank in _round_ranks(most)],
    )


def _dot(moved: MovedTeam, at: Scale) -> Dot:
    x, y, within = at(moved.public_rank), at(moved.private_rank), moved.within
    if within is None:
        return Dot(x, y, None, None, moved)
    return Dot(x, y, at(moved.private_rank - within), at(moved.private_rank + within), moved)


def _round_ranks(most: int) -> list[int]:
    """A few ranks to write at the axes: 1, and multiples of a round number."""
    steps = (base * 10**power for power in range(7) for base in (1, 2, 5))
    step = next((s for s in steps if ceil(most / s) <= TICKS), most)
    return [1, *(rank for rank in range(step, most + 1, step) if rank > 1)]
