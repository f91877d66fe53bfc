"""A table as an Excel workbook: numbers are numbers, text is text, whatever Excel's language.

A CSV file with commas opens in one column where decimals are written with a comma. A workbook does
not depend on that, and no cell of it is taken for a formula or a link.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import isfinite
from typing import IO
from xml.sax.saxutils import escape

from xlsxwriter import Workbook  # type: ignore[import-untyped, unused-ignore]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped, unused-ignore]

from server.shared.errors import N_, Conflict

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TITLE, LONGEST_CELL = 31, 32_767
# It takes seconds until the first byte: three for the 40,000 rows of a board, a dozen for as many
# rows of submissions as this.
MOST_ROWS = 50_000
# A row at a time is in memory; texts stand where they are written.
OPTIONS = {"constant_memory": True}
# Columns are as wide as what stands in the first rows, in characters.
LOOKED_AT, NARROWEST, WIDEST = 200, 6, 60
# A title of a sheet has none of these.
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# In the place of the moment of writing: the same table is the same file.
EVER = {"created": datetime(2000, 1, 1)}  # noqa: DTZ001 - the format has no zones
TOO_MANY = N_(
    "This table has more rows than the %(most)s that a workbook holds here. Take it as CSV, or "
    "choose fewer rows."
)

Cell = str | float | int | None


class Exact(float):
    """A number written with every digit that it has: the writer would leave out the 17th."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def write_workbook(
    file: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write a workbook of one sheet; a cell that is None, or no finite number, stays empty.

    Raises: Conflict, if there are more than `MOST_ROWS` rows.
    """
    with Workbook(file, OPTIONS) as book:
        book.set_properties(EVER)
        sheet = book.add_worksheet(_title(title))
        sheet.freeze_panes(1, 0)
        widths = [max(NARROWEST, _width(name)) for name in header]
        _write_row(sheet, 0, header)
        for at, row in enumerate(rows, 1):
            refuse_more(at)
            _write_row(sheet, at, row)
            if at <= LOOKED_AT:
                widths = [max(w, _width(value)) for w, value in zip(widths, row, strict=True)]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + 1)


def refuse_more(rows: int) -> None:
    """Refuse a table that would take too long to write. Raises: Conflict."""
    if rows > MOST_ROWS:
        raise Conflict(TOO_MANY, most=f"{MOST_ROWS:,}")


def _write_row(sheet: Worksheet, at: int, row: Sequence[Cell]) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(at, column, _plain(value))
        elif value is not None and isfinite(value):
            sheet.write_number(at, column, Exact(value) if isinstance(value, float) else value)


def _width(value: Cell) -> int:
    """Return about how wide a cell is; a Chinese character takes the room of two."""
    text = "" if value is None else str(value)[: 2 * WIDEST]
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def _title(text: str) -> str:
    return _legal(text).translate(FORBIDDEN).strip(" '")[:LONGEST_TITLE].strip(" '") or "1"


def _plain(text: str) -> str:
    """Return a text as the writer takes it: one in the marks of rich text it would not escape."""
    text = _legal(text)[:LONGEST_CELL]
    if text.startswith("<r>") and text.endswith("</r>"):
        return f'<r><t xml:space="preserve">{escape(text)}</t></r>'
    return text


def _legal(text: str) -> str:
    """Return a text without what XML 1.0 can't hold."""
    return ILLEGAL.sub("", text)
