"""Metrics of decision scores and of the classes that come first. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.placement import is_greater
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_count, is_labels
from scorers.sampling.terms import Floats, Terms, mean_of
from scorers.scorer import Scorer
from scorers.sentences import sentence
from scorers.uncertainty import Interval, wilson_interval

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
_LABELS = Parameter(
    "labels",
    None,
    "All classes, sorted, in the order of the columns; by default those that occur in the truth.",
    accepts=is_labels,
    expected="a list of labels",
)


def _codes(truth: Array, labels: Any) -> Array:
    classes = np.unique(truth) if labels is None else np.asarray(labels)
    return np.searchsorted(classes, truth)


def _top_k(truth: Array, prediction: Array, k: int, labels: Any) -> float:
    """The share of rows whose class is among the k with the highest scores.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("top_k_accuracy", k=2)
    >>> scorer.score([0, 1, 2], [[0.5, 0.3, 0.2], [0.5, 0.4, 0.1], [0.5, 0.4, 0.1]])
    0.6666666666666666
    """
    return float(metrics.top_k_accuracy_score(truth, prediction, k=k, labels=labels))


def _in_top(truth: Array, prediction: Array, k: int, labels: Any) -> NDArray[np.bool_]:
    """Whether the true class is among the first k; of equal scores the later column comes first."""
    codes = _codes(truth, labels)
    own = prediction[np.arange(len(codes)), codes][:, None]
    later = np.arange(prediction.shape[1]) > codes[:, None]
    before = (prediction > own) | ((prediction == own) & later)
    return np.asarray(before.sum(axis=1) < k)


def _top_k_terms(truth: Array, prediction: Array, k: int, labels: Any) -> Terms:
    return mean_of(_in_top(truth, prediction, k, labels).astype(np.float64))


def _top_k_interval(truth: Array, prediction: Array, k: int, labels: Any) -> Interval:
    """Wilson's, of a plain share of rows."""
    return wilson_interval(float(_in_top(truth, prediction, k, labels).mean()), len(truth))


def _hinge(truth: Array, prediction: Array, labels: Any) -> float:
    """The mean shortfall of the margin below 1: the true class's score above the best other.

    >>> from scorers import get_scorer
    >>> get_scorer("hinge_loss").score([-1, 1, 1], [-2.0, 0.5, -0.25])
    0.5833333333333334
    """
    if prediction.ndim == 1 and len(np.unique(truth)) != 2:
        raise ValueError(sentence("one column of scores needs two classes."))
    return float(metrics.hinge_loss(truth, prediction, labels=labels))


def _hinge_terms(truth: Array, prediction: Array, labels: Any) -> Terms:
    margin = (
        _signed(truth, prediction)
        if prediction.ndim == 1
        else _ahead(_codes(truth, labels), prediction)
    )
    return mean_of(np.maximum(0.0, 1 - margin))


def _signed(truth: Array, prediction: Array) -> Floats:
    margin: Floats = np.where(is_greater(truth), prediction, -prediction)
    return margin


def _ahead(codes: Array, prediction: Array) -> Floats:
    """How far the true class's score is above the highest of the others."""
    rows = np.arange(len(codes))
    others = prediction.astype(np.float64)
    others[rows, codes] = -np.inf
    margin: Floats = prediction[rows, codes] - others.max(axis=1)
    return margin


def _decided(truth: Array, labels: Any) -> Array:
    """Scores that leave no loss: -1 and 1, or 1 in the column of the class."""
    if labels is None or len(labels) == 2:
        return np.where(is_greater(truth), 1.0, -1.0)
    return np.eye(len(labels))[_codes(truth, labels)]


SCORERS = (
    Scorer(
        name="top_k_accuracy",
        title="Top-k accuracy",
        summary="The share of rows whose class is among the k with the highest scores.",
        formula="(1/n) Σ [yᵢ among the k largest of sᵢ]",
        source=_SKLEARN.format("top_k_accuracy_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.PROBABILITIES, InputKind.CLASS_SCORES),
        compute=_top_k,
        decompose=_top_k_terms,
        interval=_top_k_interval,
        parameters=(
            Parameter(
                "k",
                2,
                "How many classes count.",
                accepts=is_count,
                expected="a whole number of at least 1",
            ),
            _LABELS,
        ),
    ),
    Scorer(
        name="hinge_loss",
        title="Hinge loss",
        summary="The mean shortfall of the margin of the true class below 1.",
        formula="(1/n) Σ max(0, 1 − (sᵢ,yᵢ − maxₖ≠yᵢ sᵢₖ)); of two classes max(0, 1 − ±sᵢ)",
        source=_SKLEARN.format("hinge_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=float("inf"),
        perfect=0.0,
        kinds=(InputKind.SCORES, InputKind.CLASS_SCORES),
        compute=_hinge,
        decompose=_hinge_terms,
        ideal=_decided,
        parameters=(_LABELS,),
    ),
)
