"""Pure rules that rank universities over a season of challenges.

N is the number of ranked teams of a challenge, r a rank, C the challenges of the season, w the
weight of a challenge.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from math import pow, prod
from typing import NamedTuple

from server.boards.medals import medal_bounds
from server.boards.points import points as points_of_rank
from server.boards.rules import ranks, sort_key
from server.shared.errors import N_


class Rule(StrEnum):
    """The published ways to rank universities."""

    POINTS = "points"
    MEDALS = "medals"
    GEOMETRIC = "geometric"
    PERCENTILE = "percentile"
    PARTICIPATION = "participation"


FORMULAS = {
    Rule.POINTS: N_("sum over C of w * 100000 * r**-0.75 * log10(1 + log10(max(N, 10))) / 1000"),
    Rule.MEDALS: N_("gold, then silver, then bronze, by Kaggle's bounds on the rank among N teams"),
    Rule.GEOMETRIC: N_("(product over C of (x + 1)) ** (1 / |C|), x = w * points of the challenge"),
    Rule.PERCENTILE: N_("mean over C, weighted by w, of 1 - (r - 1) / N, 0 where it took no part"),
    Rule.PARTICIPATION: N_(
        "accounts that have a scored submission; ties by teams, then submissions"
    ),
}


class Medals(NamedTuple):
    """Medals of a university; a team of several universities gives each its part of one."""

    gold: float = 0
    silver: float = 0
    bronze: float = 0


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
        return self.weight * self.share * _full_points(self.best_rank, self.teams_ranked)

    @property
    def percentile(self) -> float:
        """The share of teams that its best team left behind, itself included; not weighted."""
        return self.share * (1 - (self.best_rank - 1) / self.teams_ranked)


@lru_cache(maxsize=100_000)
def _full_points(rank: int, teams: int) -> float:
    return points_of_rank(rank, teams=teams)


class Activity(NamedTuple):
    """How many people, teams and submissions of a university have a score."""

    accounts: int = 0
    teams: float = 0
    submissions: int = 0


NO_ACTIVITY = Activity()


@dataclass(frozen=True)
class Season:
    """A university's results (where it took part), and how many challenges there are in all.

    `total_weight` is the sum of the weights of all challenges; without it each weighs 1.
    """

    results: Sequence[Result]
    challenges: int
    activity: Activity = NO_ACTIVITY
    total_weight: float | None = None

    @cached_property
    def medals(self) -> Medals:
        """The medals of all its teams."""
        if not self.results:
            return Medals()
        return Medals(*map(sum, zip(*(result.medals for result in self.results), strict=True)))

    @cached_property
    def worths(self) -> list[float]:
        """The points of its best team in each challenge."""
        return [result.points for result in self.results]

    @cached_property
    def values(self) -> "Mapping[Rule, float]":
        """What it has under each rule."""
        return {rule: value(self) for rule, value in VALUES.items()}

    @cached_property
    def keys(self) -> "Mapping[Rule, tuple[float, ...]]":
        """What sorts it under each rule."""
        return {rule: order_key(rule, self, value) for rule, value in self.values.items()}


def points(university: Season) -> float:
    """Return the sum of the points of its best team in each challenge."""
    return sum(university.worths)


def geometric(university: Season) -> float:
    """Return the geometric mean over the season of points + 1 (CSRankings' form)."""
    if not university.challenges:
        return 0.0
    product = prod(worth + 1 for worth in university.worths)
    return pow(product, 1 / university.challenges)


def percentile(university: Season) -> float:
    """Return the weighted mean over the season of the share of teams left behind."""
    if not university.challenges:
        return 0.0
    total = university.total_weight
    whole = university.challenges if total is None else total
    return sum(result.weight * result.percentile for result in university.results) / whole


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


def order_key(rule: Rule, university: Season, value: float) -> tuple[float, ...]:
    """Return what sorts universities under a rule: lower is better, equal shares a rank.

    `value` is the university's under the rule.
    """
    if rule is Rule.MEDALS:
        counts: Sequence[float] = university.medals
    elif rule is Rule.PARTICIPATION:
        counts = university.activity
    else:
        counts = (value,)
    # Rounded: thirds that were added in another order are the same number of medals.
    return tuple(sort_key(count, higher_is_better=True) for count in counts)


class Ranked(NamedTuple):
    """A university's place in the standings."""

    id: int
    rank: int
    value: float


def rank_universities(rule: Rule, universities: Mapping[int, Season]) -> list[Ranked]:
    """Return universities in the order of a rule; equal ones share a rank, the next is skipped."""
    keys = {k: university.keys[rule] for k, university in universities.items()}
    order = sorted(keys, key=keys.__getitem__)
    steps = {key: float(step) for step, key in enumerate(sorted(set(keys.values())))}
    numbers = ranks([steps[keys[k]] for k in order])
    return [
        Ranked(k, rank, universities[k].values[rule])
        for k, rank in zip(order, numbers, strict=True)
    ]


class PlacedTeam(NamedTuple):
    """A ranked team, and the universities that it is split equally among (none: independent)."""

    team_id: int
    rank: int
    score: float
    universities: Sequence[int]


class Line(NamedTuple):
    """A university on one board: its best team, and the medals and number of all its teams."""

    best_team_id: int
    best_score: float
    teams: int
    result: Result


class _Own:
    """What a university has on a board, while its teams are gone through."""

    def __init__(self, best: PlacedTeam, share: float, worth: float) -> None:
        self.best, self.share, self.worth = best, share, worth
        self.teams = 0
        self.won = [0.0, 0.0, 0.0]


def lines(placed: Iterable[PlacedTeam], *, teams: int) -> dict[int, Line]:
    """Return what each university has on a board of `teams` ranked teams, given best first.

    A team of several universities gives each an equal part of its points and of its medal, as
    MLH's season does, whatever number of its members each sent. The best team of a university
    is the one whose part is worth most.
    """
    bounds = medal_bounds(teams)
    found: dict[int, _Own] = {}
    for team in placed:
        kind = next((k for k, bound in enumerate(bounds) if team.rank <= bound), None)
        for university_id in team.universities:
            share = 1 / len(team.universities)
            worth = share * _full_points(team.rank, teams)
            own = found.get(university_id)
            if own is None:
                own = found[university_id] = _Own(team, share, worth)
            elif worth > own.worth:
                own.best, own.share, own.worth = team, share, worth
            own.teams += 1
            if kind is not None:
                own.won[kind] += share
    return {university_id: _line(own, teams) for university_id, own in found.items()}


def _line(own: _Own, teams: int) -> Line:
    result = Result(own.best.rank, teams, own.share, Medals(*own.won))
    return Line(own.best.team_id, own.best.score, own.teams, result)


class RangeOverRules(NamedTuple):
    """The best and the worst rank of a university under any of the rules."""

    best: int
    worst: int


def ranges_over_rules(ranked: Iterable[Sequence[Ranked]]) -> dict[int, RangeOverRules]:
    """Return how far each university's rank depends on the rule that is chosen."""
    found: dict[int, list[int]] = defaultdict(list)
    for places in ranked:
        for place in places:
            found[place.id].append(place.rank)
    return {k: RangeOverRules(min(ranks_), max(ranks_)) for k, ranks_ in found.items()}
