"""Boards in formats that others read: a spreadsheet's CSV, CTFtime's feed."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from server.boards.rows import Row
from server.boards.withdrawn import Withdrawn

BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet take a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOARD_COLUMNS = (
    "rank",
    "team",
    "university",
    "university_slug",
    "score",
    "interval_low",
    "interval_high",
    "rank_best",
    "rank_worst",
    "submissions",
    "last_submitted_at",
    "baseline",
    "move",
    "note",
)
WITHDRAWN = "withdrawn by the organiser"


def cell(value: Any) -> Any:
    """Return a value as a cell; text that a spreadsheet would run is made plain text."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a table as CSV (RFC 4180; UTF-8 with a byte order mark, which Excel needs)."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield BYTE_ORDER_MARK
    writer.writerow([cell(name) for name in header])
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if buffer.tell() > 1 << 15:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def board_cells(row: Row) -> tuple[Any, ...]:
    """Return a board's row in the order of `BOARD_COLUMNS`."""
    low, high = row.interval or (None, None)
    best, worst = row.rank_range or (None, None)
    return (
        row.rank,
        row.team.name if row.team else row.baseline,
        row.university.name if row.university else None,
        row.university.slug if row.university else None,
        row.score,
        low,
        high,
        best,
        worst,
        row.submissions,
        row.last_submitted_at.isoformat().replace("+00:00", "Z"),
        "yes" if row.baseline else None,
        row.move,
        None,
    )


def withdrawn_cells(found: Withdrawn) -> tuple[Any, ...]:
    """Return a team that the organisers withdrew: its name, its university, and that they did."""
    known = {
        "team": found.team.name,
        "university": found.university and found.university.name,
        "university_slug": found.university and found.university.slug,
        "note": WITHDRAWN,
    }
    return tuple(known.get(column) for column in BOARD_COLUMNS)


def ctftime(rows: Iterable[Row], *, task: str) -> dict[str, Any]:
    """Return CTFtime's scoreboard feed: the ranked teams alone, with one task, the phase."""
    return {
        "tasks": [task],
        "standings": [
            {
                "pos": row.rank,
                "team": row.team.name,
                "score": row.score,
                "taskStats": {
                    task: {"points": row.score, "time": int(row.submitted_at.timestamp())}
                },
                "lastAccept": int(row.submitted_at.timestamp()),
            }
            for row in rows
            if row.team is not None and row.rank is not None
        ],
    }
