"""Boxes: pycocotools' numbers, under weights too, and F1 by a slow matching of its own."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    InvalidSolution,
    check_solution,
    evaluate_file,
    get_scorer,
)
from scorers.errors import InvalidRow
from scorers.sampling.resampling import Resampling

LABELS = ["cat", "dog", "eel"]


def _drawn(rng, images: int, most: int = 6):
    """Truth and detections as lists of boxes by image: jittered, missed, invented, mislabelled."""
    truth, found = [], []
    for _ in range(images):
        true = [
            (LABELS[rng.integers(2)], *rng.uniform(0, 60, 2), *rng.uniform(3, 110, 2))
            for _ in range(rng.integers(0, most))
        ]
        seen = [
            (label, rng.random(), *np.abs(np.array(place) * rng.normal(1, 0.1, 4)))
            for label, *place in true
            if rng.random() < 0.8
        ]
        seen += [
            (LABELS[rng.integers(3)], rng.random(), *rng.uniform(0, 60, 2), *rng.uniform(3, 90, 2))
            for _ in range(rng.integers(0, most // 2))
        ]
        truth.append(true)
        found.append(seen)
    return truth, found


def _cells(images) -> list[str]:
    return [" ".join(" ".join(map(str, box)) for box in boxes) for boxes in images]


def _coco(truth, found, **params) -> float:
    """pycocotools by its usual way, from dictionaries and `loadRes`."""
    annotations = [
        {
            "image_id": i,
            "category_id": LABELS.index(c),
            "bbox": place,
            "area": place[2] * place[3],
            "iscrowd": 0,
        }
        for i, boxes in enumerate(truth)
        for c, *place in boxes
    ]
    for number, annotation in enumerate(annotations, start=1):
        annotation["id"] = number
    results = [
        {
            "image_id": i,
            "category_id": LABELS.index(c),
            "bbox": [float(x) for x in place],
            "score": score,
        }
        for i, boxes in enumerate(found)
        for c, score, *place in boxes
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        gt = COCO()
        gt.dataset = {
            "info": {},
            "images": [{"id": i} for i in range(len(truth))],
            "categories": [{"id": k} for k in range(3)],
            "annotations": annotations,
        }
        gt.createIndex()
        evaluation = COCOeval(gt, gt.loadRes(results), "bbox")
        for name, value in params.items():
            setattr(evaluation.params, name, value)
        evaluation.evaluate()
        evaluation.accumulate()
        if not params:
            evaluation.summarize()
            return evaluation.stats[0]
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    return precision[precision > -1].mean()


@pytest.mark.parametrize("seed", range(4))
def test_the_value_is_that_of_pycocotools_and_so_is_that_of_the_weights(seed):
    truth, found = _drawn(np.random.default_rng(seed), 12)
    scorer = get_scorer("coco_map")
    expected = _coco(truth, found)
    assert 0 < expected < 1
    assert scorer.score(_cells(truth), _cells(found)) == expected
    assert scorer.terms(_cells(truth), _cells(found)).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("params", "coco"),
    [
        ({"iou": 0.5}, {"iouThrs": np.array([0.5])}),
        ({"iou": [0.3, 0.75]}, {"iouThrs": np.array([0.3, 0.75])}),
        ({"area": "small"}, {"areaRng": [[0, 32**2]]}),
        ({"area": "medium"}, {"areaRng": [[32**2, 96**2]]}),
        ({"max_detections": 2}, {"maxDets": [2], "areaRng": [[0, 1e10]]}),
    ],
)
def test_the_parameters_are_cocos(params, coco):
    truth, found = _drawn(np.random.default_rng(7), 15, most=9)
    if "areaRng" in coco:
        coco["areaRngLbl"] = ["one"]
    expected = _coco(truth, found, **coco)
    scorer = get_scorer("coco_map", **params)
    assert scorer.score(_cells(truth), _cells(found)) == expected
    assert scorer.terms(_cells(truth), _cells(found)).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("params", [{}, {"area": "medium"}])
def test_a_replicate_is_pycocotools_number_on_the_images_that_were_drawn(params):
    truth, found = _drawn(np.random.default_rng(5), 10)
    scorer = get_scorer("coco_map", **params)
    own = scorer.evaluate(_cells(truth), _cells(found), seed=2, replicates=8)
    plan = Resampling.of(10, seed=2, replicates=8)
    group = plan.group_of_row()
    coco = {"areaRng": [[32**2, 96**2]], "areaRngLbl": ["one"]} if params else {}
    for weights, replicate in zip(
        np.concatenate(list(plan.weights())), own.replicates, strict=True
    ):
        rows = np.repeat(np.arange(10), weights[group].astype(int))
        expected = _coco([truth[r] for r in rows], [found[r] for r in rows], **coco)
        assert replicate == pytest.approx(expected, rel=1e-9)


def test_scores_may_tie_and_need_not_lie_between_0_and_1():
    truth, found = _drawn(np.random.default_rng(6), 10)
    tied = [[(c, float(round(3 * s) - 5), *place) for c, s, *place in boxes] for boxes in found]
    scorer = get_scorer("coco_map")
    expected = _coco(truth, tied)
    assert scorer.score(_cells(truth), _cells(tied)) == expected
    assert scorer.terms(_cells(truth), _cells(tied)).value() == pytest.approx(expected, rel=1e-9)


def test_without_detections_it_is_0_and_without_a_true_box_not_defined():
    scorer = get_scorer("coco_map")
    assert scorer.score(["cat 0 0 5 5", ""], ["", ""]) == 0.0
    with pytest.raises(ValueError, match="no true box"):
        scorer.score(["", ""], ["cat 1 0 0 5 5", ""])


def _slow_iou(a, b) -> float:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(wide, 0) * max(high, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def _slow_f1(truth, found, iou: float, least: float) -> float:
    hits = boxes = 0
    for true, seen in zip(truth, found, strict=True):
        free, kept = list(true), [box for box in seen if box[1] >= least]
        boxes += len(true) + len(kept)
        for label, _, *place in sorted(kept, key=lambda box: -box[1]):
            near = [t for t in free if t[0] == label and _slow_iou(t[1:], place) >= iou]
            if near:
                free.remove(max(near, key=lambda t: _slow_iou(t[1:], place)))
                hits += 1
    return 2 * hits / boxes


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("iou", "least"), [(0.5, None), (0.3, 0.4), (0.8, 0.1)])
def test_the_f1_is_that_of_a_slow_matching(seed, iou, least):
    truth, found = _drawn(np.random.default_rng(seed), 12)
    scorer = get_scorer("detection_f1", iou=iou, min_score=least)
    expected = _slow_f1(truth, found, iou, -1 if least is None else least)
    assert scorer.score(_cells(truth), _cells(found)) == pytest.approx(expected, rel=1e-12)
    assert scorer.terms(_cells(truth), _cells(found)).value() == pytest.approx(expected, rel=1e-9)


def test_a_true_box_is_found_once():
    twice = "cat 0.9 0 0 10 10 cat 0.8 0 0 10 9"
    assert get_scorer("detection_f1").score(["cat 0 0 10 10"], [twice]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("cat 0.9 1 2 3", "holds 5 words; each box is 6: label score x y width height"),
        ("cat high 1 2 3 4", "holds the score “high”, which is no number"),
        ("cat nan 1 2 3 4", "holds the score “nan”"),
        ("cat 0.9 1 2 1e99 4", "holds the width “1e99”"),
        ("cat 0.9 1 2 3 0", "holds the height 0; it must be above 0"),
        ("cat 0.9 1 2 -3 4", "holds the width -3; it must be above 0"),
        ("cat 0.9 1 2 3 4 cow 0.9 1 2 3 4", "holds the label “cow”; expected one of “cat”, “dog”"),
    ],
)
def test_a_cell_that_holds_no_boxes_is_told_with_its_place(tmp_path, cell, told):
    (tmp_path / "s.csv").write_text("image,boxes\na,cat 1 1 4 4\nb,\n")
    (tmp_path / "p.csv").write_text(f"image,boxes\nb,{cell}\na,\n")
    spec = EvaluationSpec(
        scorer="detection_f1",
        params={"labels": ["cat", "dog"]},
        header=("image", "boxes"),
        id_columns=("image",),
    )
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec)
    assert "line 2, column “boxes”" in str(refused.value)
    assert told in str(refused.value)


def test_a_solution_with_scores_is_refused(tmp_path):
    (tmp_path / "s.csv").write_text("id,boxes\n1,cat 0.9 1 1 4 4\n")
    spec = EvaluationSpec(scorer="coco_map", header=("id", "boxes"))
    with pytest.raises(InvalidSolution, match="each box is 5: label x y width height"):
        check_solution(tmp_path / "s.csv", spec, sample=None)


def test_a_row_that_cannot_be_read_is_told_where_there_is_no_file():
    with pytest.raises(InvalidRow, match="each box is 6") as refused:
        get_scorer("coco_map").score(["", "cat 1 1 4 4"], ["", "cat 1 1 4 4"])
    assert refused.value.row == 1


def test_boxes_are_scored_from_a_file_with_an_interval(tmp_path):
    truth, found = _drawn(np.random.default_rng(9), 40)
    for name, cells in (("s", _cells(truth)), ("p", _cells(found))):
        lines = [f"{i},{cell}\n" for i, cell in enumerate(cells)]
        (tmp_path / f"{name}.csv").write_text("id,boxes\n" + "".join(lines))
    spec = EvaluationSpec(
        scorer="coco_map", header=("id", "boxes"), also=("detection_f1",), replicates=200
    )
    check_solution(tmp_path / "s.csv", spec, sample=None)
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    assert board.value == _coco(truth, found)
    assert board.also["detection_f1"] == pytest.approx(_slow_f1(truth, found, 0.5, 0.0))
    assert board.interval[0] < board.value < board.interval[1]
    assert "40 rows" in board.method
