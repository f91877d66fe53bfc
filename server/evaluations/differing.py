"""What a corrected solution says otherwise than the one before: counted in the limited child."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pydantic import BaseModel

from server.folders.tables import UnreadableTable, text_columns

# So many ids of each kind are named, in the order of their table.
MOST_NAMED = 50
LONGEST_ID = 80
BETWEEN = ", "
_KEY, _AFTER = "\0key", "\0after "


class Rows(BaseModel):
    """So many rows, and the ids of the first of them."""

    count: int = 0
    ids: list[str] = []


class SolutionChanges(BaseModel):
    """How a solution's rows differ from those of the one that was live: no answer is in it.

    `columns`: in which another answer stands, or which only one of the two has. `against`: the
    number of the evaluation that was live.
    """

    rows: int
    against: int | None = None
    changed: Rows = Rows()
    added: Rows = Rows()
    gone: Rows = Rows()
    columns: list[str] = []


def compare_solutions(before: str, after: str, id_columns: Sequence[str]) -> str:
    """Return the `SolutionChanges` of two tables as JSON; "" where they can't be compared."""
    try:
        tables = text_columns(Path(before)), text_columns(Path(after))
        return changes_of(*tables, id_columns).model_dump_json()
    except (UnreadableTable, PolarsError, PanicException):
        return ""


def changes_of(
    before: pl.DataFrame, after: pl.DataFrame, id_columns: Sequence[str]
) -> SolutionChanges:
    """Return how one table of texts differs from another, row by row of the same id.

    Two numbers are the same however they are written: 1 and 1.0.
    """
    old, new = _keyed(before, id_columns), _keyed(after, id_columns)
    shared = [name for name in old.columns if name in new.columns and name != _KEY]
    both = new.join(
        old.select(_KEY, *(pl.col(name).alias(_AFTER + name) for name in shared)),
        on=_KEY,
        maintain_order="left",
    ).select(_KEY, *(_differ(name).alias(name) for name in shared))
    named = [name for name in shared if both[name].any()]
    changed = both.filter(pl.any_horizontal(named)) if named else both.clear()
    return SolutionChanges(
        rows=new.height,
        changed=_rows(changed),
        added=_rows(new.join(old, on=_KEY, how="anti", maintain_order="left")),
        gone=_rows(old.join(new, on=_KEY, how="anti", maintain_order="left")),
        columns=[*named, *sorted({*old.columns} ^ {*new.columns})],
    )


def _keyed(table: pl.DataFrame, id_columns: Sequence[str]) -> pl.DataFrame:
    parts = [pl.col(name).str.strip_chars().fill_null("") for name in id_columns]
    key = pl.concat_str(parts, separator=BETWEEN).alias(_KEY)
    return table.with_columns(key).drop(id_columns)


def _differ(name: str) -> pl.Expr:
    one, other = (pl.col(n).str.strip_chars().fill_null("") for n in (name, _AFTER + name))
    numbers = one.cast(pl.Float64, strict=False) == other.cast(pl.Float64, strict=False)
    return (one != other) & ~numbers.fill_null(value=False)


def _rows(found: pl.DataFrame) -> Rows:
    return Rows(count=found.height, ids=found[_KEY].head(MOST_NAMED).str.slice(0, LONGEST_ID))
