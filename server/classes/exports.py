"""A gradebook in the forms that others read: a spreadsheet's, and Moodle's import."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from server.classes.queries import Book, Row

COLUMNS = (
    "name",
    "email",
    "team",
    "grade",
    "grade_worst",
    "grade_best",
    "score",
    "interval_low",
    "interval_high",
    "late_days",
    "submission",
)
GRADES = ("grade", "grade_worst", "grade_best")
NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")
# https://docs.moodle.org/en/Grade_import: a column that tells who, and one for the grade item.
MOODLE = ("Email address", "Full name")


def gradebook(book: Book, ending: str) -> Iterable[Sequence[Any]]:
    """Return the rows of the whole gradebook; in a workbook grades are numbers where they can."""
    return map(_typed if ending == "xlsx" else _cells, book.rows)


def _typed(row: Row) -> list[Any]:
    """Return a row's cells; a grade that is written as a number is one."""
    return [
        float(cell) if column in GRADES and NUMBER.fullmatch(cell or "") else cell
        for column, cell in zip(COLUMNS, _cells(row), strict=True)
    ]


def _cells(row: Row) -> tuple[Any, ...]:
    handed_in = row.handed_in
    score = handed_in.score if handed_in else None
    return (
        row.student.name,
        row.student.email,
        row.student.team.name if row.student.team else None,
        row.grade.text,
        row.grade.worst,
        row.grade.best,
        score.value if score else None,
        score.low if score else None,
        score.high if score else None,
        handed_in.late if handed_in else None,
        handed_in.submission_id if handed_in else None,
    )


def moodle_cells(book: Book) -> list[tuple[Any, ...]]:
    """Return what Moodle imports: addresses with a grade; who has no address is left out."""
    return [
        (row.student.email, row.student.name, row.grade.text)
        for row in book.rows
        if row.student.email
    ]
