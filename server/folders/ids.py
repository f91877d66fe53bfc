"""Whether the rows of two tables are about the same things: by their ids, whatever the metric."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from scorers.reading.whole_numbers import in_type
from scorers.solutions.splitting import TRAINING, USAGE
from server.folders.tables import text_columns

SHOWN = 5
_OWN = "__text"


class Apart(NamedTuple):
    """How the ids of a table differ from those of another: each counted once, the first few named.

    `lacking`: id columns that the table does not have; then nothing else is known. `missing`: ids
    of the other that it has no row for; `unknown`: its own that the other does not have;
    `repeated`: its own that stand there more than once. `shared`: ids of both.
    """

    lacking: tuple[str, ...] = ()
    missing: int = 0
    unknown: int = 0
    repeated: int = 0
    shared: int = 0
    some_missing: tuple[str, ...] = ()
    some_unknown: tuple[str, ...] = ()
    some_repeated: tuple[str, ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.lacking or self.missing or self.unknown or self.repeated)


def ids_apart(table: pl.DataFrame, other: pl.DataFrame, id_columns: Sequence[str]) -> Apart | None:
    """Compare the ids of two tables of text; None where the other has no such columns.

    A column of the other in which every id is a whole number is compared by value, as scoring
    does it; elsewhere 007 is not 7.
    """
    names = list(id_columns)
    if not set(names) <= set(other.columns):
        return None
    lacking = tuple(name for name in names if name not in table.columns)
    if lacking:
        return Apart(lacking=lacking)
    rows, there = _keys(table, other, names), _distinct(_keys(other, other, names), names)
    own = _distinct(rows, names)
    unknown = own.join(there, on=names, how="anti", nulls_equal=True, maintain_order="left")
    missing = there.join(own, on=names, how="anti", nulls_equal=True, maintain_order="left")
    repeated = _distinct(rows.filter(~pl.struct(names).is_first_distinct()), names)
    return Apart(
        missing=missing.height,
        unknown=unknown.height,
        repeated=repeated.height,
        shared=own.height - unknown.height,
        some_missing=_some(missing),
        some_unknown=_some(unknown),
        some_repeated=_some(repeated),
    )


def _distinct(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return rows.unique(names, keep="first", maintain_order=True)


def _keys(table: pl.DataFrame, other: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the ids as they are compared, and beside them as they are written."""
    written = pl.concat_str(names, separator=", ", ignore_nulls=True).alias(_OWN)
    columns = [_as_compared(table[name], other[name]) for name in names]
    return table.select(written).with_columns(columns)


def _as_compared(column: pl.Series, other: pl.Series) -> pl.Series:
    whole = in_type(other.drop_nulls()).dtype == pl.Int64
    numbers = column.str.strip_chars(" \t").cast(pl.Int64, strict=False) if whole else None
    if numbers is None:
        return column
    # What is no whole number is no id of the other's: it stays apart as the text that it is.
    return numbers.cast(pl.String).fill_null(column)


def _some(rows: pl.DataFrame) -> tuple[str, ...]:
    return tuple(str(text)[:60] for text in rows[_OWN].head(SHOWN))


def answered(path: Path) -> pl.DataFrame:
    """Return the rows of a solution that are to be predicted, as text. Raises UnreadableTable."""
    table = text_columns(path)
    if USAGE not in table.columns:
        return table
    return table.filter((pl.col(USAGE) != TRAINING).fill_null(True))
