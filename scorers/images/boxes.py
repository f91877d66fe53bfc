"""Boxes in cells: “label score x y width height” one after the other; in the truth no scores.

x and y are the upper left corner. An image without boxes is an empty cell.
"""

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.errors import InvalidRow, listing, shorten
from scorers.inputs import CellCheck
from scorers.parameters import Parameter, is_labels
from scorers.sampling.terms import Codes, Floats
from scorers.sentences import Sentence, sentence

Array = NDArray[Any]
BOX_WORDS = sentence(
    "boxes “label score x y width height”, separated by spaces; an empty cell for no box"
)
LABELS = Parameter(
    "labels",
    None,
    "The labels that a box may have; by default any.",
    accepts=is_labels,
    expected="a list of labels",
)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?", re.ASCII)
_LARGEST = 1e9
_SCORED = ("label", "score", "x", "y", "width", "height")
_TRUE = ("label", "x", "y", "width", "height")


def read_boxes(*, labels: tuple[Any, ...] | None = None, **_: Any) -> CellCheck:
    """The check of a prediction's cell."""
    return _check(_SCORED, labels)


def read_true_boxes(*, labels: tuple[Any, ...] | None = None, **_: Any) -> CellCheck:
    """The check of a solution's cell."""
    return _check(_TRUE, labels)


def _check(names: tuple[str, ...], labels: tuple[Any, ...] | None) -> CellCheck:
    known = None if labels is None else [str(label) for label in labels]

    def check(cell: str) -> Sentence | None:
        words = cell.split()
        if len(words) % len(names):
            return sentence(
                "holds %(count)s words; each box is %(due)s: %(names)s",
                count=str(len(words)),
                due=str(len(names)),
                names=" ".join(names),
            )
        boxes = (words[at : at + len(names)] for at in range(0, len(words), len(names)))
        return next((p for p in (_problem(box, names, known) for box in boxes) if p), None)

    return check


def _problem(box: list[str], names: tuple[str, ...], labels: list[str] | None) -> Sentence | None:
    for name, word in zip(names[1:], box[1:], strict=True):
        if not _NUMBER.fullmatch(word) or abs(float(word)) > _LARGEST:
            return sentence(
                "holds the %(name)s “%(word)s”, which is no number up to %(most)s",
                name=name,
                word=shorten(word),
                most=_LARGEST,
            )
        if name in ("width", "height") and float(word) <= 0:
            return sentence(
                "holds the %(name)s %(word)s; it must be above 0", name=name, word=shorten(word)
            )
    if labels is not None and box[0] not in labels:
        return sentence(
            "holds the label “%(label)s”; expected one of %(names)s",
            label=shorten(box[0]),
            names=listing(labels),
        )
    return None


def of_the_solution(row: int, problem: Sentence) -> Sentence:
    """What is said of a cell of the solution that can't be read."""
    return sentence("row %(row)s of the solution %(problem)s.", row=str(row + 1), problem=problem)


class Boxes(NamedTuple):
    """The boxes of all rows, in order. `place`: x, y, width, height; shape (boxes, 4)."""

    row: Codes
    label: Array
    score: Floats
    place: Floats


def predicted_boxes(prediction: Array) -> Boxes:
    """The boxes of the predictions. Raises: InvalidRow for a cell that can't be read."""
    return _boxes(prediction, _SCORED)


def true_boxes(truth: Array) -> Boxes:
    """The boxes of the truth, scored 1. Raises: ValueError for a cell that can't be read."""
    return _boxes(truth, _TRUE)


def _boxes(cells: Array, names: tuple[str, ...]) -> Boxes:
    texts, check = [str(cell) for cell in cells.tolist()], _check(names, None)
    for at, problem in enumerate(map(check, texts)):
        if problem is not None and names is _SCORED:
            raise InvalidRow(at, sentence("the cell %(problem)s.", problem=problem))
        if problem is not None:
            raise ValueError(of_the_solution(at, problem))
    # Objects, not numpy's texts: those are all as wide as the longest label.
    words = np.array(" ".join(texts).split(), dtype=object).reshape(-1, len(names))
    counts = [len(text.split()) // len(names) for text in texts]
    row = np.repeat(np.arange(len(texts)), counts)
    numbers = words[:, 1:].astype(np.float64)
    score = numbers[:, 0] if names is _SCORED else np.ones(len(words))
    return Boxes(row, words[:, 0], score, numbers[:, -4:])


def ideal_boxes(truth: Array, **_: Any) -> Array:
    """Predictions that find every box of the truth."""
    cells = []
    for cell in truth.tolist():
        words = str(cell).split()
        boxes = (words[at : at + len(_TRUE)] for at in range(0, len(words), len(_TRUE)))
        cells.append(" ".join(" ".join([box[0], "1", *box[1:]]) for box in boxes))
    return np.array(cells, dtype=object)
