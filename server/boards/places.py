"""Where a score stands on a board, and how many teams the board ranks."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, func

from server.boards.marks import Marks, kept_marks
from server.boards.rows import On, on_board
from server.shared.caching import cache_of

Wanted = tuple[On, float]

# Of so many scores each count begins at the mark before; of more, where the last one ended.
FEW = 64
ABOVE_ALL = float("-inf")


def places(session: Session, on: On, keys: Iterable[float]) -> dict[float, int]:
    """Return the rank of each key: one more than the ranked entries strictly better.

    The counts are of spans that do not overlap: together they read the index at most once.
    """
    wanted = sorted(set(keys))
    if len(wanted) <= FEW and cache_of(session) is not None:
        found = places_on(session, [(on, key) for key in wanted])
        return {key: found[on, key] for key in wanted}
    return _from_the_top(session, on, wanted)


def places_on(session: Session, wanted: Sequence[Wanted]) -> dict[Wanted, int]:
    """Return the rank of keys on boards, each counted from the mark before it."""
    marks = {on: kept_marks(session, on) for on in {on for on, _ in wanted}}
    spans = [_span(marks[on], on, key) for on, key in wanted]
    # What stands at a mark is known already.
    counts = _counted(session, [(s.on, s.low, s.key) for s in spans if s.low != s.key])
    return {(s.on, s.key): s.before + counts.get((s.on, s.key), 0) + 1 for s in spans}


class Span(NamedTuple):
    """The keys of a board from `low` up to a wanted one; `before`: so many stand before `low`."""

    on: On
    low: float
    key: float
    before: int


def _span(marks: Marks | None, on: On, key: float) -> Span:
    if marks is None:
        return Span(on, ABOVE_ALL, key, 0)
    start = marks.below(key)
    return Span(on, key, key, 0) if start is None else Span(on, start.key, key, start.before)


def _from_the_top(session: Session, on: On, wanted: Sequence[float]) -> dict[float, int]:
    lows = [ABOVE_ALL, *wanted]
    counts = _counted(session, [(on, *span) for span in zip(lows, wanted, strict=False)])
    better, found = 0, {}
    for key in wanted:
        better += counts[on, key]
        found[key] = better + 1
    return found


def _counted(
    session: Session, spans: Sequence[tuple[On, float, float]]
) -> dict[tuple[On, float], int]:
    """Return how many ranked entries each span of keys holds, by its board and its upper end."""
    found: dict[tuple[On, float], int] = {}
    boards = list(dict.fromkeys(on for on, _, _ in spans))
    for first in range(0, len(spans), FEW):
        part = spans[first : first + FEW]
        statement = _statement(_size(part), len(boards))
        counts = session.execute(statement, _values(part, boards)).scalars().all()
        found |= {(on, high): count for (on, _, high), count in zip(part, counts, strict=False)}
    return found


def _size(spans: Sequence[object]) -> int:
    # Statements for a few sizes only: the rest are spans that hold nothing.
    return 1 << (len(spans) - 1).bit_length()


def _values(spans: Sequence[tuple[On, float, float]], boards: Sequence[On]) -> dict[str, object]:
    values: dict[str, object] = {"ranked": True}
    for index, on in enumerate(boards):
        values |= {f"phase{index}": on.phase_id, f"board{index}": on.board.value}
    nothing = (boards[0], ABOVE_ALL, ABOVE_ALL)
    for index in range(_size(spans)):
        on, low, high = spans[index] if index < len(spans) else nothing
        values |= {f"low{index}": low, f"high{index}": high}
        if len(boards) > 1:
            values[f"on{index}"] = boards.index(on)
    return values


@lru_cache
def _statement(size: int, boards: int) -> sa.TextClause:
    # VALUES of the ORM are compiled anew for each request: that takes longer than the counting.
    # Of one board its name is said once; which of several is meant, is a number in each span.
    many = boards > 1
    spans = ", ".join(f"({i}, :low{i}, :high{i}{f', :on{i}' if many else ''})" for i in range(size))
    phases, names = (
        " ".join(f"WHEN {i} THEN :{what}{i}" for i in range(boards)) for what in ("phase", "board")
    )
    phase = f"CASE span.board {phases} END" if many else ":phase0"
    board = f"CASE span.board {names} END" if many else ":board0"
    return sa.text(
        f"WITH span(nr, low, high{', board' if many else ''}) AS (VALUES {spans}) "  # noqa: S608 - own names
        f"SELECT (SELECT count(*) FROM entry WHERE phase_id = {phase} AND board = {board} "
        "AND ranked = :ranked AND key >= span.low AND key < span.high) FROM span ORDER BY nr"
    )


def count_ranked(session: Session, on: On) -> int:
    """Return how many teams a board ranks."""
    marks = kept_marks(session, on)
    if marks is not None:
        return marks.total
    return int(session.execute(sa.select(func.count()).where(*on_board(on))).scalar_one())
