"""A CSV file that is as it should be, read a block at a time: fast, and never whole in memory.

Whatever is not plainly right (a quote, a NUL, a lone carriage return, text that is not UTF-8, a
header that is not due, a cell that is wrong) ends the attempt: None, and the file is read again by
`csv_reading`, which finds out what is the matter and says so.
"""

import csv
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.reading.checking import DTYPES, Table, is_clean
from scorers.reading.lengths import LONGEST_HEADER
from scorers.reading.schema import HeaderMismatchError, Plan, Rules

_BOM = b"\xef\xbb\xbf"
# Small enough that the allocator gives each block the pages of the last, and for its cache.
BLOCK_BYTES = 1 << 24
_COUNTED_AT_ONCE = 1 << 17
_LINE_FEED, _CARRIAGE_RETURN = 10, 13
_ENDS_BLANK = (b"\n\n", b"\n\r\n")


Signed = NDArray[np.int8]
Mask = NDArray[np.bool_]


def read_blocks(stream: BinaryIO, plan: Plan, max_rows: int) -> Table | None:
    """The table of a stream that is at its start; None where anything is not as it should be."""
    header: list[str] = []
    rules: Rules | None = None
    frames, rows = [], 0
    for number, block in enumerate(_blocks(stream)):
        lines = count_lines(block)
        if not _is_plain(block, lines):
            return None
        if rules is None:
            found = _plan(block, plan)
            if found is None:
                return None
            header, rules = found
        elif block.startswith(_BOM):
            # Here it is part of a cell, which polars would take away.
            return None
        expected = lines + (not block.endswith(b"\n")) - (number == 0)
        rows += expected
        frame = None if rows > max_rows else _read(block, header, rules, first=number == 0)
        if frame is None or frame.height != expected:
            return None
        frames.append(frame)
    if rules is None or rows == 0:
        return None
    return Table(pl.concat(frames, rechunk=True), rules, lambda row: row + 2)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes in blocks of whole lines; blank lines at the end are left out."""
    start = stream.tell()
    while True:
        stream.seek(start + BLOCK_BYTES)
        stream.readline()
        end = stream.tell()
        stream.seek(start)
        block = stream.read(end - start)
        if not block:
            return
        start += len(block)
        if block.endswith(_ENDS_BLANK) and not stream.read(1):
            block = block.rstrip(b"\r\n")
        yield block


def _is_plain(block: bytes, lines: int) -> bool:
    """Whether each line is a row, as it stands, in UTF-8."""
    if b'"' in block:
        return False
    if _count(block, _is_control_or_foreign) == lines:
        return True
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return False
    return block.isascii() or _is_utf_8(block)


def _is_utf_8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plan(block: bytes, plan: Plan) -> tuple[list[str], Rules] | None:
    if block.find(b"\n") > LONGEST_HEADER:
        return None
    line = block[: block.find(b"\n") + 1].removeprefix(_BOM).decode("utf-8")
    header = next(csv.reader([line], strict=True), [])
    try:
        return header, plan(header)
    except HeaderMismatchError:
        return None


def count_lines(data: bytes) -> int:
    """How many line feeds there are: several times as fast as `bytes.count`."""
    return _count(data, _is_line_feed)


def _is_line_feed(values: Signed) -> Mask:
    return np.equal(values, _LINE_FEED)


def _is_control_or_foreign(values: Signed) -> Mask:
    """Control characters up to the carriage return and, negative, all that is not ASCII."""
    return np.less_equal(values, _CARRIAGE_RETURN)


def _count(data: bytes, is_one: Callable[[Signed], Mask]) -> int:
    """How many bytes are of a kind, counted in pieces that stay in the processor's cache."""
    view = np.frombuffer(data, dtype=np.int8)
    starts = range(0, len(view), _COUNTED_AT_ONCE)
    return sum(int(np.count_nonzero(is_one(view[at : at + _COUNTED_AT_ONCE]))) for at in starts)


def _read(block: bytes, header: list[str], rules: Rules, *, first: bool) -> pl.DataFrame | None:
    schema = {name: DTYPES[rules.contents[name]] for name in header}
    try:
        frame = pl.read_csv(block, has_header=first, schema=schema, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    frame = frame.select(list(rules.contents))
    return frame if frame.height and is_clean(frame, rules) else None
