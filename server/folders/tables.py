"""Looking into a table of an organiser's: its header, or all of it as text."""

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scorers.errors import InvalidPredictions
from scorers.reading.containers import Format, Unpacked, unpack
from scorers.reading.csv_reading import check_encoding, first_structural_fault
from scorers.sentences import Sentence, as_written, sentence
from server.folders.faults import repeated

MAX_UNPACKED_BYTES = 4_000_000_000
_BROKEN = (OSError, ValueError, EOFError, csv.Error, pl.exceptions.PolarsError)


class UnreadableTable(Exception):
    """The file holds no table; the text says why."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


def header_of(path: Path, *, most_bytes: int = MAX_UNPACKED_BYTES) -> list[str]:
    """Return the names of a table's columns. Raises UnreadableTable."""
    try:
        header = _header(_unpacked(path, most_bytes))
    except _BROKEN as error:
        said = sentence("the file can't be read as a table (%(error)s).", error=_first_line(error))
        raise UnreadableTable(said) from error
    if not header or not all(name.strip() for name in header):
        raise UnreadableTable(sentence("the first line must name every column."))
    _refuse_repeated(header)
    return header


def _refuse_repeated(header: Sequence[str]) -> None:
    """Refuse a name that stands there again: a library would rename or drop such a column."""
    for _, name in repeated(header):
        said = sentence(
            "it has the column “%(column)s” more than once; give each column a name of its own.",
            column=name,
        )
        raise UnreadableTable(said)


def text_columns(path: Path, *, most_bytes: int = MAX_UNPACKED_BYTES) -> pl.DataFrame:
    """Return a whole table as text, absent values as null. Raises UnreadableTable."""
    table = _unpacked(path, most_bytes)
    try:
        _refuse_repeated(_header(table))
        return _frame(table).cast(pl.String)
    except _BROKEN as error:
        raise UnreadableTable(_why(table) or as_written(_first_line(error))) from error


def _why(table: Unpacked) -> Sentence | None:
    """Return what is wrong with a CSV by its line, in words that are not the library's."""
    return first_structural_fault(table.data) if table.format is Format.CSV else None


def _unpacked(path: Path, most_bytes: int) -> Unpacked:
    try:
        table = unpack(path, most_bytes)
        if table.format is Format.CSV:
            check_encoding(table.data)
    except InvalidPredictions as error:
        raise UnreadableTable(error.said) from error
    return table


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _header(table: Unpacked) -> list[str]:
    match table.format:
        case Format.NPZ:
            return list(table.members)
        case Format.PARQUET:
            return list(pl.read_parquet_schema(io.BytesIO(table.data)))
        case Format.JSON_LINES:
            line = table.data.lstrip(b"\xef\xbb\xbf").splitlines()[0]
            return list(json.loads(line, object_pairs_hook=_names))
    text = io.TextIOWrapper(io.BytesIO(table.data), encoding="utf-8-sig", newline="")
    return next(csv.reader(text, strict=True), [])


def _names(pairs: list[tuple[str, Any]]) -> list[str]:
    """Return the keys of an object, those that stand there again included."""
    return [name for name, _ in pairs]


def _frame(table: Unpacked) -> pl.DataFrame:
    content = io.BytesIO(table.data)
    match table.format:
        case Format.NPZ:
            return pl.DataFrame({name: _array(data) for name, data in table.members.items()})
        case Format.PARQUET:
            return pl.read_parquet(content)
        case Format.JSON_LINES:
            return pl.read_ndjson(content)
    return pl.read_csv(content, infer_schema=False)


def _array(data: bytes) -> np.ndarray:
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False))


def number_columns(sample: Path, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the prediction columns in which the sample has numbers and nothing else."""
    try:
        table = text_columns(sample)
    except UnreadableTable:
        return ()
    return tuple(name for name in columns if _is_numeric(table, name))


def _is_numeric(table: pl.DataFrame, name: str) -> bool:
    if name not in table.columns or table.height == 0:
        return False
    values = table[name].str.strip_chars(" \t").cast(pl.Float64, strict=False)
    return values.null_count() == 0 and all(map(math.isfinite, values))
