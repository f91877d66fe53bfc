"""Precision, recall, and what combines them, by class. The values are scikit-learn's."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.counted import on_counts
from scorers.classes.indicator_terms import Ratio, chosen_columns, indicator_terms, mean_over_rows
from scorers.classes.label_terms import averaged, code, count_terms
from scorers.classes.share_interval import f1_of_jaccard, share_interval
from scorers.kinds import InputKind
from scorers.parameters import REQUIRED, Parameter, is_label, is_labels, is_positive
from scorers.sampling.terms import Floats, Terms
from scorers.scorer import Scorer
from scorers.uncertainty import Interval

Array = NDArray[Any]
_EITHER = (InputKind.LABELS, InputKind.INDICATORS)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"

_AVERAGING = (
    Parameter(
        "average",
        "binary",
        "How the classes are put together: the positive class alone, all rows pooled, the plain "
        "mean over the classes, the mean weighted by how often a class is true, or, with several "
        "labels a row, the mean over the rows.",
        choices=("binary", "micro", "macro", "weighted", "samples"),
    ),
    Parameter(
        "pos_label",
        1,
        "The positive class, for average = “binary”.",
        accepts=is_label,
        expected="a label",
    ),
    Parameter(
        "labels",
        None,
        "The classes that count, for an average other than “binary”; by default all that occur. "
        "With several labels a row: the names of the columns, or their numbers, from 0.",
        accepts=is_labels,
        expected="a list of labels",
    ),
    Parameter(
        "zero_division",
        0,
        "The value where nothing is there to divide by.",
        choices=(0, 1, 0.0, 1.0),
    ),
)


def _precision_ratio(hits: Floats, true: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    return hits, predicted


def _recall_ratio(hits: Floats, true: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    return hits, true


def _f1_ratio(hits: Floats, true: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    return 2 * hits, true + predicted


def _jaccard_ratio(hits: Floats, true: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    return hits, true + predicted - hits


def _fbeta_ratio(beta: float) -> Ratio:
    def ratio(hits: Floats, true: Floats, predicted: Floats) -> tuple[Floats, Floats]:
        return (1 + beta**2) * hits, beta**2 * true + predicted

    return ratio


def _terms(ratio: Ratio, truth: Array, prediction: Array, params: dict[str, Any]) -> Terms:
    """The terms of a ratio of counts under scikit-learn's averaging."""
    if truth.ndim == 2:
        return _indicator_terms(ratio, truth, prediction, params)
    coded = code(truth, prediction)
    return count_terms(coded, averaged(ratio, classes=coded.classes, **params))


def _indicator_terms(
    ratio: Ratio, truth: Array, prediction: Array, params: dict[str, Any]
) -> Terms:
    yes, given = (chosen_columns(matrix, params["labels"]) for matrix in (truth, prediction))
    if params["average"] == "samples":
        return mean_over_rows(ratio, yes, given, params["zero_division"])
    pooled = params["average"] == "micro"
    # Every column counts, those without a single true or predicted row too.
    columns = list(range(1 if pooled else yes.shape[1]))
    finish = averaged(ratio, classes=columns, **params | {"labels": tuple(columns)})
    return indicator_terms(yes, given, finish, pooled=pooled)


def _precision(truth: Array, prediction: Array, **params: Any) -> float:
    """Of the rows given a class, the share that have it.

    >>> from scorers import get_scorer
    >>> get_scorer("precision").score([0, 1, 1, 0], [0, 1, 1, 1])
    0.6666666666666666
    """
    return _value(metrics.precision_score, truth, prediction, params)


def _precision_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return _terms(_precision_ratio, truth, prediction, params)


def _recall(truth: Array, prediction: Array, **params: Any) -> float:
    """Of the rows that have a class, the share that are given it.

    >>> from scorers import get_scorer
    >>> get_scorer("recall").score([0, 1, 1, 0], [0, 1, 0, 1])
    0.5
    """
    return _value(metrics.recall_score, truth, prediction, params)


def _recall_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return _terms(_recall_ratio, truth, prediction, params)


def _f1(truth: Array, prediction: Array, **params: Any) -> float:
    """The harmonic mean of precision and recall.

    >>> from scorers import get_scorer
    >>> get_scorer("f1", average="macro").score([0, 1, 2, 2], [0, 1, 2, 1])
    0.7777777777777777
    """
    return _value(metrics.f1_score, truth, prediction, params)


def _f1_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return _terms(_f1_ratio, truth, prediction, params)


def _fbeta(truth: Array, prediction: Array, **params: Any) -> float:
    """The harmonic mean of precision and recall, where recall counts beta times as much.

    >>> from scorers import get_scorer
    >>> get_scorer("fbeta", beta=2).score([0, 1, 1, 0], [0, 1, 0, 0])
    0.5555555555555556
    """
    return _value(metrics.fbeta_score, truth, prediction, params)


def _fbeta_terms(truth: Array, prediction: Array, *, beta: float, **params: Any) -> Terms:
    return _terms(_fbeta_ratio(beta), truth, prediction, params)


def _jaccard(truth: Array, prediction: Array, **params: Any) -> float:
    """Of the rows that have a class or are given it, the share that have both.

    >>> from scorers import get_scorer
    >>> get_scorer("jaccard").score([0, 1, 1, 0], [0, 1, 0, 1])
    0.3333333333333333
    """
    return _value(metrics.jaccard_score, truth, prediction, params)


def _jaccard_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return _terms(_jaccard_ratio, truth, prediction, params)


def _value(
    metric: Callable[..., Any], truth: Array, prediction: Array, params: dict[str, Any]
) -> float:
    return on_counts(_with_stray_labels(metric), truth, prediction, **_as_lists(params))


def _with_stray_labels(metric: Callable[..., Any]) -> Callable[..., Any]:
    """scikit-learn's binary average, defined for a predicted label that is never true as well.

    There scikit-learn sees three classes and refuses; the average over the positive class alone
    is the same ratio of the same counts.
    """

    def value(truth: Array, prediction: Array, **params: Any) -> Any:
        if params["average"] == "binary" and _has_strays(truth, prediction, params["pos_label"]):
            params |= {"average": "macro", "labels": [params["pos_label"]]}
        return metric(truth, prediction, **params)

    return value


def _has_strays(truth: Array, prediction: Array, positive: Any) -> bool:
    """Whether a label is predicted that is neither of the two classes of the truth."""
    if truth.ndim != 1:
        return False
    true = set(np.unique(truth).tolist())
    two = true | {positive}
    if len(two) > 2:
        return False
    return bool(set(np.unique(prediction).tolist()) - two) and (len(true) == 1 or positive in true)


def _as_lists(params: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in params.items()}


def _scorer(
    name: str,
    title: str,
    summary: str,
    formula: str,
    functions: tuple[Callable[..., float], Callable[..., Terms]],
    parameters: tuple[Parameter, ...] = (),
    interval: Callable[..., Interval | None] | None = None,
) -> Scorer:
    return Scorer(
        name=name,
        title=title,
        summary=summary,
        formula=formula,
        source=_SKLEARN.format(f"{name}_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_EITHER,
        compute=functions[0],
        decompose=functions[1],
        interval=interval,
        parameters=(*parameters, *_AVERAGING),
    )


_BETA = Parameter(
    "beta",
    REQUIRED,
    "How many times as much recall counts as precision.",
    accepts=is_positive,
    expected="a number above 0",
)
SCORERS = (
    _scorer(
        "precision",
        "Precision",
        "Of the rows given a class, the share that have it.",
        "TP / (TP + FP)",
        (_precision, _precision_terms),
        interval=share_interval(lambda true, given: given),
    ),
    _scorer(
        "recall",
        "Recall",
        "Of the rows that have a class, the share that are given it.",
        "TP / (TP + FN)",
        (_recall, _recall_terms),
        interval=share_interval(lambda true, given: true),
    ),
    _scorer(
        "f1",
        "F1",
        "The harmonic mean of precision and recall.",
        "2 TP / (2 TP + FP + FN)",
        (_f1, _f1_terms),
        interval=share_interval(np.logical_or, f1_of_jaccard),
    ),
    _scorer(
        "fbeta",
        "F-beta",
        "The harmonic mean of precision and recall, where recall counts beta times as much.",
        "(1 + β²) TP / ((1 + β²) TP + FP + β² FN)",
        (_fbeta, _fbeta_terms),
        (_BETA,),
    ),
    _scorer(
        "jaccard",
        "Jaccard index",
        "Of the rows that have a class or are given it, the share that have both.",
        "TP / (TP + FP + FN)",
        (_jaccard, _jaccard_terms),
        interval=share_interval(np.logical_or),
    ),
)
