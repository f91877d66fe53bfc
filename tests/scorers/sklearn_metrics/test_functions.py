"""Every function of sklearn.metrics: reachable under its own name, or refused with a reason."""

import inspect
import math
import warnings

import numpy as np
import pytest
from sklearn import metrics

from scorers import InputKind, InvalidParameter, UnknownScorer, get_scorer
from scorers.registry import get_unbound
from scorers.sklearn_metrics.functions import is_higher_better
from scorers.sklearn_metrics.parameters import NOT_TAKEN
from scorers.sklearn_metrics.table import FUNCTIONS, REFUSED

PUBLIC = sorted(n for n in metrics.__all__ if inspect.isfunction(getattr(metrics, n)))
RNG = np.random.default_rng(1)
N = 80
_CODES, _OTHER = RNG.integers(0, 3, (2, N))
_TWO, _SHARE = RNG.integers(0, 2, N), RNG.random(N).round(2)
_MATRIX = RNG.dirichlet(np.ones(3), N)
_SETS, _MORE_SETS = RNG.integers(0, 2, (2, N, 3)).astype(float)
_NUMBERS, _NEAR = RNG.gamma(2, 2, (2, N)) + 0.1
COLUMNS = {
    InputKind.LABELS: (_CODES, _OTHER),
    InputKind.INDICATORS: (_SETS, _MORE_SETS),
    InputKind.PROBABILITY: (_TWO, _SHARE),
    InputKind.PROBABILITIES: (_CODES, _MATRIX),
    InputKind.SCORES: (_TWO, RNG.normal(size=N)),
    InputKind.CLASS_SCORES: (_CODES, RNG.normal(size=(N, 3))),
    InputKind.LABEL_SCORES: (_SETS, RNG.normal(size=(N, 3)).round(1)),
    InputKind.NUMBERS: (_NUMBERS, _NEAR),
    InputKind.CLUSTERS: (_CODES, _OTHER),
}
NEEDED = {"fbeta_score": {"beta": 2.0}}
OF_SEVERAL = ("f1_score", "fbeta_score", "jaccard_score", "precision_score", "recall_score")


def _params(name: str, kind: InputKind) -> dict:
    params = dict(NEEDED.get(name, {}))
    if name in OF_SEVERAL:
        params["average"] = "macro"
    if name == "roc_auc_score" and kind is InputKind.PROBABILITIES:
        params["multi_class"] = "ovr"
    return params


def _columns(name: str, kind: InputKind):
    if name in ("dcg_score", "ndcg_score"):
        return RNG.integers(0, 4, (20, 5)), RNG.normal(size=(20, 5))
    return COLUMNS[kind]


def _called(name: str, truth, prediction, params: dict) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(getattr(metrics, name)(truth, prediction, **params))


def test_each_is_either_a_scorer_or_refused():
    assert set(PUBLIC) <= set(FUNCTIONS) | set(REFUSED)
    assert not set(FUNCTIONS) & set(REFUSED)


EVERY = [(name, kind) for name in FUNCTIONS for kind in FUNCTIONS[name].kinds if name in PUBLIC]


@pytest.mark.parametrize(("name", "kind"), EVERY, ids=[f"{n}-{k}" for n, k in EVERY])
def test_a_scorer_has_the_functions_own_value_and_so_have_its_sums(name, kind):
    params, (truth, prediction) = _params(name, kind), _columns(name, kind)
    expected = _called(name, truth, prediction, params)
    scorer = get_scorer(f"sklearn:{name}", **params)
    assert scorer.score(truth, prediction) == expected
    terms = scorer.terms(truth, prediction)
    assert terms is None or terms.value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", [n for n in PUBLIC if n in REFUSED])
def test_what_is_not_a_metric_of_predictions_is_refused_with_its_reason(name):
    with pytest.raises(UnknownScorer, match=REFUSED[name]):
        get_scorer(f"sklearn:{name}")


@pytest.mark.parametrize("name", [n for n in PUBLIC if n in FUNCTIONS])
def test_each_says_all_about_itself(name):
    scorer = get_unbound(f"sklearn:{name}")
    assert scorer.name == f"sklearn:{name}"
    assert scorer.summary.endswith(".")
    assert "\n" not in scorer.summary
    assert scorer.source.endswith(f"sklearn.metrics.{name}.html")
    assert scorer.lower < scorer.upper
    if FUNCTIONS[name].has_perfect:
        assert scorer.perfect == (scorer.upper if scorer.higher_is_better else scorer.lower)
    else:
        assert math.isnan(scorer.perfect)
    assert all(p.doc.endswith(".") and p.describe() for p in scorer.parameters)


@pytest.mark.parametrize("name", [n for n in PUBLIC if n in FUNCTIONS])
def test_each_has_the_parameters_of_the_function_under_the_functions_defaults(name):
    signature = list(inspect.signature(getattr(metrics, name)).parameters.values())[2:]
    expected = [p.name for p in signature if p.name not in NOT_TAKEN]
    assert [p.name for p in get_unbound(f"sklearn:{name}").parameters] == expected


@pytest.mark.parametrize(
    ("name", "higher"),
    [("r2_score", True), ("matthews_corrcoef", True), ("max_error", False),
     ("hinge_loss", False), ("mean_poisson_deviance", False)],
)  # fmt: skip
def test_the_name_says_the_direction(name, higher):
    assert get_unbound(f"sklearn:{name}").higher_is_better is higher


def test_a_name_that_does_not_say_the_direction_is_not_guessed():
    with pytest.raises(ValueError, match="does not say"):
        is_higher_better("auc")


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("f1_score", {"sample_weight": [1, 2]}, "every row of a board counts once"),
        ("log_loss", {"y_pred": "x"}, "gives it up"),
        ("f1_score", {"averge": "macro"}, "average"),
        ("f1_score", {"average": "mean"}, "expected"),
        ("roc_auc_score", {"average": "binary"}, "expected"),
        ("roc_auc_score", {"max_fpr": 2}, "at most 1"),
        ("ndcg_score", {"k": 0}, "at least 1"),
        ("mean_squared_error", {"multioutput": "raw_values"}, "list of weights"),
        ("fbeta_score", {}, "needs the parameter “beta”"),
    ],
)
def test_a_parameter_that_it_does_not_take_is_refused(name, params, words):
    with pytest.raises(InvalidParameter, match=words):
        get_scorer(f"sklearn:{name}", **params)


def test_an_unknown_function_is_answered_with_the_nearest():
    with pytest.raises(UnknownScorer, match=r"f1_scor.*f1_score"):
        get_scorer("sklearn:f1_scor")


def test_a_function_that_a_later_version_adds_is_not_guessed_at(monkeypatch):
    monkeypatch.setattr(metrics, "novel_score", lambda y_true, y_pred: 1.0, raising=False)
    with pytest.raises(UnknownScorer, match="not known here"):
        get_scorer("sklearn:novel_score")


def test_a_function_that_this_version_lacks_is_named(monkeypatch):
    monkeypatch.delattr(metrics, "d2_brier_score")
    with pytest.raises(UnknownScorer, match="installed"):
        get_scorer("sklearn:d2_brier_score")


@pytest.mark.parametrize(
    ("name", "params", "kind"),
    [
        ("cohen_kappa_score", {"weights": "quadratic", "labels": [0, 1, 2]}, InputKind.LABELS),
        ("roc_auc_score", {"max_fpr": 0.5}, InputKind.PROBABILITY),
        ("accuracy_score", {"normalize": False}, InputKind.LABELS),
        ("fbeta_score", {"beta": 0.5, "average": "weighted"}, InputKind.LABELS),
        ("v_measure_score", {"beta": 0.5}, InputKind.CLUSTERS),
        ("d2_tweedie_score", {"power": 1.5}, InputKind.NUMBERS),
        ("top_k_accuracy_score", {"k": 1}, InputKind.CLASS_SCORES),
        ("precision_score", {"average": "samples", "zero_division": 1}, InputKind.INDICATORS),
        ("mean_pinball_loss", {"alpha": 0.9}, InputKind.NUMBERS),
    ],
)
def test_the_parameters_reach_the_function_and_the_sums(name, params, kind):
    truth, prediction = COLUMNS[kind]
    expected = _called(name, truth, prediction, params)
    scorer = get_scorer(f"sklearn:{name}", **params)
    assert scorer.score(truth, prediction) == expected
    terms = scorer.terms(truth, prediction)
    assert terms is None or terms.value() == pytest.approx(expected)


def test_the_interval_of_clusters_is_withheld_where_only_resampling_could_give_it():
    found = get_scorer("sklearn:rand_score").evaluate(_CODES, _OTHER, seed=1, replicates=20)
    assert found.interval is None
    assert "drawn twice" in found.method


def test_the_interval_is_that_of_the_scorer_of_the_same_value():
    found = get_scorer("sklearn:roc_auc_score").evaluate(_TWO, _SHARE, seed=1, replicates=20)
    same = get_scorer("roc_auc").evaluate(_TWO, _SHARE, seed=1, replicates=20)
    assert (found.interval, found.method) == (same.interval, same.method)
    part = get_scorer("sklearn:roc_auc_score", max_fpr=0.5)
    assert "outright" in part.evaluate(_TWO, _SHARE, seed=1, replicates=20).method
