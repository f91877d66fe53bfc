"""Splits that a column decides: exact at their boundaries, the same whatever the file's order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from scorers.errors import InvalidSolution
from scorers.evaluate import check_solution, evaluate_file
from scorers.metric_files.reading import read_answers
from scorers.solutions.deciding import _in_common_form, _microseconds, split_by_group
from scorers.spec import EvaluationSpec, Split

OLD = (
    '{"also": [], "header": ["id", "y"], "id_columns": ["id"], "kind": null, "labels": null, '
    '"max_rows": 50000000, "max_unpacked_bytes": 2000000000, "params": {}, '
    '"public_fraction": 0.3, "replicate_seed": 0, "replicates": 1000, "scorer": "accuracy", '
    '"split_seed": 5, "unit_column": null}'
)
SPEC = EvaluationSpec(
    "accuracy", ("id", "y"), public_fraction=0.3, split_seed=5, labels=("0", "1"), replicates=10
)


def write(path: Path, **columns: object) -> Path:
    pl.DataFrame(columns, strict=False).write_csv(path)
    return path


def public_rows(tmp_path: Path, spec: EvaluationSpec, **columns: object) -> set[int]:
    """The rows that are public: a file that is wrong in one row alone says of which board it is."""
    count = len(next(iter(columns.values())))
    truth = np.asarray(columns.pop("y", np.arange(count) % 2))
    solution = write(tmp_path / "s.csv", id=np.arange(count), y=truth, **columns)
    found = set()
    for row in range(count):
        wrong = np.where(np.arange(count) == row, 1 - truth, truth)
        file = write(tmp_path / "p.csv", id=np.arange(count), y=wrong)
        board = evaluate_file(file, solution, replace(spec, replicates=0), only="public").public
        if board is not None and board.value < 1:
            found.add(row)
    return found


def refused(tmp_path: Path, spec: EvaluationSpec, **columns: object) -> InvalidSolution:
    count = len(next(iter(columns.values())))
    columns = {"id": np.arange(count), "y": np.arange(count) % 2, **columns}
    with pytest.raises(InvalidSolution) as error:
        check_solution(write(tmp_path / "s.csv", **columns), spec, sample=None)
    return error.value


def test_a_spec_without_a_split_is_stored_as_it_always_was():
    old = EvaluationSpec("accuracy", ("id", "y"), public_fraction=0.3, split_seed=5)
    assert old.to_json() == OLD
    assert EvaluationSpec.from_json(OLD) == old


@pytest.mark.parametrize(
    "split",
    [Split("group", "patient"), Split("time", "day"), Split("column", "region", ("north", "east"))],
)
def test_a_split_comes_back_from_its_json(split):
    spec = replace(SPEC, split=split)
    assert EvaluationSpec.from_json(spec.to_json()) == spec


def test_the_earliest_share_is_public_and_one_moment_stays_together(tmp_path):
    spec = replace(SPEC, split=Split("time", "day"))
    days = [3, 1, 1, 1, 1, 2, 9, 8, 7, 6]
    assert public_rows(tmp_path, spec, day=days) == {1, 2, 3, 4}
    half = replace(spec, public_fraction=0.5)
    assert public_rows(tmp_path, half, day=days) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "times",
    [
        ["2026-01-02", "2026-01-01", "2026-01-03", "2026-01-04"],
        ["2026-01-01T12:00:00+08:00", "2026-01-01T03:59:59Z", "2026-01-01T04:01Z", "2026-02-01Z"],
        ["2026-02", "2026-01", "2026-03", "2026-12"],
        [" 9", "-10", "10", "100"],
    ],
    ids=["days", "zones", "months", "numbers"],
)
def test_times_are_compared_as_moments_and_not_as_text(tmp_path, times):
    spec = replace(SPEC, public_fraction=0.5, split=Split("time", "at"))
    times = [t.replace("2026-02-01Z", "2026-02-01T00:00Z") for t in times]
    assert public_rows(tmp_path, spec, at=times, y=np.array([0, 1, 0, 1])) == {0, 1}


def test_a_cell_that_is_no_time_is_named_with_its_line(tmp_path):
    spec = replace(SPEC, split=Split("time", "day"))
    error = refused(tmp_path, spec, day=["2026-01-01", "soon", "2026-01-02", "2026-01-03"])
    (fault,) = error.faults
    assert (fault.line, fault.column, fault.value) == (3, "day", "soon")
    assert "neither a number nor a time" in fault.message


def test_times_with_and_without_a_zone_are_not_compared(tmp_path):
    spec = replace(SPEC, split=Split("time", "day"))
    error = refused(tmp_path, spec, day=["2026-01-01T00:00Z", "2026-01-02T00:00"] * 2)
    assert "name a zone and others don't" in str(error)


def test_the_rows_with_the_named_values_are_public(tmp_path):
    spec = replace(SPEC, public_fraction=None, split=Split("column", "region", ("north", "01")))
    regions = ["north", "south", "01", "1", "north", "south"]
    assert public_rows(tmp_path, spec, region=regions) == {0, 2, 4}


def test_a_value_that_no_row_has_is_answered_with_the_nearest(tmp_path):
    spec = replace(SPEC, public_fraction=None, split=Split("column", "region", ("nort",)))
    error = refused(tmp_path, spec, region=["north", "south"] * 3)
    assert str(error) == ("no row of the solution has “nort” in “region”. Did you mean “north”?")


def test_values_that_leave_no_private_row_are_refused(tmp_path):
    spec = replace(SPEC, public_fraction=None, split=Split("column", "region", ("a", "b")))
    assert "no row would be private" in str(refused(tmp_path, spec, region=["a", "b"] * 3))


@pytest.mark.parametrize("by", ["group", "time"])
def test_a_column_with_one_value_alone_splits_nothing(tmp_path, by):
    spec = replace(SPEC, split=Split(by, "patient"))
    error = refused(tmp_path, spec, patient=[7, 7, 7, 7])
    assert "every row has “7” in “patient”" in str(error)
    assert "needs two different values" in str(error)


def test_a_missing_column_is_named(tmp_path):
    error = refused(tmp_path, replace(SPEC, split=Split("group", "patient")), patiens=[1, 2, 1, 2])
    assert "the column “patient” is missing. Is it the one called “patiens”?" in str(error)


def test_a_column_of_answers_cannot_decide(tmp_path):
    error = refused(tmp_path, replace(SPEC, split=Split("group", "y")), y=[0, 1, 0, 1])
    assert "a column of answers can't decide" in str(error)


def test_a_side_without_a_class_is_refused_where_the_metric_needs_it(tmp_path):
    spec = replace(
        SPEC,
        scorer="roc_auc",
        labels=None,
        public_fraction=None,
        split=Split("column", "r", ("a",)),
    )
    error = refused(tmp_path, spec, r=["a", "b", "a", "b", "b", "b"], y=[0, 0, 0, 1, 1, 0])
    assert "not defined on the public board" in str(error)


def test_an_id_column_can_be_the_group(tmp_path):
    patients, visits = np.repeat(np.arange(10), 3), np.tile(np.arange(3), 10)
    table = {"patient": patients, "visit": visits, "y": visits % 2}
    spec = replace(
        SPEC,
        header=("patient", "visit", "y"),
        id_columns=("patient", "visit"),
        split=Split("group", "patient"),
    )
    solution = write(tmp_path / "s.csv", **table)
    facts = check_solution(solution, spec, sample=None)
    assert (facts.public_rows, facts.private_rows) == (9, 21)
    found = evaluate_file(solution, solution, spec)
    assert found.public.value == accuracy_score(visits, visits)


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=60),
    fraction=st.floats(0.05, 0.95),
    seed=st.integers(0, 99),
)
def test_groups_are_whole_and_both_sides_have_rows(sizes, fraction, seed):
    keys = np.repeat([f"p{i}" for i in range(len(sizes))], sizes)
    public = split_by_group(pl.Series(keys), None, fraction, seed=seed)
    assert public.any()
    assert not public.all()
    for key in np.unique(keys):
        assert len(set(public[keys == key])) == 1
    assert abs(public.sum() - fraction * len(keys)) <= max(max(sizes) / 2, min(sizes)) + 1e-9


def test_groups_of_one_row_give_the_fraction_to_the_row():
    keys = np.arange(1000)
    for fraction in (0.1, 0.3, 0.5, 0.9):
        assert (
            abs(split_by_group(pl.Series(keys), None, fraction, seed=1).sum() - 1000 * fraction)
            <= 1
        )


def test_groups_keep_each_labels_share_where_they_can():
    random = np.random.default_rng(3)
    sizes = random.integers(2, 30, size=200)
    keys = np.repeat(np.arange(200), sizes)
    sick = np.repeat(random.random(200) < 0.15, sizes)
    labels = pl.Series(np.where(sick, "sick", "well"))
    public = split_by_group(pl.Series(keys), labels, 0.3, seed=11)
    assert public.mean() == pytest.approx(0.3, abs=0.01)
    assert public[sick].mean() == pytest.approx(0.3, abs=0.02)
    assert public[~sick].mean() == pytest.approx(0.3, abs=0.01)


def test_the_order_of_the_file_changes_nothing_and_the_seed_does():
    random = np.random.default_rng(4)
    keys = random.integers(0, 50, size=500)
    order = random.permutation(500)
    straight = split_by_group(pl.Series(keys), None, 0.4, seed=1)
    mixed = split_by_group(pl.Series(keys[order]), None, 0.4, seed=1)
    np.testing.assert_array_equal(mixed, straight[order])
    assert (split_by_group(pl.Series(keys), None, 0.4, seed=2) != straight).any()


def test_of_very_many_groups_the_smallest_keep_each_labels_share_too():
    random = np.random.default_rng(6)
    keys = np.concatenate([random.integers(0, 1000, 5000), np.arange(1000, 61_000)])
    labels = pl.Series(random.choice(["a", "b", "c"], size=len(keys), p=[0.7, 0.25, 0.05]))
    public = split_by_group(pl.Series(keys), labels, 0.3, seed=3)
    assert public.mean() == pytest.approx(0.3, abs=0.001)
    for label in "abc":
        assert public[(labels == label).to_numpy()].mean() == pytest.approx(0.3, abs=0.005)


@pytest.mark.parametrize(
    "times",
    [
        ["2026-03-01", "1969-12-31", "2026-02-28"],
        ["2026-03-01T10:00:00", "2026-03-01 09:59:59.5", "2026-03-01T09:59:59.499999"],
        ["2026-03-01T10:00:00+08:00", "2026-03-01 02:00:00Z", "2026-03-01T03:00:00.25+01:00"],
    ],
)
def test_times_in_a_usual_form_are_read_as_python_reads_them(times):
    quick = _in_common_form(pl.Series("at", times))
    assert quick.tolist() == [_microseconds(text)[1] for text in times]


def test_times_that_are_not_written_alike_are_left_to_the_slow_way():
    assert _in_common_form(pl.Series("at", ["2026-03-01", "2026-03-01T10:00:00"])) is None


def test_a_metric_file_is_given_the_same_split(tmp_path):
    days = [3, 1, 1, 1, 1, 2, 9, 8, 7, 6]
    solution = write(tmp_path / "s.csv", id=np.arange(10), y=np.arange(10) % 2, day=days)
    spec = replace(SPEC, code="def score(truth, prediction):\n    return 1.0\n")
    answers = read_answers(solution, replace(spec, split=Split("time", "day")))
    assert np.flatnonzero(answers.public).tolist() == [1, 2, 3, 4]
    assert (answers.private == ~answers.public).all()
    by_value = replace(spec, public_fraction=None, split=Split("column", "day", ("9", "3")))
    assert np.flatnonzero(read_answers(solution, by_value).public).tolist() == [0, 6]
    with pytest.raises(InvalidSolution, match="“week” is missing"):
        read_answers(solution, replace(spec, split=Split("group", "week")))


def test_a_column_of_boards_decides_before_a_split_that_is_kept(tmp_path):
    usage = ["Public", "Private", "Private", "Public", "Private", "Private"]
    spec = replace(SPEC, split=Split("group", "patient"))
    columns = {"id": range(6), "y": [0, 1, 0, 1, 0, 1], "Usage": usage}
    for beside in ({}, {"patient": [1, 1, 2, 2, 3, 3]}):
        solution = write(tmp_path / "s.csv", **columns, **beside)
        facts = check_solution(solution, spec, sample=None)
        assert (facts.public_rows, facts.private_rows) == (2, 4)
