"""Key points: the share within a part of a reference length, point by point."""

import math

import numpy as np
import polars as pl
import pytest

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    InvalidSolution,
    check_solution,
    evaluate_file,
    get_scorer,
)
from scorers.errors import InvalidRow


def _slow(truth: list[str], found: list[str], scale, alpha: float, least: int) -> float:
    hits = due = 0
    for true, seen, length in zip(truth, found, scale, strict=True):
        t, p = [float(x) for x in true.split()], [float(x) for x in seen.split()]
        for k in range(len(p) // 2):
            if t[3 * k + 2] >= least:
                due += 1
                away = math.dist(t[3 * k : 3 * k + 2], p[2 * k : 2 * k + 2])
                hits += away <= alpha * length
    return hits / due


def _drawn(rng, rows: int, points: int):
    places = rng.uniform(0, 100, (rows, points, 2)).round(1)
    seen = (places + rng.normal(0, 8, places.shape)).round(1)
    visible = rng.integers(0, 3, (rows, points))
    truth = [
        " ".join(f"{x} {y} {v}" for (x, y), v in zip(place, own, strict=True))
        for place, own in zip(places, visible, strict=True)
    ]
    found = [" ".join(f"{x} {y}" for x, y in place) for place in seen]
    return truth, found, rng.uniform(10, 30, rows).round(1)


@pytest.mark.parametrize("alpha", [0.2, 0.5])
@pytest.mark.parametrize(("visibility", "least"), [("labelled", 1), ("seen", 2)])
def test_the_value_is_that_of_the_points_one_by_one(alpha, visibility, least):
    truth, found, scale = _drawn(np.random.default_rng(1), 30, 5)
    scorer = get_scorer("pck", points=5, alpha=alpha, visibility=visibility)
    expected = _slow(truth, found, scale, alpha, least)
    assert 0 < expected < 1
    assert scorer.score(truth, found, scale=scale) == pytest.approx(expected, rel=1e-12)
    terms = scorer.terms(truth, found, scale=scale)
    assert terms.value() == pytest.approx(expected, rel=1e-9)


def test_the_bound_itself_is_within():
    assert get_scorer("pck", points=1).score(["0 0 2"], ["3 4"], scale=[10]) == 1.0
    assert get_scorer("pck", points=1).score(["0 0 2"], ["3 4.01"], scale=[10]) == 0.0


def test_without_a_point_that_counts_it_is_not_defined():
    assert np.isnan(get_scorer("pck", points=1).score(["0 0 0"], ["1 1"], scale=[1]))


@pytest.mark.parametrize("scale", [None, [0.0]])
def test_without_a_length_above_0_it_is_not_defined(scale):
    context = {} if scale is None else {"scale": scale}
    with pytest.raises(ValueError, match="reference length"):
        get_scorer("pck", points=1).score(["0 0 2"], ["1 1"], **context)


SPEC = EvaluationSpec(
    scorer="pck", params={"points": 2, "image": "photo"}, header=("id", "points"), replicates=30
)


def test_key_points_are_scored_from_a_file_by_image(tmp_path):
    truth, found, scale = _drawn(np.random.default_rng(2), 40, 2)
    table = {"id": np.arange(40), "points": truth, "scale": scale, "photo": np.arange(40) // 2}
    pl.DataFrame(table).write_csv(tmp_path / "s.csv")
    pl.DataFrame({"id": np.arange(40), "points": found}).write_csv(tmp_path / "p.csv")
    check_solution(tmp_path / "s.csv", SPEC, sample=None)
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", SPEC).public
    assert board.value == pytest.approx(_slow(truth, found, scale, 0.5, 1))
    assert "20 units" in board.method


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 2 3", "holds 3 numbers; expected 4: 2 times x y"),
        ("", "holds 0 numbers; expected 4"),
        ("1 2 3 left", "holds “left”, which is no number"),
        ("1 2 3 inf", "holds “inf”, which is no number"),
    ],
)
def test_a_cell_without_the_points_is_told_with_its_place(tmp_path, cell, told):
    (tmp_path / "s.csv").write_text("id,points,scale,photo\na,1 1 2 3 3 2,4,p\nb,1 1 2 3 3 2,4,p\n")
    (tmp_path / "p.csv").write_text(f"id,points\na,1 1 3 3\nb,{cell}\n")
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", SPEC)
    assert "line 3, column “points”" in str(refused.value)
    assert told in str(refused.value)
    with pytest.raises(InvalidRow):
        get_scorer("pck", points=2).score(["1 1 2 3 3 2"], [cell], scale=[1])


def test_a_solution_with_another_visibility_is_refused(tmp_path):
    (tmp_path / "s.csv").write_text("id,points,scale,photo\na,1 1 2 3 3 3,4,p\n")
    with pytest.raises(InvalidSolution, match="a visibility other than 0, 1 and 2"):
        check_solution(tmp_path / "s.csv", SPEC, sample=None)
