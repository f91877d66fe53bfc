"""Whole numbers among the ids: only where every one of them is written the plain way."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

_MOST_DIGITS = 18


def in_type(column: pl.Series) -> pl.Series:
    """Whole numbers where every text is one, written the plain way (007 is not); else the texts."""
    numbers = column.cast(pl.Int64, strict=False)
    if numbers.null_count() or not numbers.len():
        return column
    values = numbers.to_numpy()
    largest = 10**_MOST_DIGITS - 1
    if values.min() < -largest or values.max() > largest:
        return column
    # Any other way to write a number (a sign, zeros, blanks) takes more characters than the plain.
    return numbers if column.str.len_bytes().sum() == _digits(values) else column


def _digits(values: NDArray[np.int64]) -> int:
    """How many characters the numbers have, written the plain way, signs included."""
    sizes = np.abs(values)
    longer = (np.count_nonzero(sizes >= 10**k) for k in range(1, len(str(sizes.max()))))
    return len(values) + int(np.count_nonzero(values < 0)) + int(sum(longer))
