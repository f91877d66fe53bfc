"""Key points in cells: “x y x y”, in a fixed order; in the truth “x y v x y v”.

v is COCO's: 0 for a point without a label, 1 for one that is hidden, 2 for one that is seen.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.errors import InvalidRow, shorten
from scorers.images.boxes import of_the_solution
from scorers.inputs import CellCheck, Content
from scorers.kinds import InputKind
from scorers.parameters import REQUIRED, Parameter, is_count, is_positive
from scorers.roles import Role
from scorers.sampling.terms import Floats, Terms, divide
from scorers.scorer import Scorer
from scorers.sentences import Sentence, sentence

Array = NDArray[Any]
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?", re.ASCII)
_LARGEST = 1e9
_LEAST_VISIBLE = {"labelled": 1, "seen": 2}


def _read_points(*, points: int, **_: Any) -> CellCheck:
    """The check of a prediction's cell."""
    return lambda cell: _problem(cell, points, 2)


def _read_true_points(*, points: int, **_: Any) -> CellCheck:
    """The check of a solution's cell."""
    return lambda cell: _problem(cell, points, 3)


def _problem(cell: str, points: int, width: int) -> Sentence | None:
    words = cell.split()
    if len(words) != points * width:
        names = "x y" if width == 2 else "x y v"
        return sentence(
            "holds %(count)s numbers; expected %(due)s: %(points)s times %(names)s",
            count=str(len(words)),
            due=str(points * width),
            points=str(points),
            names=names,
        )
    for word in words:
        if not _NUMBER.fullmatch(word) or abs(float(word)) > _LARGEST:
            return sentence(
                "holds “%(word)s”, which is no number up to %(most)s",
                word=shorten(word),
                most=_LARGEST,
            )
    if width == 3 and not all(float(word) in (0, 1, 2) for word in words[2::3]):
        return sentence("holds a visibility other than 0, 1 and 2")
    return None


def _pck(truth: Array, prediction: Array, **params: Any) -> float:
    """The share of the key points that are found within a part of a reference length.

    >>> from scorers import get_scorer
    >>> pck = get_scorer("pck", points=2, alpha=0.5)
    >>> pck.score(["0 0 2 10 10 2"], ["3 4 10 16"], scale=[10.0])
    0.5
    """
    return _pck_terms(truth, prediction, **params).value()


def _pck_terms(
    truth: Array,
    prediction: Array,
    points: int,
    alpha: float,
    visibility: str,
    scale: Array | None = None,
    image: Array | None = None,
) -> Terms:
    """Raises: InvalidRow for a cell that can't be read; ValueError for a truth or a scale."""
    if scale is None:
        raise ValueError(
            sentence("the reference length of each row is not known (parameter “scale”).")
        )
    if not (np.asarray(scale, dtype=np.float64) > 0).all():
        raise ValueError(sentence("a reference length is not above 0."))
    true = _numbers(truth, points, 3)
    found = _numbers(prediction, points, 2)
    counts = true[..., 2] >= _LEAST_VISIBLE[visibility]
    away = np.hypot(*np.moveaxis(found - true[..., :2], -1, 0))
    hits = counts & (away <= alpha * np.asarray(scale, dtype=np.float64)[:, None])
    return Terms(
        finish=lambda sums, n: divide(sums[..., 0], sums[..., 1]),
        columns=(hits.sum(axis=1).astype(np.float64), counts.sum(axis=1).astype(np.float64)),
    )


def _numbers(cells: Array, points: int, width: int) -> Floats:
    """The numbers of all cells, shape (rows, points, width)."""
    texts = [str(cell) for cell in cells.tolist()]
    for row, text in enumerate(texts):
        problem = _problem(text, points, width)
        if problem is not None and width == 2:
            raise InvalidRow(row, sentence("the cell %(problem)s.", problem=problem))
        if problem is not None:
            raise ValueError(of_the_solution(row, problem))
    words = " ".join(texts).split()
    return np.array(words, dtype=np.float64).reshape(len(texts), points, width)


def _ideal_points(truth: Array, *, points: int, **_: Any) -> Array:
    """Predictions that hit every key point."""
    cells = [str(cell).split() for cell in truth.tolist()]
    pairs = [" ".join(f"{x} {y}" for x, y in zip(c[::3], c[1::3], strict=True)) for c in cells]
    return np.array(pairs, dtype=object)


SCORERS = (
    Scorer(
        name="pck",
        title="Correct key points (PCK)",
        summary="The share of the key points that are found within a part of a reference length.",
        formula="Σ [v counts and ‖p̂ − p‖ ≤ α · scale] / Σ [v counts]",
        source="https://doi.org/10.1109/TPAMI.2012.261",
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.KEYPOINTS,),
        compute=_pck,
        decompose=_pck_terms,
        read_cell=_read_points,
        read_truth=_read_true_points,
        cell_words=sentence("the x and y of every key point, in their order, separated by spaces"),
        ideal=_ideal_points,
        parameters=(
            Parameter(
                "points",
                REQUIRED,
                "How many key points each row has.",
                accepts=is_count,
                expected="a whole number of at least 1",
            ),
            Parameter(
                "alpha",
                0.5,
                "The part of the reference length within which a point is found.",
                accepts=is_positive,
                expected="a number above 0",
            ),
            Parameter(
                "visibility",
                "labelled",
                "Which points count: all that are labelled, or those that are seen.",
                choices=("labelled", "seen"),
            ),
        ),
        roles=(
            Role(
                "scale",
                "scale",
                "The column of the reference length of each row, such as the size of the head.",
                content=Content.NUMBER,
            ),
            Role(
                "image",
                None,
                "The column of the image; its rows are resampled together.",
                is_unit=True,
            ),
        ),
    ),
)
