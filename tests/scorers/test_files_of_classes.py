"""Files of labels, probabilities, scores, indicators and clusters, from their text to the board."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    InvalidSolution,
    check_solution,
    evaluate_file,
    get_scorer,
)

N = 120
ANIMALS = np.array(["cat", "dog", "eel"])
GENRES = ("drama", "crime", "music")


@pytest.fixture
def csv(tmp_path):
    def csv(name: str, columns: dict):
        path = tmp_path / name
        pl.DataFrame({"id": np.arange(len(next(iter(columns.values()))))} | columns).write_csv(path)
        return path

    return csv


def _named(names, matrix: np.ndarray) -> dict:
    return dict(zip(names, matrix.T, strict=True))


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


def _spec(scorer: str, columns, kind: str | None = None, **params) -> EvaluationSpec:
    return EvaluationSpec(scorer, header=("id", *columns), params=params, kind=kind, replicates=20)


@pytest.mark.parametrize(
    ("scorer", "params", "function"),
    [
        ("accuracy", {}, metrics.accuracy_score),
        ("hamming_loss", {}, metrics.hamming_loss),
        ("f1", {"average": "samples", "zero_division": 0}, metrics.f1_score),
        ("jaccard", {"average": "macro", "zero_division": 0}, metrics.jaccard_score),
        ("sklearn:f1_score", {"average": "micro"}, metrics.f1_score),
    ],
)
def test_a_column_of_0_and_1_for_each_label(csv, scorer, params, function):
    truth, prediction = _rng().integers(0, 2, (2, N, 3))
    spec = _spec(scorer, GENRES, **params)
    solution = csv("s.csv", _named(GENRES, truth))
    check_solution(solution, spec, sample=csv("sample.csv", _named(GENRES, truth * 0)))
    found = evaluate_file(csv("p.csv", _named(GENRES, prediction)), solution, spec)
    assert found.public.value == function(truth, prediction, **params)


def test_an_indicator_that_is_neither_0_nor_1_is_told_with_its_line_and_column(csv):
    truth, prediction = _rng().integers(0, 2, (2, N, 3))
    prediction[4, 1] = 2
    solution = csv("s.csv", _named(GENRES, truth))
    with pytest.raises(InvalidPredictions, match="line 6, column “crime”: 2 is neither 0 nor 1"):
        evaluate_file(csv("p.csv", _named(GENRES, prediction)), solution, _spec("accuracy", GENRES))


@pytest.mark.parametrize(
    ("scorer", "params", "function"),
    [
        ("roc_auc", {"average": "micro"}, metrics.roc_auc_score),
        ("average_precision", {}, metrics.average_precision_score),
        ("label_ranking_loss", {}, metrics.label_ranking_loss),
        ("coverage_error", {}, metrics.coverage_error),
        ("sklearn:average_precision_score", {}, metrics.average_precision_score),
    ],
)
def test_a_score_for_each_label(csv, scorer, params, function):
    truth, scores = _rng().integers(0, 2, (N, 3)), _rng().normal(size=(N, 3)).round(2)
    spec = _spec(scorer, GENRES, kind="label scores", **params)
    solution = csv("s.csv", _named(GENRES, truth))
    check_solution(solution, spec, sample=csv("sample.csv", _named(GENRES, scores * 0.0)))
    found = evaluate_file(csv("p.csv", _named(GENRES, scores)), solution, spec)
    assert found.public.value == function(truth, scores, **params)


@pytest.mark.parametrize(
    ("scorer", "params", "function"),
    [
        ("top_k_accuracy", {"k": 2}, metrics.top_k_accuracy_score),
        ("hinge_loss", {}, metrics.hinge_loss),
        ("sklearn:top_k_accuracy_score", {"k": 1}, metrics.top_k_accuracy_score),
    ],
)
def test_a_score_for_each_class(csv, scorer, params, function):
    truth, scores = ANIMALS[_rng().integers(0, 3, N)], _rng().normal(size=(N, 3)).round(1)
    spec = _spec(scorer, ("eel", "cat", "dog"), kind="class scores", **params)
    solution = csv("s.csv", {"animal": truth})
    check_solution(solution, spec, sample=csv("sample.csv", _named(ANIMALS, scores * 0.0)))
    found = evaluate_file(csv("p.csv", _named(ANIMALS, scores)), solution, spec)
    assert found.public.value == function(truth, scores, **params)


def test_a_class_without_a_column_is_the_organisers_mistake(csv):
    solution = csv("s.csv", {"animal": ["cat", "dog", "emu"] * 4})
    with pytest.raises(InvalidSolution, match="emu"):
        check_solution(solution, _spec("top_k_accuracy", ANIMALS), sample=None)


@pytest.mark.parametrize(
    ("scorer", "params"),
    [
        ("top_k_accuracy", {}),
        ("brier_score", {}),
        ("d2_log_loss", {}),
        ("expected_calibration_error", {"n_bins": 5}),
        ("average_precision", {"average": "weighted"}),
        ("sklearn:log_loss", {}),
        ("sklearn:d2_brier_score", {}),
        ("sklearn:brier_score_loss", {"scale_by_half": True}),
        ("sklearn:roc_auc_score", {"multi_class": "ovo"}),
        ("sklearn:average_precision_score", {}),
    ],
)
def test_a_probability_for_each_class(csv, scorer, params):
    truth, matrix = ANIMALS[_rng().integers(0, 3, N)], _rng().dirichlet([1, 1, 1], N)
    spec = _spec(scorer, ANIMALS, **params)
    solution = csv("s.csv", {"animal": truth})
    check_solution(solution, spec, sample=None)
    found = evaluate_file(csv("p.csv", _named(ANIMALS, matrix)), solution, spec)
    assert found.public.value == get_scorer(scorer, **params).score(truth, matrix)


@pytest.mark.parametrize(
    "scorer", ["roc_auc", "average_precision", "gini", "ks_statistic", "hinge_loss",
               "sklearn:roc_auc_score", "sklearn:hinge_loss"],
)  # fmt: skip
def test_one_decision_score_a_row(csv, scorer):
    truth, scores = _rng().integers(0, 2, N), _rng().normal(size=N)
    spec = _spec(scorer, ("rain",), kind="scores")
    solution = csv("s.csv", {"rain": truth})
    check_solution(solution, spec, sample=csv("sample.csv", {"rain": scores * 0}))
    found = evaluate_file(csv("p.csv", {"rain": scores}), solution, spec)
    assert found.public.value == get_scorer(scorer).score(truth, scores)


@pytest.mark.parametrize(
    "scorer", ["gini", "ks_statistic", "brier_score", "expected_calibration_error",
               "sklearn:brier_score_loss", "sklearn:d2_brier_score"],
)  # fmt: skip
def test_one_probability_a_row(csv, scorer):
    truth, share = _rng().integers(0, 2, N), _rng().random(N)
    solution, spec = csv("s.csv", {"rain": truth}), _spec(scorer, ("rain",))
    check_solution(solution, spec, sample=None)
    found = evaluate_file(csv("p.csv", {"rain": share}), solution, spec)
    assert found.public.value == get_scorer(scorer).score(truth, share)


def test_a_column_for_each_of_two_classes_has_the_area_of_the_greater(csv):
    truth, share = np.array(["ham", "spam"])[_rng().integers(0, 2, N)], _rng().random(N)
    columns = {"spam": share, "ham": 1 - share}
    solution, spec = csv("s.csv", {"kind": truth}), _spec("roc_auc", ("ham", "spam"))
    found = evaluate_file(csv("p.csv", columns), solution, spec)
    assert found.public.value == metrics.roc_auc_score(truth, share)


@pytest.mark.parametrize(
    "scorer", ["adjusted_rand", "normalized_mutual_info", "sklearn:rand_score"]
)
def test_clusters_are_compared_whatever_they_are_called(csv, scorer):
    truth, prediction = _rng().integers(0, 4, N), _rng().integers(0, 3, N)
    solution, spec = csv("s.csv", {"group": ANIMALS[truth % 3]}), _spec(scorer, ("group",))
    check_solution(solution, spec, sample=None)
    found = evaluate_file(csv("p.csv", {"group": prediction}), solution, spec)
    assert found.public.value == pytest.approx(get_scorer(scorer).score(truth % 3, prediction))


def test_kappa_counts_distances_in_the_order_of_the_labels(csv):
    ratings = np.array(["low", "mid", "high"])
    truth, prediction = ratings[_rng().integers(0, 3, (2, N))]
    params = {"weights": "quadratic", "labels": ["low", "mid", "high"]}
    solution, spec = csv("s.csv", {"risk": truth}), _spec("cohen_kappa", ("risk",), **params)
    found = evaluate_file(csv("p.csv", {"risk": prediction}), solution, spec)
    assert found.public.value == metrics.cohen_kappa_score(truth, prediction, **params)


def test_a_function_of_scikit_learn_can_be_shown_beside_the_ranking_scorer(csv):
    truth, prediction = _rng().integers(0, 3, (2, N))
    solution = csv("s.csv", {"digit": truth})
    spec = replace(_spec("accuracy", ("digit",)), also=("sklearn:zero_one_loss",))
    found = evaluate_file(csv("p.csv", {"digit": prediction}), solution, spec)
    assert found.public.also["sklearn:zero_one_loss"] == metrics.zero_one_loss(truth, prediction)


def test_what_scikit_learn_would_answer_with_a_table_is_the_organisers_mistake(csv):
    solution = csv("s.csv", {"digit": [0, 1, 0, 1]})
    with pytest.raises(InvalidSolution, match="it gives a table, not one number"):
        check_solution(solution, _spec("sklearn:confusion_matrix", ("digit",)), sample=None)
