"""Masks: the sums over runs are those over pixels, and what is no mask is told with its place."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    InvalidSolution,
    check_solution,
    evaluate_file,
    get_scorer,
)
from scorers.errors import InvalidParameter, InvalidRow

HEIGHT, WIDTH = 5, 4
SIZE = {"height": HEIGHT, "width": WIDTH}


def encoded(mask: np.ndarray) -> str:
    """Kaggle's widely copied encoder: column by column, from 1."""
    pixels = np.concatenate([[0], mask.T.flatten(), [0]])
    runs = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    runs[1::2] -= runs[::2]
    return " ".join(str(x) for x in runs)


masks = st.integers(0, 2 ** (HEIGHT * WIDTH) - 1).map(
    lambda bits: np.array([bits >> i & 1 for i in range(HEIGHT * WIDTH)]).reshape(HEIGHT, WIDTH)
)
pairs = st.lists(st.tuples(masks, masks), min_size=1, max_size=6)


def _drawn_dice(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * (a & b).sum() / (a.sum() + b.sum()) if (a | b).any() else 1.0


def _drawn_iou(a: np.ndarray, b: np.ndarray) -> float:
    return (a & b).sum() / (a | b).sum() if (a | b).any() else 1.0


@pytest.mark.parametrize(("name", "drawn"), [("dice", _drawn_dice), ("iou", _drawn_iou)])
@settings(max_examples=100, deadline=None)
@given(pairs=pairs)
def test_the_value_is_that_of_the_drawn_masks(name, drawn, pairs):
    truth, found = ([encoded(pair[i]) for pair in pairs] for i in (0, 1))
    expected = np.mean([drawn(a, b) for a, b in pairs])
    scorer = get_scorer(name, **SIZE)
    assert scorer.score(truth, found) == pytest.approx(expected, rel=1e-12)
    assert scorer.terms(truth, found).value() == pytest.approx(expected, rel=1e-9)
    everything = np.stack([a for a, _ in pairs]), np.stack([b for _, b in pairs])
    pooled = get_scorer(name, average="pixels", **SIZE)
    assert pooled.score(truth, found) == pytest.approx(drawn(*everything), rel=1e-12)
    assert pooled.terms(truth, found).value() == pytest.approx(drawn(*everything), rel=1e-9)


def test_dice_is_scikit_learns_f1_of_the_pixels():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 2, (2, HEIGHT, WIDTH))
    found = get_scorer("dice", **SIZE).score([encoded(a)], [encoded(b)])
    assert found == pytest.approx(metrics.f1_score(a.ravel(), b.ravel()))
    found = get_scorer("iou", **SIZE).score([encoded(a)], [encoded(b)])
    assert found == pytest.approx(metrics.jaccard_score(a.ravel(), b.ravel()))


def test_pixels_are_counted_down_the_columns():
    a = np.zeros((HEIGHT, WIDTH), dtype=int)
    a[1:4, 2] = 1
    assert encoded(a) == "12 3"
    assert get_scorer("iou", **SIZE).score(["12 3"], ["12 1 13 1 14 1"]) == 1.0


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(masks, masks, st.sampled_from("xyz")), min_size=1, max_size=8))
def test_the_mean_over_classes_pools_the_images_and_leaves_out_classes_without_a_pixel(rows):
    classes = [row[2] for row in rows]
    shares = []
    for one in sorted(set(classes)):
        a, b = (np.stack([row[i] for row in rows if row[2] == one]) for i in (0, 1))
        if (a | b).any():
            shares.append((a & b).sum() / (a | b).sum())
    scorer = get_scorer("mean_iou", **SIZE)
    cells = [encoded(row[0]) for row in rows], [encoded(row[1]) for row in rows]
    if not shares:
        with pytest.raises(ValueError, match="no mask"):
            scorer.score(*cells, category=classes)
        return
    assert scorer.score(*cells, category=classes) == pytest.approx(np.mean(shares), rel=1e-12)
    terms = scorer.terms(*cells, category=classes)
    assert terms.value() == pytest.approx(np.mean(shares), rel=1e-9)
    groups = np.arange(len(rows)) % 2
    halves = terms.grouped(groups, 2)
    assert halves.shape == (2, terms.width)
    assert terms.finish(halves[:, :-1].sum(0), halves[:, -1].sum()) == pytest.approx(
        np.mean(shares)
    )


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 2 3", "holds 3 numbers; each run is two"),
        ("1 a", "is not made of whole numbers"),
        ("1.5 2", "is not made of whole numbers"),
        ("-1 2", "is not made of whole numbers"),
        ("0 2", "holds the start 0; pixels are counted from 1"),
        ("4 0", "holds a run of length 0, at 4"),
        ("9 2 4 1", "holds the run at 4 after the run at 9; sort them"),
        ("4 3 6 2", "one ends at 6, the next starts at 6"),
        ("19 3", "ends at pixel 21, but the image has 20"),
        ("1 999999999999999", "ends at pixel 999999999999999, but the image has 20"),
    ],
)
def test_a_cell_that_is_no_mask_is_told_with_its_place(tmp_path, cell, told):
    (tmp_path / "s.csv").write_text("image,mask\na,1 3\nb,\n")
    (tmp_path / "p.csv").write_text(f"image,mask\na,1 3\nb,{cell}\n")
    spec = EvaluationSpec(
        scorer="dice", params=SIZE, header=("image", "mask"), id_columns=("image",)
    )
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec)
    assert "line 3, column “mask”" in str(refused.value)
    assert told in str(refused.value)
    with pytest.raises(InvalidSolution, match="line 3, column “mask”"):
        check_solution(tmp_path / "p.csv", spec, sample=None)
    with pytest.raises(InvalidRow) as outright:
        get_scorer("dice", **SIZE).score(["", "1 3"], ["", cell])
    assert outright.value.row == 1
    assert told in str(outright.value)


def test_runs_may_touch_and_reach_the_last_pixel():
    assert get_scorer("dice", **SIZE).score(["1 20"], ["1 10 11 10"]) == 1.0


def test_sizes_may_stand_in_the_solution_and_bound_each_mask(tmp_path):
    rows = {"id": ["a", "b"], "mask": ["1 4", "5 5"], "h": [2, 3], "w": [2, 3]}
    pl.DataFrame(rows).write_csv(tmp_path / "s.csv")
    spec = EvaluationSpec(
        scorer="iou", params={"image_height": "h", "image_width": "w"}, header=("id", "mask")
    )
    check_solution(tmp_path / "s.csv", spec, sample=None)
    (tmp_path / "p.csv").write_text("id,mask\nb,5 4\na,1 2\n")
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    assert board.value == pytest.approx((2 / 4 + 4 / 5) / 2)
    (tmp_path / "q.csv").write_text("id,mask\nb,5 4\na,1 5\n")
    with pytest.raises(InvalidPredictions, match=r"line 3, column “mask”: .*the image has 4"):
        evaluate_file(tmp_path / "q.csv", tmp_path / "s.csv", spec)
    pl.DataFrame(rows | {"h": [1, 3]}).write_csv(tmp_path / "t.csv")
    with pytest.raises(InvalidSolution, match="not defined"):
        check_solution(tmp_path / "t.csv", spec, sample=None)


@pytest.mark.parametrize("params", [{}, {"height": 3}, SIZE | {"image_width": "w"}])
def test_the_size_must_be_given_once(params):
    with pytest.raises(InvalidParameter, match="either"):
        get_scorer("dice", **params)


def test_several_classes_are_scored_from_a_file_by_image(tmp_path):
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, 2, (40, HEIGHT, WIDTH))
    other = np.where(rng.random(drawn.shape) < 0.2, 1 - drawn, drawn)
    table = {
        "id": np.arange(40),
        "mask": [encoded(m) for m in drawn],
        "image": np.arange(40) // 2,
        "class": np.arange(40) % 2,
    }
    pl.DataFrame(table).write_csv(tmp_path / "s.csv")
    pl.DataFrame({"id": np.arange(40), "mask": [encoded(m) for m in other]}).write_csv(
        tmp_path / "p.csv"
    )
    spec = EvaluationSpec(scorer="mean_iou", params=SIZE, header=("id", "mask"), replicates=50)
    check_solution(tmp_path / "s.csv", spec, sample=None)
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    halves = [_drawn_iou(drawn[i::2], other[i::2]) for i in (0, 1)]
    assert board.value == pytest.approx(np.mean(halves))
    assert "20 units" in board.method
    assert board.interval[0] < board.value < board.interval[1]


def test_a_large_image_is_scored_without_being_drawn():
    """Of 10¹² pixels a drawing would not fit into any memory."""
    start = np.arange(1, 200_001) * 1_000_000
    truth = " ".join(f"{s} 10" for s in start)
    found = " ".join(f"{s + 5} 10" for s in start)
    scorer = get_scorer("dice", height=1_000_000, width=1_000_000)
    assert scorer.score([truth, ""], [found, ""]) == pytest.approx((0.5 + 1) / 2)
