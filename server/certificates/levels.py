"""What a level of a standard asks for, and whether somebody has it: pure decisions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Level(StrEnum):
    """The three levels of a standard, the lowest first."""

    ELEMENTARY = "elementary"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Aim(StrEnum):
    """What a result is looked at for."""

    SCORED = "scored"
    BEATS = "beats"
    SURELY_BEATS = "surely_beats"
    TOP = "top"


class Named(NamedTuple):
    """A challenge that a condition names; without a phase its last one, without a baseline its
    strongest."""

    challenge: str
    phase: str = ""
    baseline: str = ""


class Condition(NamedTuple):
    """`test` holds in at least `at_least` of the challenges, and in `fields` different fields.

    `percent` says of a board which share of its ranks is the top, in per cent.
    """

    test: Aim
    challenges: tuple[Named, ...]
    at_least: int = 1
    fields: int = 0
    percent: str = "10"


class Outcome(NamedTuple):
    """What somebody has in a challenge: the team's row on the final board of a phase.

    `baselines` are the values of that board by name; `fields` the challenge's tags.
    """

    value: float
    interval: tuple[float, float] | None
    rank: int
    teams: int
    higher_is_better: bool
    baselines: Mapping[str, float]
    fields: Sequence[str]


Outcomes = Mapping[Named, Outcome]


class Progress(NamedTuple):
    """How far somebody is with a condition: where it holds, and what is missing."""

    condition: Condition
    holds_in: tuple[Named, ...]
    fields: int

    @property
    def missing(self) -> int:
        """How many more challenges it must hold in."""
        return max(0, self.condition.at_least - len(self.holds_in))

    @property
    def missing_fields(self) -> int:
        """How many more fields it must hold in."""
        return max(0, self.condition.fields - self.fields)

    @property
    def is_met(self) -> bool:
        """Whether the condition holds."""
        return not self.missing and not self.missing_fields


def passes(condition: Condition, named: Named, outcome: Outcome) -> bool:
    """Whether a result passes a condition's test. Equal to a baseline is not better than it."""
    if condition.test is Aim.SCORED:
        return True
    if condition.test is Aim.TOP:
        # Exact: 29 of 100 is among the best 29 %, which floating point denies.
        return outcome.rank * 100 <= Fraction(condition.percent) * outcome.teams
    bar = baseline_value(named, outcome)
    if bar is None:
        return False
    if condition.test is Aim.BEATS:
        return _better(outcome.value, bar, outcome)
    if outcome.interval is None:
        return False
    return all(_better(end, bar, outcome) for end in outcome.interval)


def baseline_value(named: Named, outcome: Outcome) -> float | None:
    """Return what the named baseline, or else the strongest one, has on the board."""
    if named.baseline:
        return outcome.baselines.get(named.baseline)
    strongest = max if outcome.higher_is_better else min
    return strongest(outcome.baselines.values(), default=None)


def _better(value: float, bar: float, outcome: Outcome) -> bool:
    return value > bar if outcome.higher_is_better else value < bar


def progress_in(condition: Condition, outcomes: Outcomes) -> Progress:
    """Return how far somebody is with a condition."""
    holds = tuple(
        named
        for named in condition.challenges
        if named in outcomes and passes(condition, named, outcomes[named])
    )
    return Progress(condition, holds, different_fields([outcomes[n].fields for n in holds]))


def different_fields(tagged: Sequence[Collection[str]]) -> int:
    """Return in how many different fields some challenges are, where each counts for one of its.

    A challenge with two tags is no work in two fields: the number is that of a largest matching
    of challenges with tags (augmenting paths, Kuhn 1955).

    >>> different_fields([{"vision", "medicine"}])
    1
    >>> different_fields([{"vision", "medicine"}, {"vision"}])
    2
    """
    taken: dict[str, int] = {}
    return sum(_settle(number, tagged, taken, set()) for number in range(len(tagged)))


def _settle(
    number: int, tagged: Sequence[Collection[str]], taken: dict[str, int], tried: set[str]
) -> bool:
    """Give a challenge a field of its own, where others can move to another of theirs."""
    for field in tagged[number]:
        if field in tried:
            continue
        tried.add(field)
        if field not in taken or _settle(taken[field], tagged, taken, tried):
            taken[field] = number
            return True
    return False


Levels = Mapping[Level, Sequence[Condition]]


def progress_of(levels: Levels, outcomes: Outcomes) -> dict[Level, list[Progress]]:
    """Return how far somebody is with every condition of every level."""
    return {
        level: [progress_in(condition, outcomes) for condition in levels[level]]
        for level in Level
        if level in levels
    }


def level_reached(levels: Levels, outcomes: Outcomes) -> Level | None:
    """Return the highest level all of whose conditions hold; a level without any is no level."""
    reached = [
        level
        for level, all_of_them in progress_of(levels, outcomes).items()
        if all_of_them and all(progress.is_met for progress in all_of_them)
    ]
    return reached[-1] if reached else None


def counted_results(conditions: Iterable[Condition], outcomes: Outcomes) -> list[Named]:
    """Return the results that a level rests on: each challenge once, in the order of its name."""
    found = {
        (named.challenge, named.phase): named
        for condition in conditions
        for named in progress_in(condition, outcomes).holds_in
    }
    return [found[key] for key in sorted(found)]
