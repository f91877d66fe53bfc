"""What is wrong with a submission is told to its team, and nothing of the answers."""

import time
from dataclasses import replace

import numpy as np
import pytest

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    InvalidSolution,
    check_solution,
    evaluate_file,
)
from tests.scorers.evaluating import SPEC, numbers


def test_missing_unknown_and_repeated_ids_are_told_together(csv):
    solution = csv("s.csv", "id,co2\n1,1\n2,2\n3,3\n")
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p.csv", "id,co2\n1,1\n9,1\n1,1\n"), solution, SPEC)
    told = [(f.code, f.line, f.value) for f in refused.value.faults]
    assert told == [
        ("missing_id", None, "2"),
        ("missing_id", None, "3"),
        ("unknown_id", 3, "9"),
        ("repeated_id", 4, "1"),
    ]


def test_a_shifted_id_is_refused_and_named(csv):
    truth, prediction = numbers()
    solution = csv("s.csv", {"id": np.arange(60), "co2": truth})
    with pytest.raises(InvalidPredictions, match="“60” is not one of the sample's") as refused:
        evaluate_file(csv("p.csv", {"id": np.arange(60) + 1, "co2": prediction}), solution, SPEC)
    assert refused.value.count == 2


def test_wrong_cells_and_wrong_ids_are_told_together(csv):
    solution = csv("s.csv", "id,co2\na,1\nb,2\n")
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p.csv", "id,co2\na,x\nc,1\n"), solution, SPEC)
    assert {f.code for f in refused.value.faults} == {"not_a_number", "unknown_id", "missing_id"}


def test_a_row_that_cannot_be_read_is_not_called_missing(csv):
    solution = csv("s.csv", "id,co2\na,1\nb,2\n")
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p.csv", "id,co2\na,1\nb\n"), solution, SPEC)
    assert [f.code for f in refused.value.faults] == ["ragged_row"]


def test_007_is_not_7_where_the_solution_has_text(csv):
    solution = csv("s.csv", "id,co2\n007,1\nx,2\n")
    with pytest.raises(InvalidPredictions, match="“7” is not one"):
        evaluate_file(csv("p.csv", "id,co2\n7,1\nx,2\n"), solution, SPEC)


def test_no_message_holds_a_truth_or_a_label_that_only_the_solution_has(csv):
    rows = "\n".join(f"{i},{'secretlabel' if i % 2 else 'shown'}" for i in range(20))
    solution = csv("s.csv", f"id,kind\n{rows}\n")
    spec = EvaluationSpec(scorer="accuracy", header=("id", "kind"))
    files = ["id,kind\n0,shown\n", "id,kind\n0,\n", "id,knd\n", "id,kind\n0,secretlabe\n", "x"]
    for i, content in enumerate(files):
        with pytest.raises(InvalidPredictions) as refused:
            evaluate_file(csv(f"{i}.csv", content), solution, spec)
        assert "secretlabel" not in str(refused.value) + repr(refused.value.faults)


def test_where_no_labels_are_declared_an_unknown_one_counts_as_wrong(csv):
    solution = csv("s.csv", "id,kind\na,cat\nb,dog\n")
    spec = EvaluationSpec(scorer="accuracy", header=("id", "kind"))
    found = evaluate_file(csv("p.csv", "id,kind\na,cat\nb,eel\n"), solution, spec)
    assert found.public.value == 0.5


def test_whole_labels_are_not_compared_with_decimals(csv):
    solution = csv("s.csv", "id,kind\na,0\nb,1\n")
    spec = EvaluationSpec(scorer="accuracy", header=("id", "kind"))
    with pytest.raises(InvalidPredictions, match=r"“1\.0” is not a whole number"):
        evaluate_file(csv("p.csv", "id,kind\na,0\nb,1.0\n"), solution, spec)


def test_a_score_that_is_not_defined_for_these_predictions_is_the_participants(csv):
    solution = csv("s.csv", "id,co2\na,1\nb,2\nc,3\n")
    spec = replace(SPEC, scorer="spearman")
    with pytest.raises(InvalidPredictions, match="all the same"):
        evaluate_file(csv("p.csv", "id,co2\na,5\nb,5\nc,5\n"), solution, spec)


def test_a_number_that_the_scorer_does_not_take_is_told_with_its_line(csv):
    solution = csv("s.csv", "id,co2\na,1\nb,2\n")
    with pytest.raises(InvalidPredictions, match=r"line 3.*above -1"):
        evaluate_file(csv("p.csv", "id,co2\na,1\nb,-2\n"), solution, replace(SPEC, scorer="rmsle"))


@pytest.mark.parametrize("metric", ["mape", "rmse", "r2"])
def test_whether_a_huge_number_is_refused_tells_nothing_of_the_answers(csv, metric) -> None:
    said = set()
    for answer in (0.4, 5.0):
        truth = {"id": [1, 2, 3, 4], "co2": [3.0, 2.0, answer, 7.0]}
        solution = csv(
            "solution.csv", truth | {"Usage": ["Public", "Public", "Private", "Private"]}
        )
        file = csv("p.csv", {"id": [1, 2, 3, 4], "co2": [1.0, 2.0, 1.7e308, 1.0]})
        with pytest.raises(InvalidPredictions, match="too large") as refused:
            evaluate_file(file, solution, replace(SPEC, scorer=metric))
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_file_of_far_too_many_rows_is_refused_before_they_are_looked_at(csv) -> None:
    solution = csv("solution.csv", {"id": [1, 2], "co2": [3.0, 2.0]})
    file = csv("p.csv", "id,co2\n" + "1,a\n" * 2000)
    with pytest.raises(InvalidPredictions, match="more than the 1,004 rows"):
        evaluate_file(file, solution, SPEC)


QUANTILES = EvaluationSpec(
    scorer="quantile_crps",
    params={"quantiles": [0.1, 0.5, 0.9]},
    header=("id", "a", "b", "c"),
    replicates=10,
)


def quantile_rows(crossed: set[int]) -> str:
    rows = [f"{i},3,2,1" if i in crossed else f"{i},1,2,3" for i in range(12)]
    return "\n".join(["id,a,b,c", *rows]) + "\n"


@pytest.mark.parametrize("crossed", [{5}, {0, 8}, {11}, set(range(12))])
def test_rows_that_a_scorer_cannot_take_are_told_whatever_board_they_are_on(csv, crossed):
    usage = ["Private"] * 5 + ["Ignored"] + ["Public"] * 6
    answers = "\n".join(["id,y,Usage", *(f"{i},2,{u}" for i, u in enumerate(usage))])
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p", quantile_rows(crossed)), csv("s", answers), QUANTILES)
    assert refused.value.count == len(crossed)
    assert [fault.line for fault in refused.value.faults] == [r + 2 for r in sorted(crossed)][:10]


def test_each_long_cell_is_told_what_is_wrong_with_itself(csv):
    start = " ".join(f"{1 + 3 * i} 1" for i in range(10))
    cells = [f"{start} 40 x", f"{start} 40 900", f"{start} 41 1 1"]
    solution = csv("s", "id,m\n" + "".join(f"{i},1 1\n" for i in range(3)))
    given = csv("p", "id,m\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells)))
    spec = EvaluationSpec(scorer="dice", params={"height": 10, "width": 10}, header=("id", "m"))
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(given, solution, spec)
    told = [fault.message for fault in refused.value.faults]
    assert len(told) == len({m.partition(":")[2] for m in told}) == 3


def test_many_faults_of_one_kind_do_not_hide_the_only_one_of_another(csv):
    solution = csv("s", "id,y\n" + "".join(f"{i},{i}\n" for i in range(30)))
    given = csv("p", "id,y\n0,1\n77,abc\n")
    spec = EvaluationSpec(scorer="rmse", header=("id", "y"))
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(given, solution, spec)
    codes = {fault.code for fault in refused.value.faults}
    assert codes == {"missing_id", "unknown_id", "not_a_number"}
    assert len(refused.value.faults) == 10


def test_ids_are_not_called_missing_where_ids_could_not_be_read(csv):
    solution = csv("s", "id,y\n" + "".join(f"{i},{i}\n" for i in range(12)))
    given = csv("p", '{"id":0.0,"y":1}\n' + "".join(f'{{"id":{i},"y":1}}\n' for i in range(1, 12)))
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(given, solution, EvaluationSpec(scorer="rmse", header=("id", "y")))
    assert [fault.value for fault in refused.value.faults] == ["0.0"]


def test_a_division_by_zero_in_a_metric_is_an_undefined_score(csv):
    spec = EvaluationSpec(scorer="d2_tweedie", header=("id", "y"))
    same = csv("s", "id,y\n" + "".join(f"{i},2\n" for i in range(8)))
    with pytest.raises(InvalidSolution, match="not defined"):
        check_solution(same, spec, sample=None)


def test_a_header_of_very_many_columns_is_refused_at_once(csv):
    names = ",".join(f"c{i}" for i in range(200_000))
    started = time.process_time()
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p", f"id,{names}\n"), csv("s", "id,co2\n1,2\n2,3\n"), SPEC)
    assert len(refused.value.faults) == 10
    # Quadratic work would take minutes.
    assert time.process_time() - started < 5
