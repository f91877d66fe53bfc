"""Masks as runs of pixels, Kaggle's way: “start length start length”, column by column, from 1.

Pixels are counted down the first column, then down the second, and so on. No mask is an empty cell.
"""

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.errors import InvalidRow
from scorers.inputs import CellCheck, Misfits
from scorers.sampling.terms import Codes, Floats
from scorers.sentences import NOTHING, Sentence, sentence

Array = NDArray[Any]
MASK_WORDS = sentence(
    "runs of pixels “start length start length”, sorted, from 1; an empty cell for no mask"
)
_NUMBERS = re.compile(r" *(\d{1,15}( +\d{1,15})*)? *", re.ASCII)


def read_mask(*, height: int | None, width: int | None, **_: Any) -> CellCheck:
    """The check of a cell; where the size stands in the solution, it is checked with the score."""
    pixels = None if height is None or width is None else height * width
    return lambda cell: check_mask(cell, pixels)


def check_mask(cell: str, pixels: int | None) -> Sentence | None:
    """What is wrong with a mask of an image of so many pixels, in words that follow “cell”."""
    if not _NUMBERS.fullmatch(cell):
        return sentence("is not made of whole numbers separated by spaces")
    numbers = np.array(cell.split(), dtype=np.int64)
    if len(numbers) % 2:
        return sentence(
            "holds %(count)s numbers; each run is two, a start and a length",
            count=str(len(numbers)),
        )
    return _check_runs(numbers[::2], numbers[1::2], pixels)


def _check_runs(start: Codes, length: Codes, pixels: int | None) -> Sentence | None:
    if (start < 1).any():
        return sentence("holds the start 0; pixels are counted from 1")
    if (length < 1).any():
        return sentence("holds a run of length 0, at %(start)s", start=str(start[length < 1][0]))
    if (start[1:] < start[:-1]).any():
        at = int(np.argmax(start[1:] < start[:-1]))
        return sentence(
            "holds the run at %(second)s after the run at %(first)s; sort them by start",
            second=str(start[at + 1]),
            first=str(start[at]),
        )
    ends = start + length - 1
    if (start[1:] <= ends[:-1]).any():
        at = int(np.argmax(start[1:] <= ends[:-1]))
        return sentence(
            "holds runs that overlap: one ends at %(end)s, the next starts at %(start)s",
            end=str(ends[at]),
            start=str(start[at + 1]),
        )
    if pixels is not None and len(ends) and ends[-1] > pixels:
        return sentence(
            "ends at pixel %(end)s, but the image has %(pixels)s",
            end=str(ends[-1]),
            pixels=str(pixels),
        )
    return None


class Runs(NamedTuple):
    """The runs of all rows, sorted: each from `start` to before `end`, from 0; shape (runs,)."""

    row: Codes
    start: Codes
    end: Codes

    def area(self, rows: int) -> Floats:
        """The pixels of each row's mask, shape (rows,)."""
        lengths = (self.end - self.start).astype(np.float64)
        return np.bincount(self.row, weights=lengths, minlength=rows).astype(np.float64)


class Overlaps(NamedTuple):
    """For each row the pixels of both masks, of the truth's and of the prediction's: (rows,)."""

    both: Floats
    true: Floats
    predicted: Floats

    @property
    def either(self) -> Floats:
        """The pixels that are in at least one of the two masks."""
        return self.true + self.predicted - self.both


def overlaps(truth: Array, prediction: Array, pixels: Codes) -> Overlaps:
    """How the masks of each row overlap; no image is ever drawn. `pixels`: of each image, (rows,).

    Raises: InvalidRow for a prediction that is no mask of its image; ValueError for a truth.
    """
    rows = len(truth)
    true = _runs(truth, pixels, of_truth=True)
    predicted = _runs(prediction, pixels, of_truth=False)
    both = _covered(true, predicted, int(pixels.max()) + 1)
    shared = np.bincount(predicted.row, weights=both, minlength=rows).astype(np.float64)
    return Overlaps(shared, true.area(rows), predicted.area(rows))


def _runs(cells: Array, pixels: Codes, of_truth: bool) -> Runs:
    texts = [str(cell) for cell in cells.tolist()]
    counts = np.array([len(text.split()) for text in texts], dtype=np.int64)
    bad = next((r for r, text in enumerate(texts) if not _NUMBERS.fullmatch(text)), None)
    if bad is None and not (counts % 2).any():
        numbers = np.array(" ".join(texts).split(), dtype=np.int64)
        row = np.repeat(np.arange(len(texts)), counts // 2)
        runs = Runs(row, numbers[::2] - 1, numbers[::2] - 1 + numbers[1::2])
        bad = _first_bad(runs, pixels)
    else:
        bad = int(np.argmax(counts % 2)) if bad is None else bad
    if bad is None:
        return runs
    problem = check_mask(texts[bad], int(pixels[bad])) or NOTHING
    if of_truth:
        place = str(bad + 1)
        raise ValueError(
            sentence(
                "the mask of the solution in row %(row)s %(problem)s.", row=place, problem=problem
            )
        )
    raise InvalidRow(bad, _of_mask(problem))


def _of_mask(problem: Sentence) -> Sentence:
    return sentence("the mask %(problem)s.", problem=problem)


def bad_masks(cells: Array, pixels: Codes) -> Misfits:
    """The rows whose cell is no mask of an image of so many pixels; `pixels`: shape (rows,)."""
    try:
        _runs(cells, pixels, of_truth=False)
        rows = []
    except InvalidRow:
        pairs = zip(cells.tolist(), pixels.tolist(), strict=True)
        rows = [r for r, (cell, size) in enumerate(pairs) if check_mask(str(cell), size)]

    def say(row: int) -> Sentence:
        return _of_mask(check_mask(str(cells[row]), int(pixels[row])) or NOTHING)

    return Misfits(np.array(rows, dtype=np.int64), say)


def _first_bad(runs: Runs, pixels: Codes) -> int | None:
    wrong = (runs.start < 0) | (runs.end <= runs.start) | (runs.end > pixels[runs.row])
    wrong[1:] |= (runs.row[1:] == runs.row[:-1]) & (runs.start[1:] < runs.end[:-1])
    return int(runs.row[np.argmax(wrong)]) if wrong.any() else None


def _covered(true: Runs, predicted: Runs, span: int) -> Floats:
    """For each predicted run the true pixels in it; the rows are laid end to end, `span` each."""
    starts = true.row * span + true.start
    lengths = true.end - true.start
    before = np.concatenate([[0], np.cumsum(lengths)])

    def up_to(position: Codes) -> Codes:
        last = np.searchsorted(starts, position, side="right") - 1
        if len(starts) == 0:
            return np.zeros(len(position), dtype=np.int64)
        inside = np.clip(position - starts[last], 0, lengths[last])
        return np.where(last < 0, 0, before[last] + inside)

    offset = predicted.row * span
    return (up_to(offset + predicted.end) - up_to(offset + predicted.start)).astype(np.float64)
