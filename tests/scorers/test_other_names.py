"""An organiser finds a metric by the name that the field, or scikit-learn, has for it."""

import doctest

import pytest
from sklearn.metrics import get_scorer_names

from scorers import SCORERS, UnknownScorer, get_scorer, other_names
from scorers.errors import InvalidParameter
from scorers.other_names import name_here
from scorers.sklearn_metrics.table import FUNCTIONS

# Parts of a pair of numbers, of which none is the score.
NOT_HERE = {"neg_negative_likelihood_ratio", "positive_likelihood_ratio"}


def here(name):
    return name_here(name, SCORERS.__contains__)


@pytest.mark.parametrize(
    ("name", "scorer", "params"),
    [
        ("f1_score", "f1", {}),
        ("mean_squared_error", "mse", {}),
        ("RMSE", "rmse", {}),
        ("rand_score", "sklearn:rand_score", {}),
        ("QWK", "cohen_kappa", {"weights": "quadratic"}),
        ("macro-F1", "f1", {"average": "macro"}),
        ("f1_weighted", "f1", {"average": "weighted"}),
        ("roc_auc_ovr", "roc_auc", {"multi_class": "ovr"}),
        ("NDCG@10", "ndcg", {"k": 10}),
        ("hit@3", "hit_rate_at_k", {"k": 3}),
        ("map@k", "map_at_k", {}),
        ("top-5 accuracy", "top_k_accuracy", {"k": 5}),
        ("ROUGE-L", "rouge", {"variant": "rougeL"}),
        ("C-index", "concordance_index", {}),
    ],
)
def test_a_name_of_the_field_is_answered_with_the_one_here(name, scorer, params):
    assert here(name) == (scorer, params)
    with pytest.raises(UnknownScorer, match=f"here it is called “{scorer}”"):
        get_scorer(name)


def test_the_parameters_that_a_name_implies_are_told_as_one_writes_them():
    with pytest.raises(UnknownScorer, match=r'“cohen_kappa” with weights = "quadratic"\.$'):
        get_scorer("quadratic_weighted_kappa")


@pytest.mark.parametrize("name", [*other_names._SAME, *other_names._UNDER, *FUNCTIONS])
def test_every_other_name_leads_to_a_scorer_that_takes_what_it_implies(name):
    scorer, params = here(name)
    try:
        get_scorer(scorer, **params)
    except InvalidParameter as error:
        assert " needs " in str(error)  # noqa: PT017 - what must be given is left to the organiser


def test_no_other_name_is_one_that_a_scorer_has():
    assert not {*other_names._SAME, *other_names._UNDER} & set(SCORERS)


@pytest.mark.parametrize("name", sorted(set(get_scorer_names()) - NOT_HERE))
def test_scikit_learns_own_scoring_names_are_understood(name):
    found = here(name)
    assert found is not None
    assert found[0] in SCORERS or found[0].startswith("sklearn:")


def test_a_name_that_means_nothing_is_not_made_to_mean_something():
    assert here("zzzz") is None
    assert here("f1_average") is None
    assert here("accuracy@5") is None


def test_the_examples_of_the_module_hold():
    results = doctest.testmod(other_names)
    assert results.attempted > 0
    assert results.failed == 0
