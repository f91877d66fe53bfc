"""A table as an Excel workbook: numbers are numbers, text is text, whatever Excel's language.

A CSV file with commas opens in one column where decimals are written with a comma. A workbook does
not depend on that, and no cell of it is taken for a formula or a link.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from math import isfinite

from xlsxwriter import Workbook  # type: ignore[import-untyped, unused-ignore]

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TITLE, LONGEST_CELL = 31, 32_767
# A title of a sheet has none of these.
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# In the place of the moment of writing: the same table is the same file.
EVER = {"created": datetime(2000, 1, 1)}  # noqa: DTZ001 - the format has no zones

Cell = str | float | int | None


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet; a cell that is None, or no finite number, stays empty."""
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties(EVER)
        sheet = book.add_worksheet(_title(title))
        for at, row in enumerate([header, *rows]):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, _legal(value)[:LONGEST_CELL])
                elif value is not None and isfinite(value):
                    sheet.write_number(at, column, value)
        sheet.autofit()
    return buffer.getvalue()


def _title(text: str) -> str:
    return _legal(text).translate(FORBIDDEN).strip(" '")[:LONGEST_TITLE].strip(" '") or "1"


def _legal(text: str) -> str:
    """Return a text without what XML 1.0 can't hold."""
    return ILLEGAL.sub("", text)
