"""Texts that may have several references: those of a row stand in one cell of the solution."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.parameters import Parameter

Array = NDArray[Any]


def _is_separator(value: Any) -> bool:
    return isinstance(value, str) and value != ""


SEPARATOR = Parameter(
    "separator",
    None,
    "The text that separates several references in a cell of the solution, such as “|||”; "
    "by default a cell is one reference.",
    accepts=_is_separator,
    expected="a text that is not empty",
)


def references_of(truth: Array, separator: str | None) -> list[list[str]]:
    """The references of each row; spaces beside a separator are not part of them."""
    cells = [str(cell) for cell in truth.tolist()]
    if separator is None:
        return [[cell] for cell in cells]
    return [[part.strip(" ") for part in cell.split(separator)] for cell in cells]


def texts_of(prediction: Array) -> list[str]:
    """The texts of a column."""
    return [str(cell) for cell in prediction.tolist()]


def first_reference(truth: Array, *, separator: str | None = None, **_: Any) -> Array:
    """Predictions that hit every row: the first of its references."""
    return np.array([parts[0] for parts in references_of(truth, separator)], dtype=object)
