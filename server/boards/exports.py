"""Boards in formats that others read: a spreadsheet's table, CTFtime's feed."""

from collections.abc import Iterable
from typing import Any

from server.boards.rows import Row, UniversityName
from server.boards.university_lines import Line
from server.boards.withdrawn import Withdrawn
from server.shared.spreadsheets import moment

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
    "universities",
)
LINE_COLUMNS = (
    "rank",
    "university",
    "university_slug",
    "points",
    "best_rank",
    "best_score",
    "teams",
)
WITHDRAWN = "withdrawn by the organiser"


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
        moment(row.last_submitted_at),
        "yes" if row.baseline else None,
        row.move,
        None,
        _names(row.universities),
    )


def _names(universities: Iterable[UniversityName]) -> str:
    return "; ".join(university.name for university in universities)


def withdrawn_cells(found: Withdrawn) -> tuple[Any, ...]:
    """Return a team that the organisers withdrew: its name, its university, and that they did."""
    known = {
        "team": found.team.name,
        "university": found.university and found.university.name,
        "university_slug": found.university and found.university.slug,
        "note": WITHDRAWN,
        "universities": _names(found.universities),
    }
    return tuple(known.get(column) for column in BOARD_COLUMNS)


def line_cells(line: Line) -> tuple[Any, ...]:
    """Return a university's line in the order of `LINE_COLUMNS`; the independent have no rank."""
    return (
        line.rank,
        line.university.name if line.university else None,
        line.university.slug if line.university else None,
        line.points,
        line.best_rank,
        line.best_score,
        line.teams,
    )


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
