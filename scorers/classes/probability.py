"""Metrics of predicted probabilities, row by row. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_label, is_labels
from scorers.sampling.terms import Codes, Floats, Terms, divide, mean_of
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
_EITHER = (InputKind.PROBABILITY, InputKind.PROBABILITIES)

_LABELS = Parameter(
    "labels",
    None,
    "All classes, sorted, in the order of the columns; by default those that occur in the truth.",
    accepts=is_labels,
    expected="a list of labels",
)
_POS_LABEL = Parameter(
    "pos_label",
    1,
    "The class whose probability is predicted, where there is one column.",
    accepts=is_label,
    expected="a label",
)


def _log_loss(truth: Array, prediction: Array, labels: Any) -> float:
    """The mean of minus the logarithm of the probability given to the true class.

    >>> from scorers import get_scorer
    >>> get_scorer("log_loss").score([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65])
    0.21616187468057912
    """
    given = _given_to_truth(truth, prediction, labels)
    if given is None:
        return float(metrics.log_loss(truth, prediction, labels=labels))
    return float(metrics.log_loss(np.ones(len(given), dtype=np.int8), given, labels=[0, 1]))


def _given_to_truth(truth: Array, prediction: Array, labels: Any) -> Floats | None:
    """The probability of each row's true class; None for input that scikit-learn should judge.

    The loss of a row is that of one yes or no with this probability, to the last bit: the other
    classes add zeros.
    """
    if labels is None or prediction.ndim != 2 or prediction.shape[1] < 3 or truth.ndim != 1:
        return None
    classes = np.asarray(labels)
    if classes.dtype.kind not in "iu" or prediction.shape[1] != len(classes):
        return None
    if prediction.dtype != np.float64 or not (prediction.min() >= 0 and prediction.max() <= 1):
        return None
    if not (np.diff(classes) > 0).all() or not np.isin(truth, classes).all():
        return None
    given: Floats = prediction[np.arange(len(truth)), np.searchsorted(classes, truth)]
    return given


def _log_loss_terms(truth: Array, prediction: Array, labels: Any) -> Terms:
    return mean_of(_log_losses(truth, prediction, _classes(truth, labels)))


def _log_losses(truth: Array, prediction: Array, classes: Array) -> Floats:
    tiny = np.finfo(np.float64).eps
    if prediction.ndim == 1:
        given = np.where(truth == classes[-1], prediction, 1 - prediction)
    else:
        given = prediction[np.arange(len(truth)), np.searchsorted(classes, truth)]
    losses: Floats = -np.log(np.clip(given, tiny, 1 - tiny))
    return losses


def _classes(truth: Array, labels: Any) -> Array:
    return np.unique(truth) if labels is None else np.asarray(labels)


def _d2_log_loss(truth: Array, prediction: Array, labels: Any) -> float:
    """The share of the log loss of the classes' frequencies that the probabilities save.

    >>> from scorers import get_scorer
    >>> get_scorer("d2_log_loss").score([0, 1, 1, 0], [0.2, 0.9, 0.6, 0.4])
    0.5130344058337938
    """
    if bool((truth == truth[0]).all()):
        raise ValueError(sentence("D² has nothing to compare with where only one class occurs."))
    return float(metrics.d2_log_loss_score(truth, prediction, labels=labels))


def _d2_log_loss_terms(truth: Array, prediction: Array, labels: Any) -> Terms:
    classes = _classes(truth, labels)
    codes: Codes = np.searchsorted(classes, truth).astype(np.int64)

    def finish(sums: Floats, n: Floats) -> Floats:
        counts = sums[..., 1:]
        share = np.where(counts > 0, divide(counts, n[..., None]), 1.0)
        return 1 - divide(sums[..., 0], -(counts * np.log(share)).sum(axis=-1))

    losses = _log_losses(truth, prediction, classes)
    return Terms(finish=finish, columns=(losses,), cells=(codes,), size=len(classes))


def _brier(
    truth: Array, prediction: Array, pos_label: Any, labels: Any, scale_by_half: Any
) -> float:
    """The mean squared difference of the probability and what happened.

    >>> from scorers import get_scorer
    >>> get_scorer("brier_score").score([0, 1, 1, 0], [0.5, 1.0, 0.5, 0.0])
    0.125
    """
    return float(
        metrics.brier_score_loss(
            truth, prediction, pos_label=pos_label, labels=labels, scale_by_half=scale_by_half
        )
    )


def _brier_terms(
    truth: Array, prediction: Array, pos_label: Any, labels: Any, scale_by_half: Any
) -> Terms:
    if prediction.ndim == 1:
        squares = 2 * (prediction - (truth == pos_label)) ** 2
    else:
        given = prediction[np.arange(len(truth)), np.searchsorted(_classes(truth, labels), truth)]
        squares = (prediction**2).sum(axis=1) - 2 * given + 1
    halved = prediction.ndim == 1 or prediction.shape[1] == 2
    return mean_of(
        squares / 2 if (halved if scale_by_half == "auto" else scale_by_half) else squares
    )


SCORERS = (
    Scorer(
        name="log_loss",
        title="Log loss",
        summary="The mean of minus the logarithm of the probability given to the true class.",
        formula="−(1/n) Σ ln p(yᵢ)",
        source=_SKLEARN.format("log_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=float("inf"),
        perfect=0.0,
        kinds=_EITHER,
        compute=_log_loss,
        decompose=_log_loss_terms,
        parameters=(_LABELS,),
    ),
    Scorer(
        name="d2_log_loss",
        title="D² of the log loss",
        summary="The share of the log loss of the classes' frequencies that is saved.",
        formula="1 − Σ ln p(yᵢ) / Σ ln f(yᵢ)",
        source=_SKLEARN.format("d2_log_loss_score"),
        higher_is_better=True,
        lower=float("-inf"),
        upper=1.0,
        perfect=1.0,
        kinds=_EITHER,
        compute=_d2_log_loss,
        decompose=_d2_log_loss_terms,
        parameters=(_LABELS,),
    ),
    Scorer(
        name="brier_score",
        title="Brier score",
        summary="The mean squared difference of the probability and what happened; "
        "with three classes or more the squares of all columns are added up, to at most 2.",
        formula="(1/n) Σ (pᵢ − yᵢ)²; with several columns (1/n) Σᵢ Σₖ (pᵢₖ − [yᵢ = k])²",
        source=_SKLEARN.format("brier_score_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=2.0,
        perfect=0.0,
        kinds=_EITHER,
        compute=_brier,
        decompose=_brier_terms,
        parameters=(
            _POS_LABEL,
            _LABELS,
            Parameter(
                "scale_by_half",
                "auto",
                "Whether the sum of squares over all classes is halved: “auto” does so for two.",
                ("auto", True, False),
            ),
        ),
    ),
)
