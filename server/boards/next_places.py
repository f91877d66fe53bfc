"""What it would take: how far each team is from the next place, and what the test set detects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from scorers.sampling.detecting import paired_error, smallest_detectable
from server.boards.models import Entry, NextPlace
from server.boards.rows import ORDER, On, on_board

MOST_NEWCOMERS = 200
Replicates = Mapping[int, NDArray[np.float64]]


class Pair(NamedTuple):
    """A team's entry, and the one at the next place up (None: nobody is better)."""

    entry: Entry
    above: Entry | None


def next_up(entries: Sequence[Entry]) -> list[Pair]:
    """Return each ranked entry with the nearest that has a better score.

    `entries`: in the order of their board, from its first.
    """
    pairs: list[Pair] = []
    for index, entry in enumerate(entries):
        above = entries[index - 1] if index else None
        level = above is not None and above.key == entry.key
        pairs.append(Pair(entry, pairs[-1].above if level else above))
    return pairs


def newcomers_below(session: Session, on: On, last: Entry) -> list[Pair]:
    """Return whoever changed below the top of a board since its ranges were computed."""
    query = (
        select(Entry)
        .where(*on_board(on), col(Entry.ranges_at).is_(None), col(Entry.key) > last.key)
        .order_by(*ORDER)
        .limit(MOST_NEWCOMERS)
    )
    return [Pair(entry, _above(session, on, entry)) for entry in session.exec(query)]


def _above(session: Session, on: On, entry: Entry) -> Entry | None:
    query = (
        select(Entry)
        .where(*on_board(on), col(Entry.key) < entry.key)
        .order_by(*(column.desc() for column in ORDER))
        .limit(1)
    )
    return session.exec(query).first()


def write_next_places(
    session: Session, on: On, pairs: Iterable[Pair], replicates: Replicates, *, now: datetime
) -> None:
    """Write how far teams are from the next place; the caller commits."""
    pairs = [pair for pair in pairs if pair.entry.team_id is not None]
    session.execute(
        sa.delete(NextPlace).where(
            col(NextPlace.phase_id) == on.phase_id,
            col(NextPlace.board) == on.board,
            col(NextPlace.team_id).in_([pair.entry.team_id for pair in pairs]),
        )
    )
    session.add_all(
        NextPlace(
            phase_id=on.phase_id,
            board=on.board,
            team_id=entry.team_id or 0,
            submission_id=entry.submission_id,
            difference=abs(entry.value - above.value),
            detectable=_detectable(entry, above, replicates),
            made_at=now,
        )
        for entry, above in pairs
        if above is not None
    )


def _detectable(entry: Entry, above: Entry, replicates: Replicates) -> float | None:
    own, other = replicates.get(entry.submission_id), replicates.get(above.submission_id)
    if own is None or other is None or own.shape != other.shape:
        return None
    error = paired_error(own, other)
    return None if error is None else smallest_detectable(error)


def is_of_what_counts() -> sa.ColumnElement[bool]:
    """Return the condition of a next place being of what counts for an entry now.

    A frozen board's copy has none: they say how the board stands behind it.
    """
    return sa.and_(
        col(NextPlace.phase_id) == col(Entry.phase_id),
        col(NextPlace.board) == col(Entry.board),
        col(NextPlace.team_id) == col(Entry.team_id),
        col(NextPlace.submission_id) == col(Entry.submission_id),
    )
