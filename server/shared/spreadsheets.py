"""Tables that people take along: as CSV for every program, as a workbook for Excel."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from io import SEEK_END, StringIO
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from flask import Response

from server.shared.workbooks import TYPE, write_workbook

# The end of a table's address: one route has both, behind one gate.
ENDING = "<any(csv, xlsx):ending>"
PART_BYTES = 1 << 16
BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet take a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A grade below zero runs nothing; whoever imports it, as Moodle does, needs it as it is.
NUMBER = re.compile(r"-[0-9]+([.][0-9]+)?")


class Table(NamedTuple):
    """A table and the name of its file, without the ending."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def sent(table: Table, ending: str, *, lasting: bool = False) -> Response:
    """Answer with a table in one of the forms of `ENDING`.

    `lasting`: its rows can be read when the request is over; as CSV they are sent as they are read.
    """
    if ending == "xlsx":
        file = _workbook(table)
        response = _attached(_read(file), TYPE, f"{table.name}.xlsx")
        response.content_length = file.seek(0, SEEK_END)
        # Where nobody reads it: the answer to HEAD.
        response.call_on_close(file.close)
        return response
    lines = csv_lines(table.columns, table.rows)
    return _attached(lines if lasting else list(lines), "text/csv", f"{table.name}.csv")


def _workbook(table: Table) -> IO[bytes]:
    """Return a file with a table as a workbook, which is in no memory whole."""
    with ExitStack() as unless_whole:
        file = unless_whole.enter_context(TemporaryFile())
        write_workbook(file, table.name, table.columns, table.rows)
        unless_whole.pop_all()
    return file


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(PART_BYTES):
            yield part


def _attached(body: Iterable[Any], kind: str, name: str) -> Response:
    response = Response(body, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def cell(value: Any) -> Any:
    """Return a value as a cell of CSV; text that a spreadsheet would run is made plain text."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value):
        return "'" + value
    return value


def moment(at: datetime | None) -> str | None:
    """Write a moment as the API does."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


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
