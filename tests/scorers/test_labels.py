"""Parameters that name labels: classes, columns, and what is neither."""

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from scorers import EvaluationSpec, InvalidSolution, check_solution, evaluate_file, get_scorer
from scorers.labels import in_codes, in_columns

N = 40
COLUMNS = ("a", "b", "c")


def _write(path, columns):
    pl.DataFrame({"id": np.arange(N)} | columns).write_csv(path)
    return path


@pytest.fixture
def indicators(tmp_path):
    rng = np.random.default_rng(3)
    truth, given = rng.integers(0, 2, (2, N, 3))
    solution = _write(tmp_path / "s.csv", dict(zip(COLUMNS, truth.T, strict=True)))
    predictions = _write(tmp_path / "p.csv", dict(zip(COLUMNS, given.T, strict=True)))
    return truth, given, solution, predictions


def _spec(**params):
    return EvaluationSpec("f1", header=("id", *COLUMNS), params=params, replicates=20)


@pytest.mark.parametrize("labels", [["a", "c"], [0, 2], ["a", 2]])
def test_columns_are_named_or_numbered(indicators, labels):
    truth, given, solution, predictions = indicators
    spec = _spec(average="macro", labels=labels)
    check_solution(solution, spec, sample=None)
    found = evaluate_file(predictions, solution, spec).public
    assert found.value == metrics.f1_score(truth, given, average="macro", labels=[0, 2])


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a", "z"], "F1: labels “z” is not among “a”, “b”, “c”"),
        ([0, 7], "labels 7 is not the number of a column; the columns are numbered from 0 to 2"),
    ],
)
def test_a_label_that_is_no_column_is_the_organisers_mistake(indicators, labels, said):
    with pytest.raises(InvalidSolution, match=said):
        check_solution(indicators[2], _spec(average="macro", labels=labels), sample=None)


def test_the_parts_of_a_combination_have_their_columns_numbered():
    part = {"scorer": "f1", "params": {"average": "macro", "labels": ["b"]}, "weight": 0.5}
    numbered = in_columns(get_scorer("weighted", parts=[part, {"scorer": "accuracy"}]), COLUMNS)
    assert numbered.parts[0].params["labels"] == (1,)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"pos_label": "zz"}, "F1: pos_label “zz” is not among “a”, “b”"),
        ({"average": "macro", "labels": ["a", "q"]}, "F1: labels “q” is not among “a”, “b”"),
        ({}, "F1: pos_label “1” is not among “a”, “b”"),
    ],
)
def test_a_label_that_nobody_has_is_the_organisers_mistake(tmp_path, params, said):
    solution = _write(tmp_path / "s.csv", {"y": np.array(["a", "b"])[np.arange(N) % 2]})
    spec = EvaluationSpec("f1", header=("id", "y"), params=params)
    with pytest.raises(InvalidSolution, match=said):
        check_solution(solution, spec, sample=None)


def test_the_default_positive_class_is_no_matter_where_it_is_not_read():
    macro = in_codes(get_scorer("f1", average="macro"), ["a", "b"], False)
    assert macro.params["average"] == "macro"


@pytest.mark.parametrize("name", ["precision", "recall", "f1", "jaccard"])
def test_a_third_label_in_a_binary_metric_counts_as_wrong(tmp_path, name):
    truth = np.array(["a", "b"])[np.arange(N) % 2]
    given = np.array(["b", "b", "a", "c", "b"])[np.arange(N) % 5]
    solution = _write(tmp_path / "s.csv", {"y": truth})
    spec = EvaluationSpec(name, header=("id", "y"), params={"pos_label": "b"}, replicates=20)
    found = evaluate_file(_write(tmp_path / "p.csv", {"y": given}), solution, spec).public
    reference = getattr(metrics, f"{name}_score")
    assert found.value == reference(truth == "b", given == "b")
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1]


def test_three_classes_of_the_truth_still_need_another_average():
    with pytest.raises(ValueError, match="multiclass"):
        get_scorer("f1").score([0, 1, 2], [0, 1, 1])
