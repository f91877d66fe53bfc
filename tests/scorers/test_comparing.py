"""Two files on one board: the better method, and nothing from the rows of the other board."""

import numpy as np
import polars as pl
import pytest

from scorers import EvaluationSpec, compare, evaluate_file, get_scorer
from scorers.comparing import Changed, compare_files, differing_rows

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


def put(tmp_path, name: str, text: str):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_how_two_files_differ_is_told_from_the_files_alone(files):
    (a, b), _, _, (one, two), _ = files
    found = differing_rows(a, b, SPEC)
    assert (found.rows, found.differ) == (ROWS, int((one != two).sum()))
    assert found.by_column == {"digit": found.differ}
    counts = {(str(x), str(y)): int(((one == x) & (two == y)).sum()) for x, y in ((0, 1), (1, 2))}
    told = {(c.a, c.b): c.rows for c in found.changes}
    assert counts.items() <= told.items()
    assert found.gap is None


def test_numbers_differ_by_so_much_whatever_their_order_and_form(tmp_path):
    spec = EvaluationSpec(scorer="rmse", header=("id", "y"))
    a = put(tmp_path, "a.csv", "id,y\n1,0.50\n2,1\n3,2\n")
    b = put(tmp_path, "b.csv", "y,id\n4,3\n.5,1\n1.0,2\n")
    found = differing_rows(a, b, spec)
    assert (found.rows, found.differ, found.changes) == (3, 1, [])
    assert found.gap == pytest.approx(2 / 3)


def test_files_of_other_ids_are_not_set_beside_each_other(tmp_path):
    a = put(tmp_path, "a.csv", "id,digit\n1,0\n2,1\n")
    b = put(tmp_path, "b.csv", "id,digit\n1,0\n3,1\n")
    assert differing_rows(a, b, SPEC) is None
    same = put(tmp_path, "c.csv", "id,digit\n2,1\n1,2\n")
    assert differing_rows(a, same, SPEC).changes == [Changed("0", "2", 1)]


def test_of_several_columns_each_is_counted(tmp_path):
    spec = EvaluationSpec(scorer="rmse", header=("id", "x", "y"))
    a = put(tmp_path, "a.csv", "id,x,y\n1,0,0\n2,1,1\n")
    b = put(tmp_path, "b.csv", "id,x,y\n1,0,5\n2,7,8\n")
    found = differing_rows(a, b, spec)
    assert (found.differ, found.by_column) == (2, {"x": 1, "y": 2})
