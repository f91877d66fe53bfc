"""Pure decisions on winners: who they are, and whether they still are."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from server.shared.errors import N_, Invalid

MOST_PLACES = 50
USUAL_PLACES = 3
LONGEST_PRIZE = 200


class Place(NamedTuple):
    """A team, its rank on the final board, and its score there, rounded as boards compare it."""

    team_id: int
    rank: int
    score: float


class Win(NamedTuple):
    """A team among the winners as it is published: its rank, its score, what it gets."""

    team_id: int
    rank: int
    score: float
    prize: str


def who_won(wins: Iterable[Win]) -> set[tuple[int, int]]:
    """Return which team has which place."""
    return {(win.team_id, win.rank) for win in wins}


def clean_prizes(prizes: Mapping[int, str]) -> dict[int, str]:
    """Return what each rank gets, on one line. Raises Invalid."""
    clean = {rank: " ".join(prize.split()) for rank, prize in prizes.items()}
    long = next((rank for rank, prize in clean.items() if len(prize) > LONGEST_PRIZE), None)
    if long is not None:
        raise Invalid(
            N_("This is too long: at most %(most)s characters."),
            field=f"prize-{long}",
            most=LONGEST_PRIZE,
        )
    return clean


def check_places(places: int) -> int:
    """Return how many places win. Raises Invalid."""
    if not 1 <= places <= MOST_PLACES:
        raise Invalid(N_("Give between 1 and %(most)s places."), field="places", most=MOST_PLACES)
    return places


def are_same(published: Iterable[Place], present: Iterable[Place]) -> bool:
    """Whether the published winners are still those of the board: their ranks and scores."""
    return sorted(published) == sorted(present)
