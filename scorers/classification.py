"""Metrics of predicted labels that count hits. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.label_terms import Counts, averaged, code, count_terms
from scorers.parameters import Parameter, is_label, is_labels
from scorers.scorer import Scorer
from scorers.terms import Floats, Terms, divide, mean_of
from scorers.uncertainty import Interval, wilson_interval

Array = NDArray[Any]
_LABELS = (InputKind.LABELS,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"

_AVERAGE = Parameter(
    "average",
    "binary",
    "How the classes are put together: the positive class alone, all rows pooled, the plain mean "
    "over the classes, or the mean weighted by how often a class is true.",
    choices=("binary", "micro", "macro", "weighted"),
)
_POS_LABEL = Parameter(
    "pos_label",
    1,
    "The positive class, for average = “binary”.",
    accepts=is_label,
    expected="a label",
)
LABELS = Parameter(
    "labels",
    None,
    "The classes that count, for an average other than “binary”; by default all that occur.",
    accepts=is_labels,
    expected="a list of labels",
)
_ZERO_DIVISION = Parameter(
    "zero_division", 0, "The value where nothing is there to divide by.", choices=(0, 1, 0.0, 1.0)
)
_AVERAGING = (_AVERAGE, _POS_LABEL, LABELS, _ZERO_DIVISION)


def _accuracy(truth: Array, prediction: Array) -> float:
    """The share of rows with the right label.

    >>> from scorers import get_scorer
    >>> get_scorer("accuracy").score([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    return float(metrics.accuracy_score(truth, prediction))


def _accuracy_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of((truth == prediction).astype(np.float64))


def _accuracy_interval(truth: Array, prediction: Array) -> Interval:
    return wilson_interval(float(np.mean(truth == prediction)), len(truth))


def _balanced_accuracy(truth: Array, prediction: Array, adjusted: bool) -> float:
    """The mean over the classes of the share of each that is found.

    >>> from scorers import get_scorer
    >>> get_scorer("balanced_accuracy").score([0, 0, 0, 1], [0, 0, 1, 1])
    0.8333333333333333
    """
    return float(metrics.balanced_accuracy_score(truth, prediction, adjusted=adjusted))


def _balanced_accuracy_terms(truth: Array, prediction: Array, adjusted: bool) -> Terms:
    def finish(counts: Counts) -> Floats:
        occurring = (counts.true > 0).sum(axis=-1).astype(np.float64)
        value = divide(divide(counts.hits, counts.true, 0.0).sum(axis=-1), occurring)
        chance = divide(np.ones_like(occurring), occurring)
        return divide(value - chance, 1 - chance) if adjusted else value

    return count_terms(code(truth, prediction), finish)


def _precision(truth: Array, prediction: Array, **params: Any) -> float:
    """Of the rows given a class, the share that have it.

    >>> from scorers import get_scorer
    >>> get_scorer("precision").score([0, 1, 1, 0], [0, 1, 1, 1])
    0.6666666666666666
    """
    return float(metrics.precision_score(truth, prediction, **_as_lists(params)))


def _precision_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    coded = code(truth, prediction)
    ratio = lambda hits, true, predicted: (hits, predicted)  # noqa: E731
    return count_terms(coded, averaged(ratio, classes=coded.classes, **params))


def _recall(truth: Array, prediction: Array, **params: Any) -> float:
    """Of the rows that have a class, the share that are given it.

    >>> from scorers import get_scorer
    >>> get_scorer("recall").score([0, 1, 1, 0], [0, 1, 0, 1])
    0.5
    """
    return float(metrics.recall_score(truth, prediction, **_as_lists(params)))


def _recall_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    coded = code(truth, prediction)
    ratio = lambda hits, true, predicted: (hits, true)  # noqa: E731
    return count_terms(coded, averaged(ratio, classes=coded.classes, **params))


def _f1(truth: Array, prediction: Array, **params: Any) -> float:
    """The harmonic mean of precision and recall.

    >>> from scorers import get_scorer
    >>> get_scorer("f1", average="macro").score([0, 1, 2, 2], [0, 1, 2, 1])
    0.7777777777777777
    """
    return float(metrics.f1_score(truth, prediction, **_as_lists(params)))


def _f1_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    coded = code(truth, prediction)
    ratio = lambda hits, true, predicted: (2 * hits, true + predicted)  # noqa: E731
    return count_terms(coded, averaged(ratio, classes=coded.classes, **params))


def _as_lists(params: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in params.items()}


SCORERS = (
    Scorer(
        name="accuracy",
        title="Accuracy",
        summary="The share of rows with the right label.",
        formula="(1/n) Σ [ŷᵢ = yᵢ]",
        source=_SKLEARN.format("accuracy_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_accuracy,
        decompose=_accuracy_terms,
        interval=_accuracy_interval,
    ),
    Scorer(
        name="balanced_accuracy",
        title="Balanced accuracy",
        summary="The mean over the classes of the share of each that is found.",
        formula="(1/K) Σₖ TPₖ / (TPₖ + FNₖ)",
        source=_SKLEARN.format("balanced_accuracy_score"),
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_balanced_accuracy,
        decompose=_balanced_accuracy_terms,
        parameters=(
            Parameter("adjusted", False, "Rescale so that guessing gives 0.", (False, True)),
        ),
    ),
    Scorer(
        name="precision",
        title="Precision",
        summary="Of the rows given a class, the share that have it.",
        formula="TP / (TP + FP)",
        source=_SKLEARN.format("precision_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_precision,
        decompose=_precision_terms,
        parameters=_AVERAGING,
    ),
    Scorer(
        name="recall",
        title="Recall",
        summary="Of the rows that have a class, the share that are given it.",
        formula="TP / (TP + FN)",
        source=_SKLEARN.format("recall_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_recall,
        decompose=_recall_terms,
        parameters=_AVERAGING,
    ),
    Scorer(
        name="f1",
        title="F1",
        summary="The harmonic mean of precision and recall.",
        formula="2 TP / (2 TP + FP + FN)",
        source=_SKLEARN.format("f1_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_f1,
        decompose=_f1_terms,
        parameters=_AVERAGING,
    ),
)
