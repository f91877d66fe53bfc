"""Pure decisions on corrections: what changes between two boards of a phase."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from server.boards.medals import Medal, medal_of


class Placed(Protocol):
    """Where a team stands on a board; without a rank it was taken off."""

    @property
    def rank(self) -> int | None:
        """The place, counted from 1."""

    @property
    def score(self) -> float:
        """The score that counts."""


# Scores that are this close look the same with the usual decimals.
SEEN_APART = 2e-4


class Change(NamedTuple):
    """A team's place, score and medal on two boards; None where it has none."""

    team_id: int
    team: str
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None
    medal_before: Medal | None = None
    medal_after: Medal | None = None

    @property
    def decimals(self) -> int | None:
        """How many decimals show that the scores differ; None: as many as usual do."""
        if self.score_before is None or self.score_after is None:
            return None
        apart = abs(self.score_after - self.score_before)
        if not 0 < apart < SEEN_APART * max(1.0, abs(self.score_before)):
            return None
        return min(12, 1 - math.floor(math.log10(apart)))

    @property
    def climbed(self) -> int | None:
        """How many places it went up, where it has one on both."""
        if self.rank_before is None or self.rank_after is None:
            return None
        return self.rank_before - self.rank_after

    @property
    def order(self) -> tuple[float, float, int]:
        """Sorts changes by the places that come out, then by those that were."""
        last = float("inf")
        return self.rank_after or last, self.rank_before or last, self.team_id


def compare(
    before: Mapping[int, Placed], after: Mapping[int, Placed], *, names: Mapping[int, str]
) -> list[Change]:
    """Return every team whose rank, score or medal differs between two boards, in the order after.

    Medals go by Kaggle's bounds among the teams that each board ranks: where others come or go,
    a team that stays where it is may win or lose one.
    """
    teams = [_ranked(board.values()) for board in (before, after)]
    changes = []
    for team_id in before.keys() | after.keys():
        old, new = before.get(team_id), after.get(team_id)
        ranks = (old.rank if old else None, new.rank if new else None)
        medals = [medal_of(r, teams=n) for r, n in zip(ranks, teams, strict=True)]
        same = old and new and (old.rank, old.score) == (new.rank, new.score)
        if same and medals[0] is medals[1]:
            continue
        changes.append(
            Change(
                team_id,
                names.get(team_id, ""),
                *ranks,
                old.score if old else None,
                new.score if new else None,
                *medals,
            )
        )
    return sorted(changes, key=lambda change: change.order)


def _ranked(places: Iterable[Placed]) -> int:
    return sum(place.rank is not None for place in places)


class Summary(NamedTuple):
    """How many teams a board has, and what becomes of how many of them."""

    teams: int
    moved: int
    rescored: int
    appeared: int
    vanished: int
    entered: dict[Medal, int]
    left: dict[Medal, int]


def summary(changes: Sequence[Change], *, teams: int) -> Summary:
    """Count what changes say; whoever goes from silver to gold enters the one, leaves the other."""
    stayed = [c for c in changes if c.climbed is not None]
    turned = [c for c in changes if c.medal_before is not c.medal_after]
    return Summary(
        teams=teams,
        moved=sum(c.climbed != 0 for c in stayed),
        rescored=sum(c.score_before != c.score_after for c in stayed),
        appeared=sum(c.rank_before is None and c.rank_after is not None for c in changes),
        vanished=sum(c.rank_before is not None and c.rank_after is None for c in changes),
        entered={medal: sum(c.medal_after is medal for c in turned) for medal in Medal},
        left={medal: sum(c.medal_before is medal for c in turned) for medal in Medal},
    )
