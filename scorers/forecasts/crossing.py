"""Predicted quantiles as columns that rise in each row, and what is said where they cross."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.errors import InvalidRow
from scorers.inputs import Misfits
from scorers.numbers.targets import as_columns
from scorers.sampling.terms import Floats
from scorers.sentences import Sentence, sentence

Array = NDArray[Any]
Levels = tuple[float, ...]


def rising_columns(prediction: Array, quantiles: Levels) -> Floats:
    """The predicted quantiles, shape (n, k).

    Raises: InvalidRow where they cross; ValueError when there are not as many columns.
    """
    columns = as_columns(prediction)
    if columns.shape[1] != len(quantiles):
        said = sentence(
            "there are %(columns)s columns for %(quantiles)s quantiles.",
            columns=columns.shape[1],
            quantiles=len(quantiles),
        )
        raise ValueError(said)
    crossed = crossing(columns, quantiles)
    if len(crossed.rows):
        row = int(crossed.rows[0])
        raise InvalidRow(row, crossed.say(row))
    return columns


def crossing(prediction: Array, quantiles: Levels, **_: Any) -> Misfits:
    """The rows in which a higher quantile is below a lower one."""
    columns = as_columns(prediction)
    falls = columns[:, 1:] < columns[:, :-1]

    def say(row: int) -> Sentence:
        k = int(np.flatnonzero(falls[row])[0])
        (low, high), (a, b) = list(pairwise(quantiles))[k], columns[row, k : k + 2]
        return sentence(
            "the quantiles cross: that of %(high)s is %(b)s, below that of %(low)s, %(a)s.",
            high=float(high),
            b=float(b),
            low=float(low),
            a=float(a),
        )

    return Misfits(np.flatnonzero(falls.any(axis=1)), say)
