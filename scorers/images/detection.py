"""Metrics of boxes found in images: COCO's mean average precision, and F1 at a threshold."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask

from scorers.images.boxes import (
    BOX_WORDS,
    LABELS,
    Boxes,
    ideal_boxes,
    predicted_boxes,
    read_boxes,
    read_true_boxes,
    true_boxes,
)
from scorers.images.coco import AREAS, evaluated, matches_of, mean_precision, weighted_precision
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_count, is_number, is_share, is_shares
from scorers.sampling.reweighting import Reweighted
from scorers.sampling.terms import Codes, Floats, Terms, divide
from scorers.scorer import Scorer

Array = NDArray[Any]
_VOC = "https://doi.org/10.1007/s11263-009-0275-4"


def _coco_map(truth: Array, prediction: Array, **params: Any) -> float:
    """The average precision of boxes, over classes and thresholds of overlap, as COCO has it.

    >>> from scorers import get_scorer
    >>> coco_map = get_scorer("coco_map")
    >>> round(coco_map.score(["cat 0 0 10 10", ""], ["cat 0.9 0 0 10 8", "cat 0.3 5 5 9 9"]), 12)
    0.7
    """
    return mean_precision(_evaluated(truth, prediction, **params))


def _evaluated(
    truth: Array,
    prediction: Array,
    iou: float | tuple[float, ...] | None,
    area: str,
    max_detections: int,
    labels: Any,
) -> Any:
    return evaluated(
        true_boxes(truth),
        predicted_boxes(prediction),
        len(truth),
        iou=iou if iou is None or isinstance(iou, tuple) else (iou,),
        area=area,
        max_detections=max_detections,
    )


def _coco_map_terms(truth: Array, prediction: Array, **params: Any) -> Reweighted:
    """Matches are made in each image alone: they are made once, and accumulated under weights."""
    matches = matches_of(_evaluated(truth, prediction, **params), len(truth))
    return Reweighted(len(truth), partial(weighted_precision, matches))


def _detection_f1(truth: Array, prediction: Array, **params: Any) -> float:
    """The F1 of found boxes: the highest score first, each matched to the box it overlaps most.

    >>> from scorers import get_scorer
    >>> truth, found = ["cat 0 0 10 10 dog 5 5 9 9"], ["cat 0.9 0 0 10 8"]
    >>> get_scorer("detection_f1").score(truth, found)
    0.6666666666666666
    """
    return _detection_f1_terms(truth, prediction, **params).value()


def _detection_f1_terms(
    truth: Array, prediction: Array, iou: float, min_score: float | None, labels: Any
) -> Terms:
    rows, due, found = len(truth), true_boxes(truth), predicted_boxes(prediction)
    if min_score is not None:
        found = _taken(found, np.flatnonzero(found.score >= min_score))
    hits = _hits_by_image(due, found, rows, iou)
    boxes = np.bincount(due.row, minlength=rows) + np.bincount(found.row, minlength=rows)
    return Terms(
        finish=lambda sums, n: divide(sums[..., 0], sums[..., 1]),
        columns=(2 * hits, boxes.astype(np.float64)),
    )


def _hits_by_image(due: Boxes, found: Boxes, images: int, iou: float) -> Floats:
    """How many boxes of each image are found, shape (images,)."""
    hits = np.zeros(images)
    own = dict(_by_image_and_label(due))
    for (image, label), rows in _by_image_and_label(found):
        if (image, label) in own:
            best_first = rows[np.argsort(-found.score[rows], kind="stable")]
            true = due.place[own[image, label]]
            hits[image] += _matched(found.place[best_first], true, iou)
    return hits


def _matched(found: Floats, true: Floats, iou: float) -> int:
    """How many are matched: each in turn takes the free box it overlaps most, at least by `iou`."""
    overlap = np.array(mask.iou(found, true, [0] * len(true)))
    hits = 0
    for row in overlap:
        best = int(np.argmax(row))
        if row[best] >= iou:
            overlap[:, best] = -1.0
            hits += 1
    return hits


def _by_image_and_label(boxes: Boxes) -> list[tuple[tuple[int, str], Codes]]:
    """The boxes of each label in each image, in their order."""
    if len(boxes.row) == 0:
        return []
    labels, code = np.unique(boxes.label, return_inverse=True)
    key = boxes.row * len(labels) + code
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
    parts = np.split(order, first[1:])
    return [((int(boxes.row[p[0]]), str(boxes.label[p[0]])), p) for p in parts]


def _taken(boxes: Boxes, rows: Codes) -> Boxes:
    return Boxes(boxes.row[rows], boxes.label[rows], boxes.score[rows], boxes.place[rows])


_scorer = partial(
    Scorer,
    higher_is_better=True,
    lower=0.0,
    upper=1.0,
    perfect=1.0,
    kinds=(InputKind.BOXES,),
    read_cell=read_boxes,
    read_truth=read_true_boxes,
    cell_words=BOX_WORDS,
    ideal=ideal_boxes,
)

SCORERS = (
    _scorer(
        name="coco_map",
        title="Mean average precision (COCO)",
        summary="The precision over all recalls, the mean over classes and thresholds of overlap.",
        formula="mean over k, t, r of max {precision_kt(r′) : r′ ≥ r}, r = 0, 0.01, …, 1",
        source="https://cocodataset.org/#detection-eval",
        compute=_coco_map,
        decompose=_coco_map_terms,
        parameters=(
            Parameter(
                "iou",
                None,
                "The least overlap (intersection over union) of a match: one, or a rising list; "
                "by default 0.50, 0.55, … 0.95.",
                accepts=lambda value: is_share(value) or is_shares(value),
                expected="a number between 0 and 1, or a rising list of them",
            ),
            Parameter(
                "area",
                "all",
                "Which boxes count: all, or those up to 32², up to 96², or from 96² pixels.",
                choices=AREAS,
            ),
            Parameter(
                "max_detections",
                100,
                "How many boxes of a class count in an image, the highest scores first.",
                accepts=is_count,
                expected="a whole number of at least 1",
            ),
            LABELS,
        ),
    ),
    _scorer(
        name="detection_f1",
        title="F1 of found boxes",
        summary="The F1 of boxes matched to the truth of their label, over all images.",
        formula="2 TP / (2 TP + FP + FN)",
        source=_VOC,
        compute=_detection_f1,
        decompose=_detection_f1_terms,
        parameters=(
            Parameter(
                "iou",
                0.5,
                "The least overlap (intersection over union) of a match.",
                accepts=is_share,
                expected="a number between 0 and 1",
            ),
            Parameter(
                "min_score",
                None,
                "Boxes of a lower score are left out; by default none is.",
                accepts=is_number,
                expected="a number",
            ),
            LABELS,
        ),
    ),
)
