"""Tables that are not CSV: JSON Lines, Parquet, NPZ."""

import io
import sys
import tokenize
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.errors import FaultList, shorten
from scorers.reading.checking import Table
from scorers.reading.containers import Format, Unpacked, refuse
from scorers.reading.csv_reading import check_rows
from scorers.reading.json_reading import (
    NUL_CHARACTER,
    checked,
    read_json_lines,
    rules_without_line,
)
from scorers.reading.parquet_reading import read_parquet
from scorers.reading.schema import Plan
from scorers.reading.wording import said_of, where
from scorers.sentences import Sentence, sentence

# What a damaged header of an array makes NumPy raise: it is read as Python's own words.
_FAILURES = (
    ValueError,
    OSError,
    EOFError,
    MemoryError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    RecursionError,
    SystemError,
    tokenize.TokenError,
)


def read_other(
    unpacked: Unpacked, plan: Plan, max_rows: int, max_bytes: int, faults: FaultList
) -> Table:
    """The table of a file that is not CSV; what is wrong with its rows is added to the faults.

    Raises: InvalidPredictions for what is wrong with the file as a whole.
    """
    if unpacked.format is Format.JSON_LINES:
        return read_json_lines(unpacked.data, plan, max_rows, faults)
    if unpacked.format is Format.PARQUET:
        frame = read_parquet(unpacked.data, max_rows, max_bytes)
    else:
        frame = _read_arrays(unpacked.members, max_rows)
    rules = rules_without_line(plan, frame.columns)
    strings = _as_text(frame)
    _check_nul(strings)
    return checked(strings, rules, lambda row: None, faults)


def _check_nul(strings: pl.DataFrame) -> None:
    for column in strings:
        row = column.str.contains("\0", literal=True).arg_true()
        if len(row):
            place = where(None, int(row[0]), shorten(column.name))
            refuse("nul", said_of(place, NUL_CHARACTER))


def _read_arrays(members: dict[str, bytes], max_rows: int) -> pl.DataFrame:
    arrays = {name: _read_array(name, data) for name, data in members.items()}
    lengths = {len(values) for values in arrays.values()}
    check_rows(max(lengths), max_rows)
    if len(lengths) > 1:
        told = ", ".join(f"“{shorten(n)}” {len(v):,}" for n, v in list(arrays.items())[:10])
        text = sentence("The arrays have different lengths: %(told)s.", told=told)
        refuse("ragged_row", text, expected=sentence("one length"))
    return pl.DataFrame([pl.Series(name, values) for name, values in arrays.items()])


def _read_array(name: str, data: bytes) -> NDArray[Any]:
    try:
        values = np.load(io.BytesIO(data), allow_pickle=False)
    except _FAILURES:
        refuse(
            "format",
            sentence(
                "The array “%(name)s” cannot be read; save plain numbers or text.",
                name=shorten(name),
            ),
        )
    if not isinstance(values, np.ndarray) or values.ndim != 1 or values.dtype.kind not in "biufU":
        due = sentence("one dimension of numbers or text")
        refuse("format", _of_another_shape(shorten(name), values), expected=due)
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    native = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))
    if native.dtype.kind == "U" and not _is_unicode(native):
        text = sentence(
            "The array “%(name)s” holds characters that there are not in Unicode.",
            name=shorten(name),
        )
        refuse("encoding", text, expected=sentence("text"))
    return native


def _of_another_shape(name: str, values: object) -> Sentence:
    if not isinstance(values, np.ndarray):
        return sentence("The array “%(name)s” is not one row of numbers or text.", name=name)
    return sentence(
        "The array “%(name)s” has %(dimensions)s dimensions of %(type)s.",
        name=name,
        dimensions=values.ndim,
        type=str(values.dtype),
    )


def _is_unicode(texts: NDArray[np.str_]) -> bool:
    """Whether every code point is one of a character; NumPy stores four bytes for each."""
    points = np.frombuffer(texts.tobytes(), dtype=np.uint32)
    surrogates = (points >= 0xD800) & (points <= 0xDFFF)
    return not (surrogates | (points > sys.maxunicode)).any()


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
