"""Metrics of predicted labels that count hits. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.counted import on_counts
from scorers.classes.label_terms import Counts, code, count_terms
from scorers.kinds import InputKind
from scorers.parameters import Parameter
from scorers.sampling.terms import Floats, Terms, divide, mean_of
from scorers.scorer import Scorer
from scorers.uncertainty import (
    Evidence,
    Interval,
    fewest_of_a_class,
    mean_of_shares_interval,
    wilson_interval,
    withheld,
)

Array = NDArray[Any]
_LABELS = (InputKind.LABELS,)
_EITHER = (InputKind.LABELS, InputKind.INDICATORS)
_FEWEST_UNITS_OF_A_CLASS = 10
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _accuracy(truth: Array, prediction: Array) -> float:
    """The share of rows with the right label, or with all of their labels right.

    >>> from scorers import get_scorer
    >>> get_scorer("accuracy").score([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    return on_counts(metrics.accuracy_score, truth, prediction)


def _accuracy_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of(_hits(truth, prediction).astype(np.float64))


def _accuracy_interval(truth: Array, prediction: Array) -> Interval:
    """Wilson's, of a plain share of rows."""
    return wilson_interval(float(_hits(truth, prediction).mean()), len(truth))


def _hits(truth: Array, prediction: Array) -> NDArray[np.bool_]:
    """Whether a row is right, in every column; shape (n,)."""
    same = np.asarray(truth == prediction)
    return same if same.ndim == 1 else np.asarray(same.all(axis=1))


def _zero_one(truth: Array, prediction: Array) -> float:
    """The share of rows with a wrong label, or with any of their labels wrong.

    >>> from scorers import get_scorer
    >>> get_scorer("zero_one_loss").score([0, 1, 1, 0], [0, 1, 0, 0])
    0.25
    """
    return float(metrics.zero_one_loss(truth, prediction))


def _zero_one_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of((~_hits(truth, prediction)).astype(np.float64))


def _zero_one_interval(truth: Array, prediction: Array) -> Interval:
    """Wilson's, of a plain share of rows."""
    return wilson_interval(float((~_hits(truth, prediction)).mean()), len(truth))


def _hamming(truth: Array, prediction: Array) -> float:
    """The share of labels that are wrong: of all cells, where there are several a row.

    >>> from scorers import get_scorer
    >>> get_scorer("hamming_loss").score([[0, 1], [1, 1]], [[0, 0], [1, 1]])
    0.25
    """
    return float(metrics.hamming_loss(truth, prediction))


def _hamming_terms(truth: Array, prediction: Array) -> Terms:
    wrong = (truth != prediction).astype(np.float64)
    return mean_of(wrong if wrong.ndim == 1 else wrong.mean(axis=1))


def _hamming_interval(truth: Array, prediction: Array) -> Interval | None:
    """Wilson's with one label a row; percentiles with several."""
    return _zero_one_interval(truth, prediction) if truth.ndim == 1 else None


def _balanced_accuracy(truth: Array, prediction: Array, adjusted: bool) -> float:
    """The mean over the classes of the share of each that is found.

    >>> from scorers import get_scorer
    >>> get_scorer("balanced_accuracy").score([0, 0, 0, 1], [0, 0, 1, 1])
    0.8333333333333333
    """
    return on_counts(metrics.balanced_accuracy_score, truth, prediction, adjusted=adjusted)


def _balanced_accuracy_terms(truth: Array, prediction: Array, adjusted: bool) -> Terms:
    def finish(counts: Counts) -> Floats:
        occurring = (counts.true > 0).sum(axis=-1).astype(np.float64)
        value = divide(divide(counts.hits, counts.true, 0.0).sum(axis=-1), occurring)
        chance = divide(np.ones_like(occurring), occurring)
        return divide(value - chance, 1 - chance) if adjusted else value

    return count_terms(code(truth, prediction), finish)


def _balanced_accuracy_interval(
    evidence: Evidence, truth: Array, prediction: Array, adjusted: bool
) -> Interval | None:
    """Wilson's of each class, combined; with units the usual one, where every class has enough."""
    if evidence.unit_of_row is not None:
        few = fewest_of_a_class(truth, evidence.unit_of_row) < _FEWEST_UNITS_OF_A_CLASS
        return withheld("a class occurs in few units") if few else None
    coded = code(truth, prediction)
    rows = np.bincount(coded.truth, minlength=len(coded.classes))
    hits = np.bincount(coded.truth[coded.truth == coded.prediction], minlength=len(rows))
    bounds, method = mean_of_shares_interval(hits, rows)
    if not adjusted or bounds is None:
        return Interval(bounds, method)
    chance = 1 / int((rows > 0).sum())
    low, high = ((edge - chance) / (1 - chance) for edge in bounds)
    return Interval((low, high), method)


SCORERS = (
    Scorer(
        name="accuracy",
        title="Accuracy",
        summary="The share of rows with the right label; with several labels a row, all of them.",
        formula="(1/n) Σ [ŷᵢ = yᵢ]",
        source=_SKLEARN.format("accuracy_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_EITHER,
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
        interval_of=_balanced_accuracy_interval,
        parameters=(
            Parameter("adjusted", False, "Rescale so that guessing gives 0.", (False, True)),
        ),
    ),
    Scorer(
        name="zero_one_loss",
        title="Zero-one loss",
        summary="The share of rows with a wrong label; with several labels a row, any of them.",
        formula="(1/n) Σ [ŷᵢ ≠ yᵢ]",
        source=_SKLEARN.format("zero_one_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=1.0,
        perfect=0.0,
        kinds=_EITHER,
        compute=_zero_one,
        decompose=_zero_one_terms,
        interval=_zero_one_interval,
    ),
    Scorer(
        name="hamming_loss",
        title="Hamming loss",
        summary="The share of labels that are wrong, of all rows and columns.",
        formula="(1/(n·L)) Σᵢ Σₗ [ŷᵢₗ ≠ yᵢₗ]",
        source=_SKLEARN.format("hamming_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=1.0,
        perfect=0.0,
        kinds=_EITHER,
        compute=_hamming,
        decompose=_hamming_terms,
        interval=_hamming_interval,
    ),
)
