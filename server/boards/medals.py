"""Kaggle's medals: a pure function of the rank and the number of ranked teams."""

from enum import StrEnum
from typing import NamedTuple


class Medal(StrEnum):
    """What a rank is worth."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


class Bounds(NamedTuple):
    """The last rank that gets each medal; silver and bronze are cumulative."""

    gold: int
    silver: int
    bronze: int


def medal_bounds(teams: int) -> Bounds:
    """Return Kaggle's bounds for a number of ranked teams; counts are floored.

    >>> medal_bounds(50)
    Bounds(gold=5, silver=10, bronze=20)
    """
    if teams < 100:
        return Bounds(teams // 10, teams // 5, teams * 2 // 5)
    if teams < 250:
        return Bounds(10, teams // 5, teams * 2 // 5)
    gold = 10 + teams // 500
    if teams < 1000:
        return Bounds(gold, 50, 100)
    return Bounds(gold, teams // 20, teams // 10)


def medal_of(rank: int | None, *, teams: int) -> Medal | None:
    """Return the medal of a rank among `teams` ranked teams, if it gets one.

    >>> medal_of(11, teams=100), medal_of(41, teams=100)
    (<Medal.SILVER: 'silver'>, None)
    """
    if rank is None:
        return None
    for medal, last in zip(Medal, medal_bounds(teams), strict=True):
        if rank <= last:
            return medal
    return None
