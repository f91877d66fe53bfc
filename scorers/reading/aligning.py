"""Bring the predictions into the order of the solution; name the ids that do not fit."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.errors import LISTED, Fault, FaultList, InvalidPredictions, shorten
from scorers.reading.checking import Table
from scorers.reading.wording import said_of, where
from scorers.sentences import sentence

Order = NDArray[np.int64]
_ROW = "\0row"
_SPARSE = 8


def raise_if(faults: FaultList) -> None:
    """Raises: InvalidPredictions when there is a fault."""
    if faults:
        raise InvalidPredictions(faults.in_file_order(), faults.count)


def align(table: Table, ids: pl.DataFrame) -> Order | None:
    """For each row of the solution the row of the predictions; None where the order is the same.

    Raises: InvalidPredictions when the ids are not the same set, each once.
    """
    own = table.ids.select(ids.columns)
    if own.equals(ids):
        return None
    order = _lookup(own, ids) if _is_dense(ids) else _match(own, ids)
    if order is not None:
        return order
    faults = FaultList()
    add_id_faults(table, ids, faults)
    raise_if(faults)
    raise AssertionError("the ids fit but were not aligned")


def _is_dense(ids: pl.DataFrame) -> bool:
    """Whether the ids are whole numbers close enough together for a table of positions."""
    if ids.width != 1 or ids.dtypes[0] != pl.Int64:
        return False
    low, high = _bounds(ids)
    return high - low < _SPARSE * ids.height + 1024


def _bounds(ids: pl.DataFrame) -> tuple[int, int]:
    values = ids.to_series().to_numpy()
    return int(values.min()), int(values.max())


def _lookup(own: pl.DataFrame, ids: pl.DataFrame) -> Order | None:
    (low, high), found = _bounds(ids), own.to_series().to_numpy()
    if len(found) != ids.height or found.min() < low or found.max() > high:
        return None
    row_of = np.full(high - low + 1, -1, dtype=np.int64)
    row_of[found - low] = np.arange(len(found))
    order: Order = row_of[ids.to_series().to_numpy() - low]
    return None if (order < 0).any() else order


def _match(own: pl.DataFrame, ids: pl.DataFrame) -> Order | None:
    """Both sorted by a hash of their ids, and the ids then compared: no table to build or probe."""
    if own.height != ids.height:
        return None
    there, here = own.hash_rows().to_numpy(), ids.hash_rows().to_numpy()
    by_there, by_here = np.argsort(there), np.argsort(here)
    if not np.array_equal(there[by_there], here[by_here]):
        return _join(own, ids)
    order = np.empty(len(here), dtype=np.int64)
    order[by_here] = by_there
    return order if own[order].equals(ids) else _join(own, ids)


def _join(own: pl.DataFrame, ids: pl.DataFrame) -> Order | None:
    joined = ids.join(own.with_row_index(_ROW), on=ids.columns, how="left", maintain_order="left")
    rows = joined[_ROW]
    if joined.height != ids.height or rows.null_count():
        return None
    return rows.cast(pl.Int64).to_numpy()


def _are_distinct(ids: pl.DataFrame) -> bool:
    """Whether all ids differ; False too in the rare case that only two of their hashes agree."""
    if ids.width == 1 and ids.dtypes[0] == pl.Int64:
        values = ids.to_series().to_numpy()
        if bool((values[1:] > values[:-1]).all()):
            return True
    hashes = np.sort(ids.hash_rows().to_numpy())
    return bool((hashes[1:] != hashes[:-1]).all())


def add_id_faults(table: Table, ids: pl.DataFrame | None, faults: FaultList) -> None:
    """Add the ids that stand there twice and, where `ids` is known, the unknown and missing ones.

    Where rows were left out as unreadable nothing is called missing.
    """
    if ids is None and _are_distinct(table.ids):
        return
    own = table.ids.with_row_index(_ROW).drop_nulls()
    names = table.rules.id_columns
    key = pl.col(names[0]) if len(names) == 1 else pl.struct(names)
    repeated = own.filter(~key.is_first_distinct())
    _report(repeated, faults, _repeated(table))
    if ids is None:
        return
    unknown = own.join(ids, on=names, how="anti", maintain_order="left").unique(
        names, keep="first", maintain_order=True
    )
    _report(unknown, faults, _unknown(table))
    # A row whose id can't be read may be the one that seems to be missing.
    if table.whole and own.height == table.frame.height:
        missing = ids.join(own, on=names, how="anti", maintain_order="left")
        _report(missing.with_row_index(_ROW), faults, _missing)


def _report(found: pl.DataFrame, faults: FaultList, say: Callable[[int, str, str], Fault]) -> None:
    first = found.head(LISTED).rows()
    column = ", ".join(found.columns[1:])
    told = [say(int(row), column, shorten(", ".join(map(str, key)))) for row, *key in first]
    faults.add_counted(told, found.height)


def _repeated(table: Table) -> Callable[[int, str, str], Fault]:
    def say(row: int, column: str, value: str) -> Fault:
        line = table.locate(row)
        said = sentence("the id “%(value)s” stands there more than once.", value=value)
        text = said_of(where(line, row, column), said)
        return Fault("repeated_id", text, line, column, value, sentence("each id once"))

    return say


def _unknown(table: Table) -> Callable[[int, str, str], Fault]:
    def say(row: int, column: str, value: str) -> Fault:
        line = table.locate(row)
        said = sentence("the id “%(value)s” is not one of the sample's.", value=value)
        text = said_of(where(line, row, column), said)
        return Fault("unknown_id", text, line, column, value, sentence("an id of the sample"))

    return say


def _missing(row: int, column: str, value: str) -> Fault:
    text = sentence("The id “%(value)s” is missing.", value=value)
    due = sentence("a row for “%(value)s”", value=value)
    return Fault("missing_id", text, None, column, value, due)
