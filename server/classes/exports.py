"""A gradebook in the forms that others read: a spreadsheet's, and Moodle's import."""

from collections.abc import Iterator

from server.boards.exports import csv_lines
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
# https://docs.moodle.org/en/Grade_import: a column that tells who, and one for the grade item.
MOODLE = ("Email address", "Full name")


def spreadsheet(book: Book) -> Iterator[str]:
    """Yield the whole gradebook as CSV."""
    return csv_lines(COLUMNS, (_cells(row) for row in book.rows))


def _cells(row: Row) -> tuple[object, ...]:
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


def moodle(book: Book, item: str) -> Iterator[str]:
    """Yield what Moodle imports: addresses with the grade of one item; who has none is left out."""
    lines = (
        (row.student.email, row.student.name, row.grade.text)
        for row in book.rows
        if row.student.email
    )
    return csv_lines((*MOODLE, item), lines)
