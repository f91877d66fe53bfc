"""Pure rules that rank universities over a season of challenges.

N is the number of ranked teams of a challenge, r a rank, C the challenges of the season.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from math import pow, prod
from typing import NamedTuple

from server.boards.points import points as points_of_rank
from server.boards.rules import ranks, sort_key


class Rule(StrEnum):
    """The published ways to rank universities."""

    POINTS = "points"
    MEDALS = "medals"
    GEOMETRIC = "geometric"
    PERCENTILE = "percentile"
    PARTICIPATION = "participation"


FORMULAS = {
    Rule.POINTS: "sum over C of w * 100000 * r**-0.75 * log10(1 + log10(max(N, 10))) / 1000",
    Rule.MEDALS: "gold, then silver, then bronze, by Kaggle's bounds on the rank among N teams",
    Rule.GEOMETRIC: "(product over C of (x + 1)) ** (1 / |C|), x the points of the challenge",
    Rule.PERCENTILE: "mean over C of 1 - (r - 1) / N, 0 where it took no part",
    Rule.PARTICIPATION: "accounts that have a scored submission; ties by teams, then submissions",
}


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


class Medals(NamedTuple):
    """Medals of a university; a team of several universities gives each its part of one."""

    gold: float = 0
    silver: float = 0
    bronze: float = 0

    def plus(self, other: "Medals") -> "Medals":
        """Return both together."""
        return Medals(*(a + b for a, b in zip(self, other, strict=True)))


def medals_of_rank(rank: int, *, teams: int, share: float = 1) -> Medals:
    """Return the medal of one team's rank."""
    bounds = medal_bounds(teams)
    if rank <= bounds.gold:
        return Medals(gold=share)
    if rank <= bounds.silver:
        return Medals(silver=share)
    return Medals(bronze=share) if rank <= bounds.bronze else Medals()


class Result(NamedTuple):
    """What a university reached in one challenge: `share` is its part of the best team."""

    best_rank: int
    teams_ranked: int
    share: float = 1
    medals: Medals = Medals()
    weight: float = 1

    @property
    def points(self) -> float:
        """The weighted points of its best team."""
        full = points_of_rank(self.best_rank, teams=self.teams_ranked)
        return self.weight * self.share * full


class Activity(NamedTuple):
    """How many people, teams and submissions of a university have a score."""

    accounts: int = 0
    teams: int = 0
    submissions: int = 0


class Season(NamedTuple):
    """A university's results (where it took part), and how many challenges there are in all."""

    results: Sequence[Result]
    challenges: int
    activity: Activity = Activity()

    @property
    def medals(self) -> Medals:
        """The medals of all its teams."""
        total = Medals()
        for result in self.results:
            total = total.plus(result.medals)
        return total


def points(university: Season) -> float:
    """Return the sum of the points of its best team in each challenge."""
    return sum(result.points for result in university.results)


def geometric(university: Season) -> float:
    """Return the geometric mean over the season of points + 1 (CSRankings' form)."""
    if not university.challenges:
        return 0.0
    product = prod(result.points + 1 for result in university.results)
    return pow(product, 1 / university.challenges)


def percentile(university: Season) -> float:
    """Return the mean over the season of the share of teams that its best team left behind."""
    if not university.challenges:
        return 0.0
    shares = (
        result.share * (1 - (result.best_rank - 1) / result.teams_ranked)
        for result in university.results
    )
    return sum(shares) / university.challenges


def medals(university: Season) -> float:
    """Return the number of medals; their order is by gold, silver and bronze."""
    return sum(university.medals)


def participation(university: Season) -> float:
    """Return the number of people with a scored submission."""
    return university.activity.accounts


VALUES: Mapping[Rule, Callable[[Season], float]] = {
    Rule.POINTS: points,
    Rule.MEDALS: medals,
    Rule.GEOMETRIC: geometric,
    Rule.PERCENTILE: percentile,
    Rule.PARTICIPATION: participation,
}


def order_key(rule: Rule, university: Season) -> tuple[float, ...]:
    """Return what sorts universities under a rule: lower is better, equal shares a rank."""
    if rule is Rule.MEDALS:
        return tuple(-count for count in university.medals)
    if rule is Rule.PARTICIPATION:
        return tuple(-count for count in university.activity)
    return (sort_key(VALUES[rule](university), higher_is_better=True),)


class Ranked(NamedTuple):
    """A university's place in the standings."""

    id: int
    rank: int
    value: float


def rank_universities(rule: Rule, universities: Mapping[int, Season]) -> list[Ranked]:
    """Return universities in the order of a rule; equal ones share a rank, the next is skipped."""
    keys = {k: order_key(rule, university) for k, university in universities.items()}
    order = sorted(keys, key=lambda k: keys[k])
    steps = {key: float(step) for step, key in enumerate(sorted(set(keys.values())))}
    numbers = ranks([steps[keys[k]] for k in order])
    return [
        Ranked(k, rank, VALUES[rule](universities[k]))
        for k, rank in zip(order, numbers, strict=True)
    ]
