"""Scorers of scorers: the value is the sum or the mean of the parts', and so are their terms."""

import numpy as np
import pytest
from sklearn import metrics

from scorers import EvaluationSpec, InvalidParameter, evaluate_file, get_scorer

HALVES = [
    {"scorer": "accuracy", "weight": 0.25},
    {"scorer": "f1", "weight": 0.75, "params": {"average": "macro"}},
]


@pytest.fixture
def labels():
    rng = np.random.default_rng(11)
    truth = rng.integers(0, 3, 300)
    prediction = np.where(rng.random(300) < 0.7, truth, rng.integers(0, 3, 300))
    return truth, prediction, np.array(["en", "zh", "fr"])[rng.integers(0, 3, 300)]


def test_a_weighted_combination_is_the_sum_of_the_librarys_values(labels):
    truth, prediction, _ = labels
    scorer = get_scorer("weighted", parts=HALVES)
    accuracy = metrics.accuracy_score(truth, prediction)
    macro = metrics.f1_score(truth, prediction, average="macro")
    assert scorer.score(truth, prediction) == 0.25 * accuracy + 0.75 * macro
    assert scorer.terms(truth, prediction).value() == pytest.approx(
        scorer.score(truth, prediction), rel=1e-12
    )
    assert (scorer.lower, scorer.upper, scorer.perfect) == (0, 1, 1)
    assert scorer.title == "0.25 × Accuracy + 0.75 × F1"


def test_a_part_that_is_taken_away_has_a_minus_in_the_title():
    parts = [{"scorer": "accuracy"}, {"scorer": "zero_one_loss", "weight": -0.5}]
    title = get_scorer("weighted", parts=parts).title
    assert title == "1 × Accuracy − 0.5 × Zero-one loss"


def test_the_replicates_of_a_combination_are_the_combination_of_the_replicates(labels):
    truth, prediction, _ = labels
    whole = get_scorer("weighted", parts=HALVES).evaluate(truth, prediction, seed=3)
    accuracy = get_scorer("accuracy").evaluate(truth, prediction, seed=3).replicates
    macro = get_scorer("f1", average="macro").evaluate(truth, prediction, seed=3).replicates
    np.testing.assert_allclose(whole.replicates, 0.25 * accuracy + 0.75 * macro, rtol=1e-12)


def test_a_mean_over_groups_counts_each_group_once(labels):
    truth, prediction, language = labels
    scorer = get_scorer("per_group", scorer="f1", params={"average": "macro"}, group="language")
    each = [
        metrics.f1_score(truth[language == name], prediction[language == name], average="macro")
        for name in ("en", "fr", "zh")
    ]
    assert scorer.score(truth, prediction, group=language) == np.mean(each)
    assert scorer.terms(truth, prediction, group=language).value() == pytest.approx(
        np.mean(each), rel=1e-12
    )


def test_a_part_without_terms_is_resampled_outright(labels):
    rng = np.random.default_rng(5)
    truth = rng.normal(size=80)
    parts = [{"scorer": "median_absolute_error"}, {"scorer": "mae"}]
    found = get_scorer("weighted", parts=parts).evaluate(
        truth, truth + rng.normal(size=80), seed=1, replicates=50
    )
    assert "outright" in found.method


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([{"scorer": "accuracy"}], "at least two"),
        ([{"scorer": "accuracy"}, {"scorer": "rmse"}], "same predictions"),
        ([{"scorer": "r2"}, {"scorer": "rmse"}], "different directions"),
        ([{"scorer": "acuracy"}, {"scorer": "f1"}], "accuracy"),
        ([{"scorer": "accuracy", "weigt": 2}, {"scorer": "f1"}], "at least two"),
        ([{"scorer": "accuracy", "weight": 0}, {"scorer": "f1"}], "at least two"),
    ],
)
def test_parts_that_do_not_go_together_are_refused_with_the_reason(parts, told):
    with pytest.raises(InvalidParameter, match=told):
        get_scorer("weighted", parts=parts)


def test_an_error_may_count_against_a_score():
    parts = [{"scorer": "r2"}, {"scorer": "rmse", "weight": -0.5}]
    scorer = get_scorer("weighted", parts=parts)
    assert scorer.higher_is_better
    assert scorer.score([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == scorer.perfect == 1.0


def test_what_must_be_given_is_asked_for():
    with pytest.raises(InvalidParameter, match="needs the parameter “parts”"):
        get_scorer("weighted")


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_scored_by_language_with_labels_that_are_words(tmp_path):
    solution = write(
        tmp_path / "solution.csv",
        "id,label,language\n1,cat,en\n2,dog,en\n3,cat,zh\n4,dog,zh\n5,cat,zh\n6,dog,zh\n",
    )
    given = write(tmp_path / "p.csv", "id,label\n1,cat\n2,cat\n3,cat\n4,dog\n5,cat\n6,dog\n")
    spec = EvaluationSpec(
        scorer="per_group",
        params={
            "scorer": "f1",
            "params": {"average": "binary", "pos_label": "dog"},
            "group": "language",
        },
        header=("id", "label"),
        replicates=20,
    )
    assert evaluate_file(given, solution, spec).public.value == (0 + 1) / 2
