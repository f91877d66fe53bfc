"""Where a score stands on a board, and how many teams the board ranks."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, func

from server.boards.marks import Marks, kept_marks
from server.boards.rows import On, on_board

# Of so many scores each count begins at the mark before; of more, where the last one ended.
FEW = 64
ABOVE_ALL = float("-inf")


def places(session: Session, on: On, keys: Iterable[float]) -> dict[float, int]:
    """Return the rank of each key: one more than the ranked entries strictly better.

    The counts are of spans that do not overlap: together they read the index at most once.
    """
    wanted = sorted(set(keys))
    marks = kept_marks(session, on) if len(wanted) <= FEW else None
    if marks is None:
        return _from_the_top(session, on, wanted)
    spans = [_span(marks, key) for key in wanted]
    # What stands at a mark is known already.
    between = [span for span in spans if span.low != span.key]
    counts = _counted(session, on, [(span.low, span.key) for span in between])
    return {span.key: span.before + counts.get(span.key, 0) + 1 for span in spans}


class Span(NamedTuple):
    """The keys from `low` up to a wanted one; `before`: how many teams stand before `low`."""

    low: float
    key: float
    before: int


def _span(marks: Marks, key: float) -> Span:
    start = marks.below(key)
    return Span(key, key, 0) if start is None else Span(start.key, key, start.before)


def _from_the_top(session: Session, on: On, wanted: Sequence[float]) -> dict[float, int]:
    counts = _counted(session, on, list(zip([ABOVE_ALL, *wanted], wanted, strict=False)))
    better, found = 0, {}
    for key in wanted:
        better += counts[key]
        found[key] = better + 1
    return found


def _counted(session: Session, on: On, spans: Sequence[tuple[float, float]]) -> dict[float, int]:
    """Return how many ranked entries each span of keys holds, by its upper end."""
    found: dict[float, int] = {}
    for first in range(0, len(spans), FEW):
        part = spans[first : first + FEW]
        values: dict[str, object] = {"phase": on.phase_id, "board": on.board.value, "ranked": True}
        # Statements for a few sizes only: the rest are spans that hold nothing.
        size = 1 << (len(part) - 1).bit_length()
        for index in range(size):
            low, high = part[index] if index < len(part) else (ABOVE_ALL, ABOVE_ALL)
            values[f"low{index}"], values[f"high{index}"] = low, high
        found.update(session.execute(_statement(size), values).tuples().all())
    return found


@lru_cache
def _statement(size: int) -> sa.TextClause:
    # VALUES of the ORM are compiled anew for each request: that takes longer than the counting.
    spans = ", ".join(f"(:low{i}, :high{i})" for i in range(size))
    return sa.text(
        f"WITH span(low, high) AS (VALUES {spans}) "  # noqa: S608 - names that are made here
        "SELECT high, (SELECT count(*) FROM entry WHERE phase_id = :phase AND board = :board "
        "AND ranked = :ranked AND key >= span.low AND key < span.high) FROM span"
    )


def count_ranked(session: Session, on: On) -> int:
    """Return how many teams a board ranks."""
    marks = kept_marks(session, on)
    if marks is not None:
        return marks.total
    return int(session.execute(sa.select(func.count()).where(*on_board(on))).scalar_one())
