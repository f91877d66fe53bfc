"""A submission evaluated: its boards, its split, its scores, and the check of a solution."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import (
    EvaluationSpec,
    InvalidSolution,
    check_solution,
    evaluate_file,
    get_scorer,
)
from tests.scorers.evaluating import SPEC, numbers

DIGITS = EvaluationSpec(
    scorer="f1",
    params={"average": "macro"},
    also=("accuracy", "precision"),
    header=("id", "digit"),
    labels=("0", "1", "2"),
    replicates=50,
)


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
    truth, prediction = numbers()
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
    truth, prediction = numbers()
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
    truth, prediction = numbers()
    order = np.random.default_rng(2).permutation(60)
    spec = replace(SPEC, public_fraction=0.3, split_seed=5)
    file = csv("p.csv", {"id": np.arange(60), "co2": prediction})
    one = evaluate_file(file, csv("s.csv", {"id": np.arange(60), "co2": truth}), spec)
    mixed = csv("t.csv", {"id": order, "co2": truth[order]})
    assert evaluate_file(file, mixed, spec).public.value == pytest.approx(one.public.value)
    other = evaluate_file(file, mixed, replace(spec, split_seed=6))
    assert other.public.value != pytest.approx(one.public.value)


def test_rows_of_a_unit_stay_on_one_board_and_are_resampled_together(csv):
    truth, _ = numbers()
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


def test_what_a_scorer_reads_beside_the_truth_is_asked_for():
    with pytest.raises(ValueError, match="give series="):
        get_scorer("mase").score([1.0, 2.0], [1.0, 2.0], history={"a": np.arange(9.0)})
