"""Names of a challenge's teams, as one text: a part of a name is found without a database.

No index that SQLite and PostgreSQL have alike finds a part of a word; to compare forty thousand
names takes either several milliseconds, and a text of them a third of one.
"""

from array import array
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.versions import LATEST
from server.shared.caching import cache_of
from server.shared.events import Event
from server.teams.models import Team

# No name can hold it.
BETWEEN = "\n"
# Whatever names a team, or names it anew.
NAMING = ("team.created", "team.renamed", "team.closed", "class.set")
# About what a team takes in memory, besides its name.
TEAM_BYTES = 20


class Names(NamedTuple):
    """Keys of names in one text, where each begins (and where it all ends), and whose it is."""

    text: str
    starts: "array[int]"
    teams: "array[int]"

    def holding(self, part: str, *, most: int) -> list[int]:
        """Return the teams whose names hold a part, at most so many."""
        found: list[int] = []
        at = self.text.find(part)
        while 0 <= at < self.starts[-1] and len(found) < most:
            following = bisect_right(self.starts, at)
            found.append(self.teams[following - 1])
            at = self.text.find(part, self.starts[following])
        return found


def names_of(session: Session, challenge_id: int) -> Names:
    """Return the names of a challenge's teams, kept by a process until one of the instance's is
    given or changed."""
    keeping = cache_of(session)
    if keeping is None:
        return _read(session, challenge_id)
    named = tuple(session.execute(_named_last()).one())
    return keeping.fetch(
        ("names", challenge_id, named),
        lambda: _read(session, challenge_id),
        size=lambda names: len(names.text) + TEAM_BYTES * (1 + len(names.teams)),
    )


def _read(session: Session, challenge_id: int) -> Names:
    text, numbers = session.execute(_every_name(), {"challenge_id": challenge_id}).one()
    if not text:
        return Names("", array("q", [0]), array("q"))
    lengths = (len(name) + len(BETWEEN) for name in text.split(BETWEEN))
    starts = array("q", accumulate(lengths, initial=0))
    return Names(text, starts, array("q", map(int, numbers.split(BETWEEN))))


@cache
def _every_name() -> sa.Select[*tuple[Any, ...]]:
    # Put together there: to fetch forty thousand rows takes twice as long.
    return sa.select(
        func.aggregate_strings(col(Team.name_key), BETWEEN),
        func.aggregate_strings(sa.cast(col(Team.id), sa.String), BETWEEN),
    ).where(
        col(Team.challenge_id) == sa.bindparam("challenge_id"),
        # The key of a closed team holds a line break.
        col(Team.closed_at).is_(None),
    )


@cache
def _named_last() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what changes when a team is named: the last such events of each kind.

    Numbers of events are given out before they are committed: one that comes late changes the sum.
    """
    return sa.select(*(_last(kind) for kind in NAMING))


def _last(kind: str) -> Any:
    latest = (
        sa.select(col(Event.id).label("id"))
        .where(col(Event.kind) == kind)
        .order_by(col(Event.id).desc())
        .limit(sa.literal_column(str(LATEST)))
        .subquery()
    )
    return sa.select(func.sum(latest.c.id)).scalar_subquery()
