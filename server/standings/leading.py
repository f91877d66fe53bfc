"""The universities that lead, for pages that show them beside other things."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from server.standings.queries import first_universities

SHOWN = 5


class Leader(NamedTuple):
    """A university among the first, in plain values."""

    rank: int
    slug: str
    name: str
    points: float


def leaders(session: Session) -> Sequence[Leader]:
    """Return the first universities by points, as they were last computed."""
    return [
        Leader(p.rank, p.university.slug, p.university.name, p.value)
        for p in first_universities(session, shown=SHOWN)
    ]
