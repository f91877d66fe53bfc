"""What an organiser is told of a solution's header and of its column of boards."""

from dataclasses import replace

import pytest

from scorers import EvaluationSpec, InvalidParameter, InvalidSolution, check_solution, get_scorer
from scorers.rankings.ranked_lists import read_relevant

SPEC = EvaluationSpec("rmse", header=("id", "y"))


def _refusal(tmp_path, text: str, spec: EvaluationSpec = SPEC) -> str:
    solution = tmp_path / "s.csv"
    solution.write_text(text)
    with pytest.raises(InvalidSolution) as caught:
        check_solution(solution, spec, sample=None)
    return str(caught.value)


def test_a_misspelt_usage_is_suggested_and_the_sample_is_not_blamed(tmp_path):
    said = _refusal(tmp_path, "id,y,Usge\n1,2,Public\n")
    assert "no column “Usge” in the solution. Did you mean “Usage”?" in said
    assert "sample" not in said


def test_a_misspelt_usage_beside_a_column_of_classes_is_suggested(tmp_path):
    spec = replace(SPEC, scorer="log_loss", header=("id", "a", "b"))
    said = _refusal(tmp_path, "id,y,Usge\n1,a,Public\n2,b,Public\n", spec)
    assert "Is “Usge” meant to be “Usage”?" in said


def test_a_solution_without_the_ids_is_told_so_and_not_that_it_has_too_many_answers(tmp_path):
    spec = replace(SPEC, scorer="roc_auc", header=("visit", "sick"))
    said = _refusal(tmp_path, "visit,sick\nv1,0\nv2,1\n", spec)
    assert said == "line 1: the column “id” is missing."


def test_training_is_listed_only_where_a_history_is_read(tmp_path):
    text = "id,y,series,Usage\n1,2,a,training\n2,3,a,Public\n"
    forecast = replace(SPEC, scorer="mase", params={"series": "series"})
    assert "expected “Public”, “Private”, “Ignored”, “Training”." in _refusal(
        tmp_path, text, forecast
    )
    assert "expected “Public”, “Private”, “Ignored”." in _refusal(
        tmp_path, text.replace(",series", "").replace(",a,", ",")
    )


def test_an_item_without_a_grade_is_quoted_as_it_stands():
    said = read_relevant(graded=True)("a0 b0")
    assert said == "holds “a0”, which is no item:grade"


def test_no_first_items_at_all_are_refused_with_the_least_number():
    with pytest.raises(InvalidParameter, match="a whole number of at least 1"):
        get_scorer("map_at_k", k=0)
