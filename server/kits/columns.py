"""What a column holds: its kind, what is missing, and how its values are distributed."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from server.kits.found import Column, Value

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
BINS = 12
COMMON = 5
NAME_LENGTH, CELL_LENGTH = 100, 80
WHOLE = r"^[+-]?\d{1,18}$"
# 007 is a name and no number.
PADDED = r"^[+-]?0\d"
INFINITE = r"(?i)inf|nan"


def column_of(series: pl.Series) -> Column:
    """Say what a column holds; what is given as text is read as what it looks like."""
    text = series if series.dtype == pl.String else None
    given = _blank(series) if text is not None else series
    known = given.drop_nulls()
    column = Column(
        name=cut(series.name, NAME_LENGTH), kind="text", missing=len(given) - len(known)
    )
    if not len(known):
        return column.model_copy(update={"kind": "empty"})
    return _described(column, _typed(known) if text is not None else known)


def _blank(series: pl.Series) -> pl.Series:
    stripped = series.str.strip_chars()
    return pl.select(pl.when(stripped.is_in(MISSING)).then(None).otherwise(stripped)).to_series()


def _typed(known: pl.Series) -> pl.Series:
    """Return a column of text as numbers, moments or truths where all of it are such."""
    if known.str.contains(WHOLE).all() and not known.str.contains(PADDED).any():
        return known.cast(pl.Int64)
    # One look at the first saves five at all of them.
    first = known.head(100)
    if _are_numbers(first) and _are_numbers(known):
        return known.cast(pl.Float64)
    if first.str.to_lowercase().is_in(["true", "false"]).all():
        truths = known.str.to_lowercase()
        return truths == "true" if truths.is_in(["true", "false"]).all() else known
    return _moments(known)


def _are_numbers(known: pl.Series) -> bool:
    numbers = known.cast(pl.Float64, strict=False)
    plain = not known.str.contains(INFINITE).any() and not known.str.contains(r"^[+-]?0\d+$").any()
    return numbers.null_count() == 0 and plain


def _moments(known: pl.Series) -> pl.Series:
    for form, kind in (
        ("%Y-%m-%d", pl.Date),
        ("%Y-%m-%d %H:%M:%S", pl.Datetime),
        ("%Y-%m-%dT%H:%M:%S", pl.Datetime),
    ):
        if known.head(100).str.strptime(kind, form, strict=False).null_count():
            continue
        found = known.str.strptime(kind, form, strict=False)
        if not found.null_count():
            return found
    return known


def _described(column: Column, known: pl.Series) -> Column:
    kind = known.dtype
    if kind == pl.Boolean:
        return _of_values(column, known.cast(pl.String), "true or false")
    if kind.is_integer() or kind.is_float() or kind == pl.Decimal:
        return _of_numbers(column, known)
    if kind in (pl.Date, pl.Datetime):
        return _of_moments(column, known)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        return column.model_copy(update={"kind": "nested"})
    return _of_values(column, known.cast(pl.String), "text")


def _of_values(column: Column, known: pl.Series, kind: str) -> Column:
    counts = known.value_counts(sort=True)
    names, numbers = counts.columns
    # Among equally frequent ones the first by name, so that a look is the same each time.
    top = counts.sort([numbers, names], descending=[True, False]).head(COMMON)
    common = [Value(text=cut(text), count=n) for text, n in top.iter_rows()]
    if counts.height == len(known) > 1:
        common = []
    found = {"kind": kind, "distinct": counts.height, "common": common}
    return column.model_copy(update=found)


def _of_numbers(column: Column, known: pl.Series) -> Column:
    whole = known.dtype.is_integer()
    values = known.cast(pl.Float64).to_numpy()
    values = values[np.isfinite(values)]
    distinct = known.n_unique()
    found: dict[str, object] = {"kind": "whole number" if whole else "number", "distinct": distinct}
    if len(values):
        low, high = float(values.min()), float(values.max())
        mean = float(np.mean(values / 4) * 4) if math.isfinite(high - low) else math.nan
        found |= {"low": written(low), "middle": written(mean), "high": written(high)}
        found |= _bins(values, low, high, distinct if whole else BINS + 1)
    return column.model_copy(update=found)


def _bins(values: NDArray[np.float64], low: float, high: float, distinct: int) -> dict[str, object]:
    """A few whole numbers have a bar each; others are counted between equal steps."""
    if distinct <= BINS:
        at, counts = np.unique(values, return_counts=True)
        return {"edges": [written(x) for x in at], "counts": [int(n) for n in counts]}
    if not math.isfinite(high - low) or high <= low:
        return {}
    counts, edges = np.histogram(values, bins=BINS, range=(low, high))
    return {"edges": [written(x) for x in edges], "counts": [int(n) for n in counts]}


def _of_moments(column: Column, known: pl.Series) -> Column:
    days = known.dtype == pl.Date
    seconds = known.cast(pl.Datetime("us")).dt.epoch("s").cast(pl.Float64).to_numpy()
    low, high = float(seconds.min()), float(seconds.max())
    found: dict[str, object] = {
        "kind": "date" if days else "moment",
        "distinct": known.n_unique(),
        "low": _moment(low, days=days),
        "high": _moment(high, days=days),
    }
    if high > low:
        counts, edges = np.histogram(seconds, bins=BINS, range=(low, high))
        found |= {
            "edges": [_moment(x, days=days) for x in edges],
            "counts": [int(n) for n in counts],
        }
    return column.model_copy(update=found)


def _moment(seconds: float, *, days: bool) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return f"{moment:%Y-%m-%d}" if days else f"{moment:%Y-%m-%d %H:%M}"


def written(value: float) -> str:
    """Write a number to four significant digits and more where it is large, whole ones whole."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.6g}"


def cut(text: str, most: int = CELL_LENGTH) -> str:
    """Return a text without its end where it is long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def first_rows(frame: pl.DataFrame, *, rows: int, columns: int) -> list[list[str | None]]:
    """Return the first rows as text, each cell cut."""
    names: Sequence[str] = frame.columns[:columns]
    head = frame.select(names).head(rows)
    return [[None if cell is None else cut(str(cell)) for cell in row] for row in head.iter_rows()]
