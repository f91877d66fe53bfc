"""A row of the standings, worked out: whose it is, and the numbers that it is made of."""

from typing import NamedTuple

from sqlmodel import Session

from server.shared.errors import NotFound
from server.standings.queries import Place, SeasonName, places_of
from server.standings.results import Found, results_of
from server.standings.rules import Rule
from server.universities.models import University
from server.universities.queries import university_by_slug


class Worked(NamedTuple):
    """A university's value under a rule, and what it is computed from.

    `percentiles` is the weighted sum of the percentiles.
    """

    place: Place
    results: list[Found]

    @property
    def university(self) -> University:
        """Whose row it is."""
        return self.place.university

    @property
    def percentiles(self) -> float:
        """The sum that is divided by the season's whole weight."""
        return sum(found.result.weight * found.result.percentile for found in self.results)


def worked_row(session: Session, season: SeasonName, rule: Rule, slug: str) -> Worked | None:
    """Return a university's row with its results; None where it has none, or does not exist."""
    try:
        university_id = university_by_slug(session, slug).id or 0
    except NotFound:
        return None
    places = places_of(session, season, university_id)
    if rule not in places:
        return None
    return Worked(places[rule], results_of(session, season, university_id))
