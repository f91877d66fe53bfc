"""The organiser's tables: which of the data files is for training, and which for testing."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.sentences import Sentence, sentence
from server.folders.contents import DataFile, Folder
from server.folders.tables import UnreadableTable, header_of, text_columns
from server.preflight.facts import PhaseFacts
from server.preflight.report import Fix, Level, Line, Place
from server.shared.errors import N_

_ENOUGH_IDS = 0.5
_LOOKED_AT = 10_000
# An archive of pictures is no table that went wrong.
_TABLES = (".csv", ".csv.gz", ".parquet", ".jsonl", ".ndjson")


@dataclass(frozen=True, eq=False)
class Table:
    """A data file with its columns in their types; the ids are texts."""

    name: str
    frame: pl.DataFrame

    def features(self, without: set[str]) -> list[str]:
        """Its columns, without some."""
        return [name for name in self.frame.columns if name not in without]


@dataclass(frozen=True, eq=False)
class Tables:
    """The training table and the test table of a phase, as far as they were recognised.

    `rows`: for each row of the solution its row in the test table; None where some are not in it.
    `unsearched`: the names of files too large.
    """

    train: Table | None
    test: Table | None
    rows: NDArray[np.int64] | None
    unsearched: tuple[str, ...] = ()


class Found(NamedTuple):
    """What the data files are: tables, files too large, and tables by name that can't be read."""

    tables: list[Table]
    unsearched: tuple[str, ...] = ()
    unread: tuple[tuple[str, Sentence], ...] = ()


def read_tables(folder: Folder, samples: Collection[Path], largest: int) -> Found:
    """Read every data file that is a table, the samples aside, up to so many bytes."""
    served = [file for file in folder.files if file.path not in {folder.sample, *samples}]
    ids = folder.definition.submission.id_columns
    tables: list[Table] = []
    unread: list[tuple[str, Sentence]] = []
    for file in (file for file in served if file.size <= largest):
        try:
            table = _read(file, ids)
        except UnreadableTable as error:
            unread += [(file.name, error.said)] if file.name.lower().endswith(_TABLES) else []
        else:
            tables += [] if table is None else [table]
    large = tuple(file.name for file in served if file.size > largest)
    return Found(tables, large, tuple(unread))


def lines_on_files(found: Found) -> Iterator[Line]:
    """Say which files are tables by their names, and are left out of what is looked at."""
    for name, why in found.unread:
        yield Line(
            Level.NOTE,
            "no-table",
            Fix.DATA,
            sentence("data/%(name)s was not read as a table: %(problem)s", name=name, problem=why),
            N_("Nothing in it was compared with the answers, and participants stumble over it."),
            N_("Write the file anew."),
            where=Place(f"data/{name}"),
        )


def _read(file: DataFile, ids: tuple[str, ...]) -> Table | None:
    header = header_of(file.path)
    if len(header) < 2:
        return None
    return Table(file.name, _typed(file.path, [name for name in ids if name in header]))


def _typed(path: Path, ids: list[str]) -> pl.DataFrame:
    try:
        as_text = dict.fromkeys(ids, pl.String)
        return pl.read_csv(path, schema_overrides=as_text, infer_schema_length=_LOOKED_AT)
    except (pl.exceptions.PolarsError, OSError, ValueError):
        texts = text_columns(path)
        return texts.with_columns(_numbers(texts[n]) for n in texts.columns if n not in ids)


def _numbers(column: pl.Series) -> pl.Series:
    numbers = column.cast(pl.Float64, strict=False)
    return numbers if numbers.null_count() == column.null_count() else column


def tables_of(facts: PhaseFacts, found: Found) -> Tables:
    """Recognise a phase's training and test tables by their columns and ids.

    Ids that start anew in each file are common: a table with the column of answers is taken for the
    test table only where there is no other.
    """
    tables, unsearched = found.tables, found.unsearched
    ids, answers = list(facts.spec.id_columns), set(facts.targets.columns)
    hidden = facts.ids.select(pl.col(ids).cast(pl.String)).with_row_index("_row")
    rows = {table.name: _rows_of(table, hidden, ids) for table in tables}
    solved = [table for table in tables if answers <= set(table.frame.columns)]
    asked = [t for t in tables if rows[t.name] is not None and set(t.frame.columns) - {*ids}]
    asked.sort(key=lambda table: table in solved)
    test = asked[0] if asked else None
    train = max((t for t in solved if t is not test), key=_size, default=None)
    at = None if test is None else rows[test.name]
    whole = None if at is None or (at < 0).any() else at
    return Tables(train, test, whole, unsearched)


def _size(table: Table) -> tuple[int, int]:
    return table.frame.width, table.frame.height


def _rows_of(table: Table, hidden: pl.DataFrame, ids: list[str]) -> NDArray[np.int64] | None:
    """For each row of the solution its row in a table, or -1; None where most are not in it."""
    if not set(ids) <= set(table.frame.columns):
        return None
    there = table.frame.select(pl.col(ids).cast(pl.String)).with_row_index("_there")
    both = hidden.join(there.unique(ids, keep="first"), on=ids, how="left", maintain_order="left")
    found = both["_there"]
    if found.null_count() > (1 - _ENOUGH_IDS) * len(found):
        return None
    rows: NDArray[np.int64] = found.cast(pl.Int64).fill_null(-1).to_numpy()
    return rows


def common_types(a: pl.DataFrame, b: pl.DataFrame, names: list[str]) -> list[pl.DataFrame]:
    """The same columns of two tables, in types that can be compared."""
    both_numbers = {n: a[n].dtype.is_numeric() and b[n].dtype.is_numeric() for n in names}
    kinds = [
        pl.col(n)
        .cast(pl.Float64 if both_numbers[n] else pl.String)
        .fill_null(_filler(both_numbers[n]))
        for n in names
    ]
    return [frame.select(kinds) for frame in (a, b)]


def _filler(number: bool) -> float | str:
    return -math.inf if number else ""
