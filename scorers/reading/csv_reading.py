"""CSV as RFC 4180 has it, in UTF-8: polars where the file is right, row by row where it is not."""

import array
import csv
import sys
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl

from scorers.errors import Fault, FaultList, InvalidPredictions, shorten
from scorers.reading.checking import DTYPES, Locate, Table, check_cells, is_clean
from scorers.reading.containers import refuse, too_many_rows
from scorers.reading.csv_blocks import count_lines
from scorers.reading.lengths import LONGEST_HEADER, LONGEST_LINE, RowsOfText, check_lengths
from scorers.reading.schema import HeaderMismatchError, Plan, Rules, separated_otherwise
from scorers.reading.wording import not_as_due, said_of, where
from scorers.sentences import Sentence, as_written, sentence, together

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ROWS_AT_ONCE = 65_536
_QUOTE = ord('"')
_LOOKED_AT_ONCE = 1 << 22
# What may stand before a quote that opens and after one that closes; inside a field it stands twice
_BEFORE, _AFTER = tuple(b',\n"'), tuple(b',\r\n"')
_TO_UTF_8 = sentence("save the file as UTF-8 (in Excel: “CSV UTF-8”; in pandas: encoding=“utf-8”)")
_UTF_8 = as_written("UTF-8")
_POINTS = sentence("Write decimals with a point.")

# How long a field may be is settled by how large the file may be.
csv.field_size_limit(sys.maxsize)


class Scan(NamedTuple):
    """A file read row by row: cells as text, each row's line, whether no row is left out."""

    strings: pl.DataFrame
    lines: Sequence[int]
    whole: bool


def read_csv(data: bytes, plan: Plan, max_rows: int, faults: FaultList) -> Table:
    """The table; whatever is wrong with its rows is added to the faults.

    Raises: InvalidPredictions for what is wrong with the file as a whole.
    """
    check_encoding(data)
    data = data.removeprefix(_BOM).rstrip(b"\r\n")
    check_lengths(data, LONGEST_HEADER)
    header = _header(data)
    try:
        rules = plan(header)
    except HeaderMismatchError as mismatch:
        raise InvalidPredictions(mismatch.faults) from None
    lines = count_lines(data)
    check_rows(lines if b'"' not in data else 0, max_rows)
    # In quotes there may be lines without end in a row, or rows without end: one by one then.
    table = _read_fast(data, header, rules) if lines <= max_rows else None
    return table or _read_slowly(data, header, rules, max_rows, faults)


def check_encoding(data: bytes) -> None:
    """Refuse what is not UTF-8 text, with the remedy. Raises: InvalidPredictions."""
    if data.startswith(_UTF_16) or abs(data[0:200:2].count(0) - data[1:200:2].count(0)) > 40:
        text = sentence("The file is in UTF-16; %(remedy)s.", remedy=_TO_UTF_8)
        refuse("encoding", text, expected=_UTF_8)
    nul = data.find(b"\0")
    if nul >= 0:
        line = _line_of(data, nul)
        said = sentence("there is a NUL byte; write the file again as text.")
        refuse("nul", said_of(where(line, 0), said), line)
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        said = sentence("the text is not in UTF-8; %(remedy)s.", remedy=_TO_UTF_8)
        refuse("encoding", said_of(where(line, 0), said), line, _UTF_8)


def first_structural_fault(data: bytes) -> Sentence | None:
    """What is wrong with the rows of a table of any columns; None where nothing is found.

    Raises: InvalidPredictions for what is wrong with the file as a whole.
    """
    check_encoding(data)
    data, faults = data.removeprefix(_BOM).rstrip(b"\r\n"), FaultList()
    check_lengths(data, LONGEST_LINE)
    header = _header(data)
    _scan(data, header, sys.maxsize, None, faults)
    if faults and (separated := separated_otherwise(header)) is not None:
        return separated
    return InvalidPredictions(faults.in_file_order()[:1]).said if faults else None


def check_rows(rows: int, max_rows: int) -> None:
    """Raises: InvalidPredictions when there are more rows than allowed."""
    if rows > max_rows:
        refuse("too_many_rows", too_many_rows(max_rows))


def _line_of(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _header(data: bytes) -> list[str]:
    try:
        return next(RowsOfText(data, LONGEST_HEADER), [""]) or [""]
    except csv.Error:
        said = sentence("the header has a quote that is not closed.")
        refuse("unbalanced_quotes", said_of(where(1, 0), said), 1)


def _read_fast(data: bytes, header: list[str], rules: Rules) -> Table | None:
    """The whole file at once; None when anything at all is not as it should be."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    if not _is_well_quoted(data):
        return None
    schema = {name: DTYPES[rules.contents[name]] for name in header}
    try:
        frame = pl.read_csv(data, schema=schema, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    if b'"' not in data and frame.height != count_lines(data):
        return None
    frame = frame.select(list(rules.contents))
    return Table(frame, rules, _locator(data)) if frame.height and is_clean(frame, rules) else None


def _is_well_quoted(data: bytes) -> bool:
    """Whether every quote belongs to a field in quotes: of others polars makes what it can."""
    if b'"' not in data:
        return True
    text, found = np.frombuffer(data, dtype=np.uint8), 0
    for start in range(0, len(text), _LOOKED_AT_ONCE):
        quotes = start + np.flatnonzero(text[start : start + _LOOKED_AT_ONCE] == _QUOTE)
        opening, closing = quotes[found % 2 :: 2], quotes[1 - found % 2 :: 2]
        before = text[opening[opening > 0] - 1]
        after = text[closing[closing < len(text) - 1] + 1]
        if not (np.isin(before, _BEFORE).all() and np.isin(after, _AFTER).all()):
            return False
        found += len(quotes)
    return found % 2 == 0


def _locator(data: bytes) -> Locate:
    if b'"' not in data:
        return lambda row: row + 2

    @cache
    def lines() -> Sequence[int]:
        reader = RowsOfText(data)
        starts, last = array.array("q"), 0
        for _ in reader:
            starts.append(last + 1)
            last = reader.line_num
        return starts[1:]

    return lambda row: lines()[row]


def _read_slowly(
    data: bytes, header: list[str], rules: Rules, max_rows: int, faults: FaultList
) -> Table:
    hint = _POINTS if _has_numbers(rules) else None
    scan = _scan(data, header, max_rows, hint, faults)
    if not scan.lines and not faults:
        text = sentence("The file has a header and no rows.")
        refuse("empty_file", text, expected=sentence("a row for each id"))
    table = check_cells(scan.strings, rules, scan.lines.__getitem__, faults)
    return table._replace(whole=scan.whole)


def _has_numbers(rules: Rules) -> bool:
    return any(DTYPES[content] is pl.Float64 for content in rules.contents.values())


def _scan(
    data: bytes, header: list[str], max_rows: int, hint: Sentence | None, faults: FaultList
) -> Scan:
    """Read row by row; faults of the structure are added, the rows that have it are left out.

    `hint`: what is told where a row has too many fields.
    """
    reader, lines, blocks = RowsOfText(data), array.array("q"), []
    pending: list[list[str]] = []
    last, whole = 0, True
    try:
        for number, cells in enumerate(reader):
            line, last = last + 1, reader.line_num
            check_rows(number, max_rows)
            if number == 0:
                continue
            if len(cells) != len(header):
                faults.add(_ragged(line, cells, len(header), hint))
                whole = False
                continue
            pending.append(cells)
            lines.append(line)
            if len(pending) == _ROWS_AT_ONCE:
                blocks.append(_block(pending, header))
                pending = []
    except csv.Error:
        faults.add(_unreadable(last + 1))
        whole = False
    blocks.append(_block(pending, header))
    return Scan(pl.concat(blocks), lines, whole)


def _block(rows: list[list[str]], header: list[str]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    return pl.DataFrame(
        [pl.Series(n, c, dtype=pl.String) for n, c in zip(header, columns, strict=True)]
    )


def _fields(count: int) -> Sentence:
    if count == 1:
        return sentence("there is 1 field")
    return sentence("there are %(count)s fields", count=str(count))


def _ragged(line: int, cells: list[str], due: int, hint: Sentence | None) -> Fault:
    expected = sentence("%(count)s fields", count=str(due))
    if not cells:
        text = not_as_due(where(line, 0), sentence("the line is blank"), expected)
        return Fault("blank_line", text, line, expected=expected)
    text = not_as_due(where(line, 0), _fields(len(cells)), as_written(str(due)))
    if hint is not None and len(cells) > due:
        text = together(text, hint)
    return Fault("ragged_row", text, line, value=shorten(",".join(cells)), expected=expected)


def _unreadable(line: int) -> Fault:
    said = sentence(
        "a quote is opened and not closed, or text follows a closing quote; "
        "the file could not be read from here on."
    )
    text = said_of(where(line, 0), said)
    return Fault("unbalanced_quotes", text, line, expected=sentence("quotes in pairs"))
