"""Tables that are not CSV: JSON Lines, Parquet, NPZ."""

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.errors import Fault, FaultList, InvalidPredictions, shorten
from scorers.reading.checking import Locate, Table, check_cells, where
from scorers.reading.containers import Format, Unpacked, refuse
from scorers.reading.csv_reading import check_encoding, check_rows
from scorers.reading.schema import HeaderMismatchError, Plan, Rules

_FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def read_other(unpacked: Unpacked, plan: Plan, max_rows: int, faults: FaultList) -> Table:
    """The table of a file that is not CSV; what is wrong with its rows is added to the faults.

    Raises: InvalidPredictions for what is wrong with the file as a whole.
    """
    if unpacked.format is Format.JSON_LINES:
        return _read_json_lines(unpacked.data, plan, max_rows, faults)
    if unpacked.format is Format.PARQUET:
        frame = _read_parquet(unpacked.data, max_rows)
    else:
        frame = _read_arrays(unpacked.members, max_rows)
    return _checked(_as_text(frame), _rules(plan, frame.columns), lambda row: None, faults)


def _rules(plan: Plan, header: Sequence[str]) -> Rules:
    try:
        return plan(header)
    except HeaderMismatchError as mismatch:
        told = [_without_line(fault) for fault in mismatch.faults]
        raise InvalidPredictions(told) from None


def _without_line(fault: Fault) -> Fault:
    text = fault.message.removeprefix("line 1: ")
    return Fault(
        fault.code, text[:1].upper() + text[1:], None, fault.column, fault.value, fault.expected
    )


def _checked(strings: pl.DataFrame, rules: Rules, locate: Locate, faults: FaultList) -> Table:
    if not strings.height and not faults:
        refuse("empty_file", "The file has no rows.", expected="a row for each id")
    return check_cells(strings, rules, locate, faults)


def _read_json_lines(data: bytes, plan: Plan, max_rows: int, faults: FaultList) -> Table:
    check_encoding(data)
    lines = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n \t").split(b"\n")
    check_rows(len(lines), max_rows)
    first = _object(lines[0])
    if first is None:
        refuse("not_json", "line 1: this is not a JSON object.", 1, "an object on each line")
    rules = _rules(plan, list(first))
    rows, places = [], []
    for number, line in enumerate(lines, start=1):
        row = _object(line)
        if row is None or row.keys() != first.keys():
            faults.add(_bad_line(number, row, list(first)))
        else:
            rows.append(row)
            places.append(number)
    columns = {name: [_text(row[name]) for row in rows] for name in first}
    strings = pl.DataFrame(columns, schema=dict.fromkeys(first, pl.String))
    table = _checked(strings, rules, places.__getitem__, faults)
    return table._replace(whole=len(rows) == len(lines))


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key stands there twice")
    return row


def _bad_line(number: int, row: dict[str, Any] | None, header: list[str]) -> Fault:
    what = "this is not a JSON object" if row is None else "the keys differ from those of line 1"
    expected = f"an object with the keys {', '.join(shorten(name) for name in header[:10])}"
    text = f"{where(number, 0)}: {what}; expected {expected}."
    return Fault("not_json" if row is None else "ragged_row", text, number, expected=expected)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | list | dict) else repr(value)


def _read_parquet(data: bytes, max_rows: int) -> pl.DataFrame:
    try:
        lazy = pl.scan_parquet(io.BytesIO(data))
        check_rows(int(lazy.select(pl.len()).collect().item()), max_rows)
        nested = [n for n, kind in lazy.collect_schema().items() if kind.is_nested()]
        if nested:
            refuse(
                "format", f"The column “{shorten(nested[0])}” holds lists; expected single values."
            )
        return lazy.collect()
    except _FAILURES:
        refuse("format", "The Parquet file is damaged or cut short; write it again.")


def _read_arrays(members: dict[str, bytes], max_rows: int) -> pl.DataFrame:
    arrays = {name: _read_array(name, data) for name, data in members.items()}
    lengths = {len(values) for values in arrays.values()}
    check_rows(max(lengths), max_rows)
    if len(lengths) > 1:
        told = ", ".join(f"“{shorten(n)}” {len(v):,}" for n, v in list(arrays.items())[:10])
        refuse("ragged_row", f"The arrays have different lengths: {told}.", expected="one length")
    return pl.DataFrame([pl.Series(name, values) for name, values in arrays.items()])


def _read_array(name: str, data: bytes) -> NDArray[Any]:
    try:
        values = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError, MemoryError, SyntaxError):
        refuse("format", f"The array “{shorten(name)}” cannot be read; save plain numbers or text.")
    if values.ndim != 1 or values.dtype.kind not in "biufU":
        text = f"The array “{shorten(name)}” has {values.ndim} dimensions of {values.dtype}."
        refuse("format", text, expected="one dimension of numbers or text")
    return np.asarray(values.astype(np.float64) if values.dtype.kind == "f" else values)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every value as text: numbers with as many digits as they have, null as null."""
    return frame.select(_column_as_text(column) for column in frame)


def _column_as_text(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        values = column.to_list()
        return pl.Series(
            column.name, [None if v is None else repr(v) for v in values], dtype=pl.String
        )
    return column.cast(pl.String, strict=False)
