"""Points and groups of a board: pure functions of ranks."""

from collections.abc import Sequence
from math import log10, pow

FEWEST_TEAMS = 10


def points(rank: int, *, teams: int) -> float:
    """Return the points of a rank among `teams` ranked teams, in thousands.

    Kaggle's formula of 2015 without team size and decay:
    `100000 * r**-0.75 * log10(1 + log10(max(N, 10))) / 1000`.

    >>> round(points(1, teams=10), 3)
    30.103
    """
    return 100_000 * pow(rank, -0.75) * log10(1 + log10(max(teams, FEWEST_TEAMS))) / 1000


def brackets(groups: Sequence[int | None]) -> list[str]:
    """Return where each row stands in its group's bracket: first, middle, last, or nothing.

    None (a baseline) is part of the bracket that goes on behind it.
    """
    known = [(index, group) for index, group in enumerate(groups) if group is not None]
    spans: dict[int, tuple[int, int]] = {}
    for index, group in known:
        spans[group] = (spans.get(group, (index, index))[0], index)
    result = [""] * len(groups)
    for first, last in spans.values():
        if first == last:
            continue
        result[first : last + 1] = ["bracket"] * (last + 1 - first)
        result[first], result[last] = "bracket-first", "bracket-last"
    return result
