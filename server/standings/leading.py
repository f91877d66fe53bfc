"""The universities that lead, for pages that show them beside other things."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session

from server.standings.queries import standings
from server.standings.rules import Rule

SHOWN = 5
# The standings read every board: a page that everybody opens may not do so each time.
KEPT = timedelta(seconds=15)


class Leader(NamedTuple):
    """A university among the first, in plain values."""

    rank: int
    slug: str
    name: str
    points: float


class Leaders:
    """The first universities by points, computed at most every few seconds of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._as_of: datetime | None = None
        self._rows: Sequence[Leader] = ()

    def first(self, session: Session, *, now: datetime) -> Sequence[Leader]:
        """Return the first universities as of now, or of some seconds ago."""
        with self._lock:
            if self._as_of is None or not self._as_of <= now < self._as_of + KEPT:
                self._rows, self._as_of = _first(session, now), now
            return self._rows


def _first(session: Session, now: datetime) -> Sequence[Leader]:
    places = standings(session, Rule.POINTS, now=now).places[:SHOWN]
    return [Leader(p.rank, p.university.slug, p.university.name, p.value) for p in places]
