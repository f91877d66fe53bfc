"""The standings, and what a university reached, as tables."""

from typing import Any

from server.standings.queries import Place
from server.standings.results import Found

STANDINGS_COLUMNS = (
    "rank",
    "university",
    "university_slug",
    "country",
    "points",
    "challenges",
    "gold",
    "silver",
    "bronze",
    "accounts",
    "teams",
    "submissions",
    "rank_low",
    "rank_high",
    "rules_best",
    "rules_worst",
)
RESULTS_COLUMNS = (
    "challenge",
    "phase",
    "board",
    "provisional",
    "best_team",
    "best_team_id",
    "best_rank",
    "ranked",
    "best_score",
    "share",
    "weight",
    "points",
    "percentile",
    "teams",
    "gold",
    "silver",
    "bronze",
    "challenge_title",
    "phase_title",
)


def place_cells(place: Place) -> tuple[Any, ...]:
    """Return a university's place in the order of `STANDINGS_COLUMNS`."""
    low, high = place.range or (None, None)
    return (
        place.rank,
        place.university.name,
        place.university.slug,
        place.university.country,
        place.value,
        place.challenges,
        *place.medals,
        *place.activity,
        low,
        high,
        *place.rules,
    )


def result_cells(found: Found) -> tuple[Any, ...]:
    """Return what a university has in a challenge in the order of `RESULTS_COLUMNS`."""
    return (
        found.board.challenge.slug,
        found.board.phase.slug,
        found.board.board.value,
        "yes" if found.board.provisional else "no",
        found.best_team.name,
        found.best_team.id,
        found.result.best_rank,
        found.result.teams_ranked,
        found.best_score,
        found.result.share,
        found.result.weight,
        found.result.points,
        round(found.result.percentile, 12),
        found.teams,
        *found.result.medals,
        found.board.challenge.title,
        found.board.phase.title,
    )
