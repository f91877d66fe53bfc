"""Read a file of predictions: strictly, by content, with every fault told at once."""

from pathlib import Path

import polars as pl

from scorers.errors import (
    Fault,
    FaultList,
    InvalidPredictions,
    InvalidSolution,
    ParticipantVisibleError,
)
from scorers.kinds import InputKind
from scorers.reading.aligning import add_id_faults, raise_if
from scorers.reading.binary_reading import read_other
from scorers.reading.checking import Table
from scorers.reading.containers import Format, looks_like_csv, unpack
from scorers.reading.csv_blocks import read_blocks
from scorers.reading.csv_reading import read_csv
from scorers.reading.schema import Plan, Schema

__all__ = [
    "Fault",
    "InputKind",
    "InvalidPredictions",
    "InvalidSolution",
    "ParticipantVisibleError",
    "Schema",
    "read_predictions",
    "read_table",
]


def read_predictions(path: Path, schema: Schema) -> pl.DataFrame:
    """The predictions as they stand in the file: id columns, then predictions, in their types.

    Raises: InvalidPredictions with every fault, ids that stand there twice included.
    """
    table = read_table(path, schema.rules, max_bytes=schema.max_bytes, max_rows=schema.max_rows)
    faults = FaultList()
    add_id_faults(table, None, faults)
    raise_if(faults)
    return table.frame


def read_table(
    path: Path, plan: Plan, *, max_bytes: int, max_rows: int, ids: pl.DataFrame | None = None
) -> Table:
    """A table of any format, its cells checked by the rules that `plan` makes of its header.

    `ids`: the ids that must be there, told together with the other faults of a wrong file; a file
    without other faults is left to `aligning.align`. Raises: InvalidPredictions.
    """
    table = _read_plain(path, plan, max_bytes, max_rows)
    if table is not None:
        return table
    faults = FaultList()
    unpacked = unpack(path, max_bytes)
    if unpacked.format is Format.CSV:
        table = read_csv(unpacked.data, plan, max_rows, faults)
    else:
        table = read_other(unpacked, plan, max_rows, max_bytes, faults)
    if faults:
        add_id_faults(table, ids, faults)
    raise_if(faults)
    return table


def _read_plain(path: Path, plan: Plan, max_bytes: int, max_rows: int) -> Table | None:
    """A CSV file that is neither packed nor wrong in any way; None for every other file."""
    if path.stat().st_size > max_bytes:
        return None
    with path.open("rb") as file:
        if not looks_like_csv(file.read(64)):
            return None
        file.seek(0)
        return read_blocks(file, plan, max_rows)
