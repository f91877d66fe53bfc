"""Two files on one board: the better method, and nothing from the rows of the other board."""

import numpy as np
import polars as pl
import pytest

from scorers import EvaluationSpec, compare, evaluate_file, get_scorer
from scorers.comparing import compare_files

SPEC = EvaluationSpec(
    scorer="accuracy", header=("id", "digit"), labels=("0", "1", "2"), also=("f1",), replicates=50
)
ROWS = 240


@pytest.fixture
def files(tmp_path):
    """A solution, half of it public, and two files with some wrong rows."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, ROWS)
    public = np.arange(ROWS) % 2 == 0
    paths, arrays = [], []
    for name, wrong in (("a", 0.1), ("b", 0.3)):
        guess = np.where(rng.random(ROWS) < wrong, (truth + 1) % 3, truth)
        arrays.append(guess)
        paths.append(tmp_path / f"{name}.csv")
        pl.DataFrame({"id": range(ROWS), "digit": guess}).write_csv(paths[-1])
    solution = tmp_path / "solution.csv"
    usage = np.where(public, "Public", "Private")
    pl.DataFrame({"id": range(ROWS), "digit": truth, "Usage": usage}).write_csv(solution)
    return paths, solution, truth, arrays, public


@pytest.mark.parametrize("board", ["public", "private"])
def test_the_difference_is_that_of_the_boards_own_rows(files, board):
    (a, b), solution, truth, (one, two), public = files
    rows = public if board == "public" else ~public
    found = compare_files(a, b, solution, SPEC, board=board)
    scorer, seed = get_scorer("accuracy"), 0 if board == "public" else 1
    due = compare(
        *(scorer.evaluate(truth[rows], g[rows], seed=seed, replicates=50) for g in (one, two))
    )
    assert found.difference == due
    assert found.difference.method.startswith("paired: t interval")
    assert (found.a.value, found.b.value) == (
        (one == truth)[rows].mean(),
        (two == truth)[rows].mean(),
    )
    assert found.a.also == {}


def test_the_rows_of_the_other_board_change_nothing(files, tmp_path):
    (a, b), solution, truth, _, public = files
    found = compare_files(a, b, solution, SPEC, board="public")
    other = tmp_path / "other.csv"
    turned = np.where(public, truth, (truth + 2) % 3)
    usage = np.where(public, "Public", "Private")
    pl.DataFrame({"id": range(ROWS), "digit": turned, "Usage": usage}).write_csv(other)
    again = compare_files(a, b, other, SPEC, board="public")
    assert again.difference == found.difference
    both = evaluate_file(a, solution, SPEC, only="public")
    assert both.private is None
    assert both.public.value == evaluate_file(a, solution, SPEC).public.value


def test_a_metric_without_influence_is_compared_by_its_replicates(files):
    (a, b), solution, *_ = files
    spec = EvaluationSpec(scorer="median_absolute_error", header=("id", "digit"), replicates=50)
    found = compare_files(a, b, solution, spec, board="public")
    assert found.a.influence is None
    assert found.difference.method == "paired percentiles"


def test_a_board_without_rows_is_refused(files, tmp_path):
    (a, b), _, truth, *_ = files
    public = tmp_path / "public.csv"
    pl.DataFrame({"id": range(ROWS), "digit": truth}).write_csv(public)
    with pytest.raises(ValueError, match="no rows"):
        compare_files(a, b, public, SPEC, board="private")
