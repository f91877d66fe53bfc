"""JSON Lines: an object on each line, with the same keys, holding text and numbers alone."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl

from scorers.errors import Fault, FaultList, InvalidPredictions, shorten
from scorers.reading.checking import (
    DTYPES,
    Locate,
    Table,
    check_cells,
)
from scorers.reading.containers import refuse
from scorers.reading.csv_reading import check_encoding, check_rows
from scorers.reading.lengths import LONGEST_LINE, check_lengths
from scorers.reading.schema import HeaderMismatchError, Plan, Rules
from scorers.reading.wording import not_as_due, said_of, where
from scorers.sentences import Sentence, as_written, sentence

NUL_CHARACTER = sentence("there is a NUL character; write the file again as text.")
_HALF_A_CHARACTER = sentence("there is half a character (a lone surrogate); write text in UTF-8.")


def rules_without_line(plan: Plan, header: Sequence[str]) -> Rules:
    """The rules for a header that stands on no line. Raises: InvalidPredictions."""
    try:
        return plan(header)
    except HeaderMismatchError as mismatch:
        told = [_without_line(fault) for fault in mismatch.faults]
        raise InvalidPredictions(told) from None


def _without_line(fault: Fault) -> Fault:
    said = as_written(as_written(fault.message).values.get("said", fault.message))
    text = Sentence(said[:1].upper() + said[1:], said.message, said.values)
    return Fault(fault.code, text, None, fault.column, fault.value, fault.expected)


def checked(strings: pl.DataFrame, rules: Rules, locate: Locate, faults: FaultList) -> Table:
    """The typed table of one read as text. Raises: InvalidPredictions when there is no row."""
    if not strings.height and not faults:
        text = sentence("The file has no rows.")
        refuse("empty_file", text, expected=sentence("a row for each id"))
    return check_cells(strings, rules, locate, faults)


def read_json_lines(data: bytes, plan: Plan, max_rows: int, faults: FaultList) -> Table:
    """The table; whatever is wrong with its lines is added to the faults.

    Raises: InvalidPredictions for what is wrong with the file as a whole.
    """
    check_encoding(data)
    data = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n \t")
    check_lengths(data, LONGEST_LINE)
    check_rows(data.count(b"\n") + 1, max_rows)
    lines = data.split(b"\n")
    first = _first(lines[0])
    rules = rules_without_line(plan, list(first))
    # As text at once: lists of small things take many times the memory of what was sent.
    columns: dict[str, list[str | None]] = {name: [] for name in first}
    places = []
    for number, line in enumerate(lines, start=1):
        row = _object(line)
        fault = _fault(number, row, list(first), rules)
        if fault or row is None:
            faults.add(fault or _not_an_object(number, list(first)))
        else:
            for name, cells in columns.items():
                cells.append(_text(row[name]))
            places.append(number)
    strings = pl.DataFrame(columns, schema=dict.fromkeys(first, pl.String))
    table = checked(strings, rules, places.__getitem__, faults)
    return table._replace(whole=len(places) == len(lines))


def _first(line: bytes) -> dict[str, Any]:
    first = _object(line)
    if first is None:
        _refuse_repeated(line)
        text = said_of(where(1, 0), sentence("this is not a JSON object."))
        refuse("not_json", text, 1, sentence("an object on each line"))
    if not first:
        text = said_of(where(1, 0), sentence("the object is empty; write a key for each column."))
        refuse("not_json", text, 1, sentence("a key for each column"))
    if not all(_is_unicode(name) for name in first):
        half = sentence("a key holds half a character (a lone surrogate).")
        refuse("encoding", said_of(where(1, 0), half), 1, sentence("text"))
    return first


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _refuse_repeated(line: bytes) -> None:
    """Name the key that stands there twice, where that is the fault. Raises: InvalidPredictions."""
    try:
        pairs = json.loads(line, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return
    names = (
        [pair[0] for pair in pairs if isinstance(pair, tuple)] if isinstance(pairs, list) else []
    )
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None and _is_unicode(twice):
        said = sentence("the column “%(name)s” stands there more than once.", name=shorten(twice))
        refuse("repeated_column", said_of(where(1, 0), said), 1)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key stands there twice")
    return row


def _fault(
    number: int, row: dict[str, Any] | None, header: list[str], rules: Rules
) -> Fault | None:
    """What is wrong with a line; a value that is no number is told later, where one is due."""
    if row is None:
        return _not_an_object(number, header)
    if row.keys() != set(header):
        text = sentence("the keys differ from those of line 1")
        return _bad_line("ragged_row", number, text, header)
    for name, content in rules.contents.items():
        fault = _bad_value(number, name, row[name], numeric=DTYPES[content] is pl.Float64)
        if fault:
            return fault
    return None


def _not_an_object(number: int, header: list[str]) -> Fault:
    return _bad_line("not_json", number, sentence("this is not a JSON object"), header)


def _bad_line(code: str, number: int, what: Sentence, header: list[str]) -> Fault:
    names = ", ".join(shorten(name) for name in header[:10])
    expected = sentence("an object with the keys %(names)s", names=names)
    text = not_as_due(where(number, 0), what, expected)
    return Fault(code, text, number, expected=expected)


def _bad_value(number: int, name: str, value: Any, *, numeric: bool) -> Fault | None:
    place = where(number, 0, shorten(name))
    if isinstance(value, str):
        if "\0" in value:
            text = said_of(place, NUL_CHARACTER)
            return Fault("nul", text, number, shorten(name), expected=sentence("text"))
        if not _is_unicode(value):
            text = said_of(place, _HALF_A_CHARACTER)
            due = sentence("text in UTF-8")
            return Fault("encoding", text, number, shorten(name), expected=due)
    elif value is not None and not numeric and not _is_number(value):
        told, due = shorten(json.dumps(value)), sentence("text in quotes, or a number")
        said = sentence("%(told)s is neither text nor a number", told=told)
        return Fault("not_text", not_as_due(place, said, due), number, shorten(name), told, due)
    return None


def _is_number(value: Any) -> bool:
    finite = not isinstance(value, float) or math.isfinite(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and finite


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | list | dict) else repr(value)
