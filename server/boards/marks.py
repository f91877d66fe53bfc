"""Marks on a board: how many teams stand before a score, without a walk from its top.

A mark stands at every 256th team or so. Found once a version of the board and process, they leave
at most that many rows (and those of equal score) to be read for any page and any rank.
"""

from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.models import Entry
from server.boards.rows import On, asked_on, on_asked_board
from server.boards.versions import challenge_of_phase, kept
from server.shared.caching import cache_of

Made = TypeVar("Made")
APART = 256
BYTES = 80


class Start(NamedTuple):
    """Where to begin to read: at this key, before which so many teams stand."""

    key: float
    before: int


class Marks(NamedTuple):
    """Keys in ascending order, how many ranked teams stand before each, and how many there are."""

    keys: list[float]
    before: list[int]
    total: int

    def start_of(self, offset: int) -> Start | None:
        """Return the last mark that at most `offset` teams stand before."""
        return self._at(bisect_right(self.before, offset) - 1)

    def below(self, key: float) -> Start | None:
        """Return the last mark that is not behind a key."""
        return self._at(bisect_right(self.keys, key) - 1)

    def _at(self, index: int) -> Start | None:
        return None if index < 0 else Start(self.keys[index], self.before[index])


def kept_marks(session: Session, on: On) -> Marks | None:
    """Return a board's marks where the session may read what is kept; None: count the rows."""
    if cache_of(session) is None:
        return None
    found = kept_of(session, "marks", on, lambda: [marks_of(session, on)], APART * BYTES)
    return found[0]


def kept_of(
    session: Session, what: str, on: On, make: Callable[[], list[Made]], each: int
) -> list[Made]:
    """Return a list of things of a board that stay as long as it does; else make it.

    `each` is about how many bytes one takes.
    """
    if cache_of(session) is None:
        return make()
    challenge_id = challenge_of_phase(session, on.phase_id)
    return kept(session, (what, on), challenge_id, make, size=lambda found: each * (1 + len(found)))


def marks_of(session: Session, on: On) -> Marks:
    """Find a board's marks: the index is walked twice, and nothing else is read."""
    found = session.execute(_counted(), asked_on(on)).all()
    before, counts = [0], [count for _, count in found]
    for count in counts:
        before.append(before[-1] + count)
    return Marks([key for key, _ in found], before[:-1], before[-1])


@cache
def _counted() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of each mark's key and the number of teams from there to the next."""
    mark = _walk()
    following = func.lead(mark.c.key).over(order_by=mark.c.key)
    spans = (
        sa.select(mark.c.key, following.label("following"))
        .where(mark.c.key.is_not(None))
        .subquery()
    )
    rest = sa.select(func.count()).where(*on_asked_board(), col(Entry.key) >= spans.c.key)
    part = rest.where(col(Entry.key) < spans.c.following)
    count = sa.case(
        (spans.c.following.is_(None), rest.scalar_subquery()), else_=part.scalar_subquery()
    )
    return sa.select(spans.c.key, count).order_by(spans.c.key)


def _walk() -> sa.CTE:
    """Return the keys of a board from mark to mark; the last is null."""
    first = sa.select(func.min(col(Entry.key)).label("key")).where(*on_asked_board())
    mark = first.cte("mark", recursive=True)
    step = (
        sa.select(col(Entry.key))
        .where(*on_asked_board(), col(Entry.key) > mark.c.key)
        .order_by(col(Entry.key))
        .limit(sa.literal_column("1"))
        .offset(sa.literal_column(str(APART - 1)))
        .scalar_subquery()
    )
    return mark.union_all(sa.select(step).where(mark.c.key.is_not(None)))
