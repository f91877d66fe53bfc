"""The standings as a table."""

from typing import Any

from server.standings.queries import Place

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
)


def place_cells(place: Place) -> tuple[Any, ...]:
    """Return a university's place in the order of `STANDINGS_COLUMNS`."""
    return (
        place.rank,
        place.university.name,
        place.university.slug,
        place.university.country,
        place.value,
        len(place.results),
        *place.medals,
    )
