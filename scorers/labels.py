"""Labels as codes in sorted order, and the parameters of a scorer that name labels."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.scorer import Scorer

_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")
ABSENT = -1


def all_whole(labels: Iterable[str]) -> bool:
    """Whether every label is a whole number, written the plain way."""
    return all(_WHOLE.fullmatch(label) for label in labels)


def sort_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Whole numbers by size, anything else as text."""
    distinct = set(labels)
    return tuple(sorted(distinct, key=int) if all_whole(distinct) else sorted(distinct))


def encode(column: pl.Series, classes: Sequence[str]) -> NDArray[np.int64]:
    """The position of each label among the classes, shape (n,)."""
    codes = column.cast(pl.Enum(list(classes))).to_physical()
    return codes.cast(pl.Int64).to_numpy()


def in_codes(scorer: Scorer, classes: Sequence[str], all_classes: bool) -> Scorer:
    """The scorer with parameters that name labels turned into codes.

    `all_classes`: where it takes the list of all classes and has none, it is given them all.
    """
    if scorer.rebuild is not None:
        parts = tuple(in_codes(part, classes, all_classes) for part in scorer.parts)
        return scorer.rebuild(scorer, parts)
    params = dict(scorer.params)
    if params.get("pos_label") is not None:
        params["pos_label"] = code_of(params["pos_label"], classes)
    if "labels" in params and params["labels"] is not None:
        params["labels"] = tuple(code_of(label, classes) for label in params["labels"])
    elif "labels" in params and all_classes:
        params["labels"] = tuple(range(len(classes)))
    return scorer.bind(**params)


def code_of(label: Any, classes: Sequence[str]) -> int:
    """The code of a label given as a parameter (1 is the class “1”); -1 where it is none."""
    return classes.index(str(label)) if str(label) in classes else ABSENT
