"""COCO's evaluation of boxes: pycocotools' matches, and its average precision under weights."""

from contextlib import redirect_stdout
from io import StringIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval, Params

from scorers.images.boxes import Boxes
from scorers.sampling.terms import Codes, Floats, divide
from scorers.sentences import sentence

Flags = NDArray[np.bool_]
AREAS = ("all", "small", "medium", "large")
_AT_ONCE = 4_000_000


class Matches(NamedTuple):
    """The detections of one class, highest score first.

    `image`: of each, shape (detections,). `hit`, `counts`: by threshold, shape (thresholds,
    detections): matched to a box that counts; counting at all. `boxes`: the true boxes that count
    in each image, shape (images,).
    """

    image: Codes
    hit: Flags
    counts: Flags
    boxes: Codes


def evaluated(
    truth: Boxes,
    predicted: Boxes,
    images: int,
    *,
    iou: tuple[float, ...] | None,
    area: str,
    max_detections: int,
) -> Any:
    """pycocotools' evaluation of all images, accumulated. `iou`: by default .50:.05:.95."""
    # COCO has no precision for a label without a true box, and leaves it out of the mean.
    codes = {label: code for code, label in enumerate(np.unique(truth.label), start=1)}
    with redirect_stdout(StringIO()):
        found = COCOeval(_dataset(truth, images, codes), _dataset(predicted, images, codes), "bbox")
        own = Params("bbox")
        found.params.iouThrs = own.iouThrs if iou is None else np.array(iou)
        found.params.areaRng = [own.areaRng[own.areaRngLbl.index(area)]]
        found.params.areaRngLbl = [area]
        found.params.maxDets = [max_detections]
        found.evaluate()
        found.accumulate()
    return found


def _dataset(boxes: Boxes, images: int, codes: dict[str, int]) -> Any:
    columns = zip(boxes.row, boxes.label, boxes.score, boxes.place, strict=True)
    known = [(int(i), codes[c], float(s), p.tolist()) for i, c, s, p in columns if c in codes]
    dataset = COCO()
    dataset.dataset = {
        "images": [{"id": image} for image in range(images)],
        "categories": [{"id": code} for code in codes.values()],
        "annotations": [
            {
                "id": number,
                "image_id": image,
                "category_id": code,
                "bbox": place,
                "area": place[2] * place[3],
                "iscrowd": 0,
                "score": score,
            }
            for number, (image, code, score, place) in enumerate(known, start=1)
        ],
    }
    dataset.createIndex()
    return dataset


def mean_precision(found: Any) -> float:
    """The mean precision over thresholds, recalls and the classes that have a true box."""
    precision = found.eval["precision"]
    defined = precision[precision > -1]
    if len(defined) == 0:
        raise ValueError(sentence("there is no true box that counts."))
    return float(defined.mean())


def matches_of(found: Any, images: int) -> list[Matches]:
    """The matches of each class that has a true box."""
    classes = [
        _matches([e for e in found.evalImgs[start : start + images] if e is not None], images)
        for start in range(0, len(found.evalImgs), images)
    ]
    return [each for each in classes if each.boxes.any()]


def _matches(entries: list[dict[str, Any]], images: int) -> Matches:
    scores = np.concatenate([e["dtScores"] for e in entries])
    order = np.argsort(-scores, kind="mergesort")
    image = np.repeat([e["image_id"] for e in entries], [len(e["dtScores"]) for e in entries])
    matched = np.concatenate([e["dtMatches"] for e in entries], axis=1)[:, order] > 0
    counts = ~np.concatenate([e["dtIgnore"] for e in entries], axis=1)[:, order].astype(bool)
    boxes = np.zeros(images, dtype=np.int64)
    for entry in entries:
        boxes[entry["image_id"]] = np.count_nonzero(entry["gtIgnore"] == 0)
    return Matches(image.astype(np.int64)[order], matched & counts, counts, boxes)


def weighted_precision(matches: list[Matches], weights: Floats, group: Codes) -> Floats:
    """The mean precision where images count as often as their group, shape (resamples,).

    `weights`: whole numbers, shape (resamples, groups); `group`: of each image, shape (images,).
    The same as evaluating a data set in which images are repeated, but for ties of scores.
    """
    largest = max((len(each.image) for each in matches), default=1)
    step = max(1, _AT_ONCE // max(1, largest))
    blocks = [weights[at : at + step] for at in range(0, len(weights), step)]
    return np.concatenate([_block(matches, block, group) for block in blocks])


def _block(matches: list[Matches], weights: Floats, group: Codes) -> Floats:
    total, classes = np.zeros(len(weights)), np.zeros(len(weights))
    for each in matches:
        boxes = weights @ np.bincount(group, weights=each.boxes, minlength=weights.shape[1])
        precision = _class_precision(each, weights[:, group[each.image]], boxes)
        total += np.where(boxes > 0, precision, 0.0)
        classes += boxes > 0
    return divide(total, classes)


def _class_precision(each: Matches, weight: Floats, boxes: Floats) -> Floats:
    """The mean over thresholds of the average precision of a class, shape (resamples,)."""
    before = np.cumsum(weight, axis=1) if each.counts.all() else None
    found = np.zeros(len(weight))
    for hit, counts in zip(each.hit, each.counts, strict=True):
        at = np.flatnonzero(hit)
        if len(at):
            shown = (np.cumsum(weight * counts, axis=1) if before is None else before)[:, at]
            found += _average_precision(np.cumsum(weight[:, at], axis=1), shown, boxes)
    return found / len(each.hit)


def _average_precision(hits: Floats, shown: Floats, boxes: Floats) -> Floats:
    """The mean over COCO's 101 recalls of the best precision at that recall or above.

    `hits`, `shown`: how many hits and detections there are up to each hit, shape (resamples, hits).
    """
    resamples, count = hits.shape
    best = np.maximum.accumulate((hits / (shown + np.spacing(1)))[:, ::-1], axis=1)[:, ::-1]
    needed = _hits_needed(boxes)
    # One search for all resamples: whole numbers, each resample's above those of the one before.
    apart = np.arange(resamples)[:, None] * (max(hits.max(), needed.max()) + 1)
    place = np.searchsorted((hits + apart).ravel(), (needed + apart).ravel()).reshape(needed.shape)
    place -= np.arange(resamples)[:, None] * count
    reached = place < count
    precision = np.take_along_axis(best, np.where(reached, place, 0), axis=1)
    means: Floats = np.where(reached, precision, 0.0).mean(axis=1)
    return means


def _hits_needed(boxes: Floats) -> Floats:
    """The fewest hits whose share of the boxes is at least each of COCO's recalls."""
    recall = Params("bbox").recThrs
    total = np.maximum(boxes, 1)[:, None]
    needed = np.ceil(recall * total)
    needed = np.where((needed - 1) / total >= recall, needed - 1, needed)
    enough: Floats = np.where(needed / total < recall, needed + 1, needed)
    return enough
