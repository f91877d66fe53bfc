"""Labels as codes in sorted order, and the parameters of a scorer that name labels."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.errors import Fault, InvalidSolution, listing
from scorers.scorer import Scorer
from scorers.sentences import known as translatable
from scorers.sentences import sentence

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
    Raises: InvalidSolution for a label that is none of the classes.
    """
    if scorer.rebuild is not None:
        parts = tuple(in_codes(part, classes, all_classes) for part in scorer.parts)
        return scorer.rebuild(scorer, parts)
    params = dict(scorer.params)
    if params.get("pos_label") is not None:
        if _needs_positive(scorer, classes, all_classes):
            _check_known(scorer, "pos_label", [params["pos_label"]], classes)
        params["pos_label"] = code_of(params["pos_label"], classes)
    if "labels" in params and params["labels"] is not None:
        _check_known(scorer, "labels", params["labels"], classes)
        params["labels"] = tuple(code_of(label, classes) for label in params["labels"])
    elif "labels" in params and all_classes:
        params["labels"] = tuple(range(len(classes)))
    return scorer.bind(**params)


def code_of(label: Any, classes: Sequence[str]) -> int:
    """The code of a label given as a parameter (1 is the class “1”); -1 where it is none."""
    return classes.index(str(label)) if str(label) in classes else ABSENT


def _needs_positive(scorer: Scorer, classes: Sequence[str], all_classes: bool) -> bool:
    """Whether its positive class counts: it was named, or the default has to be one of two."""
    default = next(p.default for p in scorer.parameters if p.name == "pos_label")
    if scorer.params["pos_label"] != default:
        return True
    binary = scorer.params.get("average", "binary") == "binary"
    return len(classes) <= 2 and (binary or all_classes)


def _check_known(scorer: Scorer, name: str, labels: Iterable[Any], known: Sequence[str]) -> None:
    for label in labels:
        if str(label) not in known:
            text = sentence(
                "%(title)s: %(name)s “%(label)s” is not among %(known)s.",
                title=translatable(scorer.title),
                name=name,
                label=str(label),
                known=listing(known),
            )
            raise InvalidSolution([Fault("scorer", text)])


def check_binary(scorer: Scorer, classes: Sequence[str]) -> None:
    """Refuse a binary average of more than two declared classes. Raises: InvalidSolution."""
    for part in scorer.parts:
        check_binary(part, classes)
    if scorer.params.get("average") == "binary" and len(classes) > 2:
        text = sentence(
            "%(title)s with average = “binary” is not defined for the classes "
            "%(classes)s: choose another average.",
            title=translatable(scorer.title),
            classes=listing(classes),
        )
        raise InvalidSolution([Fault("scorer", text)])


def in_columns(scorer: Scorer, columns: Sequence[str]) -> Scorer:
    """The scorer with `labels` turned into numbers of columns, where it names columns by text.

    Raises: InvalidSolution for a label that is neither a column nor the number of one.
    """
    if scorer.rebuild is not None:
        return scorer.rebuild(scorer, tuple(in_columns(part, columns) for part in scorer.parts))
    params = dict(scorer.params)
    if params.get("labels") is None:
        return scorer
    params["labels"] = tuple(_number_of(scorer, label, columns) for label in params["labels"])
    return scorer.bind(**params)


def _number_of(scorer: Scorer, label: Any, columns: Sequence[str]) -> int:
    """The number of a column: a text is its name, a whole number already counts from 0."""
    if isinstance(label, str):
        _check_known(scorer, "labels", [label], columns)
        return columns.index(label)
    if isinstance(label, int) and not isinstance(label, bool) and 0 <= label < len(columns):
        return label
    text = sentence(
        "%(title)s: labels %(label)s is not the number of a column; the columns are numbered "
        "from 0 to %(last)s: %(names)s.",
        title=translatable(scorer.title),
        label=repr(label),
        last=str(len(columns) - 1),
        names=listing(columns),
    )
    raise InvalidSolution([Fault("scorer", text)])
