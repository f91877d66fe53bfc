"""A file against a solution: alignment, boards, whose mistake it is, and what is never told."""

import time
from dataclasses import replace

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

SPEC = EvaluationSpec(scorer="rmse", header=("id", "co2"), replicates=50)
DIGITS = EvaluationSpec(
    scorer="f1",
    params={"average": "macro"},
    also=("accuracy", "precision"),
    header=("id", "digit"),
    labels=("0", "1", "2"),
    replicates=50,
)


@pytest.fixture
def csv(tmp_path):
    def csv(name: str, columns: dict | str):
        path = tmp_path / name
        if isinstance(columns, str):
            path.write_text(columns)
        else:
            pl.DataFrame(columns).write_csv(path)
        return path

    return csv


def _numbers(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(400, 10, n)
    return truth, truth + rng.normal(size=n)


@pytest.mark.parametrize(
    "ids",
    [
        np.arange(60),
        np.arange(60) * 10**9,
        np.array([f"{i:03d}" for i in range(60)]),
        np.array([f"row {i}" for i in range(60)]),
    ],
    ids=["dense", "sparse", "leading zeros", "text"],
)
def test_any_order_of_the_rows_gives_the_identical_result(csv, ids):
    truth, prediction = _numbers()
    solution = csv("s.csv", {"id": ids, "co2": truth})
    spec = replace(SPEC, public_fraction=0.4)
    straight = evaluate_file(csv("p.csv", {"id": ids, "co2": prediction}), solution, spec)
    order = np.random.default_rng(1).permutation(60)
    mixed = csv("q.csv", {"id": ids[order], "co2": prediction[order]})
    shuffled = evaluate_file(mixed, solution, spec)
    for a, b in ((straight.public, shuffled.public), (straight.private, shuffled.private)):
        assert (a.value, a.interval, a.also) == (b.value, b.interval, b.also)
        np.testing.assert_array_equal(a.replicates, b.replicates)


def test_usage_decides_the_boards_and_each_is_scored_alone(csv):
    truth, prediction = _numbers()
    usage = np.array(["Public", "Private", "Ignored"])[np.arange(60) % 3]
    solution = csv("s.csv", {"id": np.arange(60), "co2": truth, "Usage": usage})
    found = evaluate_file(csv("p.csv", {"id": np.arange(60), "co2": prediction}), solution, SPEC)
    for board, name in ((found.public, "Public"), (found.private, "Private")):
        rows = usage == name
        assert board.value == metrics.root_mean_squared_error(truth[rows], prediction[rows])
        assert board.rows == 20
        assert board.replicates.shape == (50,)


def test_without_usage_and_fraction_there_is_no_private_board(csv):
    solution = csv("s.csv", "id,co2\na,1\nb,2\n")
    found = evaluate_file(solution, solution, SPEC)
    assert found.private is None
    assert found.public.rows == 2


@settings(max_examples=25, deadline=None)
@given(fraction=st.floats(0.1, 0.9), seed=st.integers(0, 1000))
def test_the_drawn_split_keeps_each_labels_share(tmp_path_factory, fraction, seed):
    folder = tmp_path_factory.mktemp("split")
    digits = np.repeat([0, 1, 2], [300, 90, 10])
    pl.DataFrame({"id": np.arange(400), "digit": digits}).write_csv(folder / "s.csv")
    spec = replace(DIGITS, scorer="accuracy", params={}, also=(), replicates=1)
    spec = replace(spec, public_fraction=fraction, split_seed=seed)
    wrong = [evaluate_public_rows(folder, digits, label, spec) for label in (0, 1, 2)]
    for found, total in zip(wrong, (300, 90, 10), strict=True):
        assert abs(found - fraction * total) <= 1 + 1e-9


def evaluate_public_rows(folder, digits, label, spec) -> float:
    """The number of public rows with a label: those that a file wrong only there gets wrong."""
    predicted = np.where(digits == label, (digits + 1) % 3, digits)
    pl.DataFrame({"id": np.arange(400), "digit": predicted}).write_csv(folder / "p.csv")
    public = evaluate_file(folder / "p.csv", folder / "s.csv", spec).public
    return round((1 - public.value) * public.rows)


def test_the_drawn_split_does_not_depend_on_the_order_of_the_solution(csv):
    truth, prediction = _numbers()
    order = np.random.default_rng(2).permutation(60)
    spec = replace(SPEC, public_fraction=0.3, split_seed=5)
    file = csv("p.csv", {"id": np.arange(60), "co2": prediction})
    one = evaluate_file(file, csv("s.csv", {"id": np.arange(60), "co2": truth}), spec)
    mixed = csv("t.csv", {"id": order, "co2": truth[order]})
    assert evaluate_file(file, mixed, spec).public.value == pytest.approx(one.public.value)
    other = evaluate_file(file, mixed, replace(spec, split_seed=6))
    assert other.public.value != pytest.approx(one.public.value)


def test_rows_of_a_unit_stay_on_one_board_and_are_resampled_together(csv):
    truth, _ = _numbers()
    patient = np.arange(60) // 6
    solution = csv("s.csv", {"id": np.arange(60), "co2": truth, "patient": patient})
    file = csv("p.csv", {"id": np.arange(60), "co2": truth + patient})
    spec = replace(SPEC, scorer="mse", unit_column="patient", public_fraction=0.5)
    found = evaluate_file(file, solution, spec)
    assert found.public.rows == found.private.rows == 30
    assert "5 units" in found.public.method
    public = found.public.value * 5
    assert public == pytest.approx(round(public)), "a mean of squares of five whole units"


def test_the_labels_are_scored_as_scikit_learn_scores_them(csv):
    rng = np.random.default_rng(3)
    truth, prediction = rng.integers(0, 3, (2, 90))
    solution = csv("s.csv", {"id": np.arange(90), "digit": truth})
    found = evaluate_file(
        csv("p.csv", {"id": np.arange(90), "digit": prediction}), solution, DIGITS
    )
    assert found.public.value == metrics.f1_score(truth, prediction, average="macro")
    assert found.public.also == {
        "accuracy": metrics.accuracy_score(truth, prediction),
        "precision": metrics.precision_score(truth, prediction, average="macro"),
    }


def test_text_labels_and_a_named_positive_class_are_scored_as_scikit_learn_scores_them(csv):
    rng = np.random.default_rng(4)
    truth, prediction = np.array(["ham", "spam"])[rng.integers(0, 2, (2, 90))]
    solution = csv("s.csv", {"id": np.arange(90), "kind": truth})
    spec = EvaluationSpec(scorer="f1", header=("id", "kind"), params={"pos_label": "ham"})
    found = evaluate_file(csv("p.csv", {"id": np.arange(90), "kind": prediction}), solution, spec)
    assert found.public.value == metrics.f1_score(truth, prediction, pos_label="ham")


@pytest.mark.parametrize(
    ("scorer", "params"),
    [("log_loss", {}), ("roc_auc", {"multi_class": "ovr"}), ("roc_auc", {"multi_class": "ovo"})],
)
def test_a_column_for_each_class_is_matched_by_name(csv, scorer, params):
    rng = np.random.default_rng(5)
    names = np.array(["cat", "dog", "eel"])
    truth, matrix = names[rng.integers(0, 3, 120)], rng.dirichlet(np.ones(3), 120)
    solution = csv("s.csv", {"id": np.arange(120), "animal": truth})
    columns = {"eel": matrix[:, 2], "cat": matrix[:, 0], "dog": matrix[:, 1]}
    spec = EvaluationSpec(
        scorer=scorer, params=params, header=("id", "eel", "cat", "dog"), replicates=20
    )
    found = evaluate_file(csv("p.csv", {"id": np.arange(120), **columns}), solution, spec)
    function = metrics.log_loss if scorer == "log_loss" else metrics.roc_auc_score
    assert found.public.value == function(truth, matrix, **params)


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
    truth, prediction = _numbers()
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


CHANCE = EvaluationSpec(scorer="roc_auc", header=("id", "rain"), replicates=20)
ORGANISERS = [
    ("id,rain\na,1\nb,1\n", CHANCE, "two classes"),
    ("id,rain,Usage\na,1,Public\nb,1,Public\nc,0,Private\n", CHANCE, "not defined on"),
    ("id,rain,usage\na,1,Public\nb,0,Private\n", CHANCE, "“Usage”"),
    ("id,rain,Usage\na,1,public\nb,0,Private\n", CHANCE, "Usage holds “public”"),
    ("id,rain,Usage\na,1,Private\nb,0,Private\n", CHANCE, "No row is public"),
    ("id,rain\na,1\na,0\n", CHANCE, "more than once"),
    ("id,ran\na,1\nb,0\n", CHANCE, "“rain” is missing"),
    ("id,rain\na,1\nb,0\n", replace(CHANCE, scorer="rocauc"), "roc_auc"),
    ("id,rain\na,1\nb,0\n", replace(CHANCE, params={"mean": 1}), "no parameter"),
    ("id,rain\na,1\nb,0\n", replace(CHANCE, also=("rmse",)), "takes numbers"),
    ("id,rain\na,1\nb,0\n", replace(CHANCE, unit_column="city"), "“city” is missing"),
    ("id,digit\na,1\nb,7\n", DIGITS, "“7”"),
    ("id,digit\na,1\nb,2\n", replace(DIGITS, params={}), "not defined"),
    ("id,co2\na,1\nb,x\n", SPEC, "not a number"),
]


@pytest.mark.parametrize(("content", "spec", "words"), ORGANISERS)
def test_the_organisers_mistakes_are_found_before_anyone_submits(csv, content, spec, words):
    with pytest.raises(InvalidSolution, match=words):
        check_solution(csv("s.csv", content), spec, sample=None)


def test_a_mistake_of_the_organisers_is_never_laid_at_the_participants_door(csv):
    solution = csv("s.csv", "id,rain,Usage\na,1,Public\nb,1,Public\nc,0,Private\n")
    with pytest.raises(InvalidSolution):
        evaluate_file(csv("p.csv", "id,rain\na,.1\nb,.2\nc,.3\n"), solution, CHANCE)


def test_the_check_counts_the_rows_of_each_board(csv):
    solution = csv("s.csv", "id,co2,Usage\na,1,Public\nb,2,Public\nc,3,Private\nd,0,Ignored\n")
    facts = check_solution(solution, SPEC, sample=None)
    assert (facts.rows, facts.public_rows, facts.private_rows, facts.ignored_rows) == (4, 2, 1, 1)


def test_a_sample_that_would_be_refused_is_the_organisers_mistake(csv):
    solution = csv("s.csv", "id,co2\na,1\nb,2\n")
    with pytest.raises(InvalidSolution, match=r"The sample: line 3.*empty"):
        check_solution(solution, SPEC, sample=csv("sample.csv", "id,co2\na,0\nb,\n"))


@pytest.mark.parametrize(("sample", "labels"), [("cat,dog", ("cat", "dog")), ("cat,cat", None)])
def test_the_samples_labels_are_the_labels_only_when_it_has_them_all(csv, sample, labels):
    solution = csv("s.csv", "id,kind\na,cat\nb,dog\n")
    first, second = sample.split(",")
    shown = csv("sample.csv", f"id,kind\na,{first}\nb,{second}\n")
    spec = EvaluationSpec(scorer="accuracy", header=("id", "kind"))
    assert check_solution(solution, spec, sample=shown).labels == labels


def test_a_spec_survives_the_trip_through_json():
    spec = replace(DIGITS, unit_column="patient", public_fraction=0.3)
    assert EvaluationSpec.from_json(spec.to_json()) == spec
    assert EvaluationSpec.from_json(SPEC.to_json()) == SPEC


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


def test_what_a_scorer_reads_beside_the_truth_is_asked_for():
    with pytest.raises(ValueError, match="give series="):
        get_scorer("mase").score([1.0, 2.0], [1.0, 2.0], history={"a": np.arange(9.0)})


def test_a_header_of_very_many_columns_is_refused_at_once(csv):
    names = ",".join(f"c{i}" for i in range(200_000))
    started = time.process_time()
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p", f"id,{names}\n"), csv("s", "id,co2\n1,2\n2,3\n"), SPEC)
    assert len(refused.value.faults) == 10
    # Quadratic work would take minutes.
    assert time.process_time() - started < 5
