"""Metrics of predicted probabilities. The values are scikit-learn's."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_label, is_labels
from scorers.scorer import Scorer
from scorers.terms import Floats, Terms, divide, mean_of
from scorers.uncertainty import LEVEL, Interval, withheld

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
    "The class whose probability is predicted.",
    accepts=is_label,
    expected="a label",
)


class Placements(NamedTuple):
    """For every row its placement among the rows of the other class (DeLong, 1988), shape (n,)."""

    positive: NDArray[np.bool_]
    placement: Floats

    @property
    def auc(self) -> float:
        """The area under the curve: the mean placement of the positive rows."""
        return float(self.placement[self.positive].mean())


def placements(positive: NDArray[np.bool_], scores: Floats) -> Placements:
    """The share of the other class that each row stands on the right side of; a tie counts half."""
    order = np.argsort(scores)
    ordered, hits = scores[order], positive[order]
    tie = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])])
    up = np.bincount(tie, weights=hits)
    down = np.bincount(tie, weights=~hits)
    below = (np.cumsum(down) - down / 2) / down.sum()
    above = 1 - (np.cumsum(up) - up / 2) / up.sum()
    placed = np.empty(len(scores))
    placed[order] = np.where(hits, below[tie], above[tie])
    return Placements(positive, placed)


def _roc_auc(truth: Array, prediction: Array, multi_class: str, average: str, labels: Any) -> float:
    """The probability that a positive row is scored above a negative one.

    >>> from scorers import get_scorer
    >>> get_scorer("roc_auc").score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    if prediction.ndim == 1:
        return float(metrics.roc_auc_score(truth, prediction, average=average))
    return float(
        metrics.roc_auc_score(
            truth, prediction, multi_class=multi_class, average=average, labels=labels
        )
    )


def _roc_auc_terms(
    truth: Array, prediction: Array, multi_class: str, average: str, labels: Any
) -> Terms | None:
    if prediction.ndim == 1:
        return _binary_auc_terms(placements(_positive(truth), prediction))
    if multi_class != "ovr":
        return None
    classes = np.unique(truth) if labels is None else np.asarray(labels)
    placed = [placements(truth == c, prediction[:, k]) for k, c in enumerate(classes)]
    return _ovr_auc_terms(placed, weighted=average == "weighted")


def _binary_auc_terms(placed: Placements) -> Terms:
    return _ovr_auc_terms([placed], weighted=False)


def _ovr_auc_terms(placed: list[Placements], weighted: bool) -> Terms:
    """AUCs through placement values: mean over positives + mean over negatives - the AUC.

    The first-order (Hajek) expansion of the AUC in the rows' weights, so the same weights serve
    every submission and the paired differences have DeLong's variance.
    """
    columns: list[Floats] = [
        column
        for p in placed
        for column in (
            p.positive.astype(np.float64),
            p.positive * p.placement,
            ~p.positive * p.placement,
        )
    ]
    centre = np.array([p.auc for p in placed])

    def finish(sums: Floats, n: Floats) -> Floats:
        parts = sums.reshape(*sums.shape[:-1], len(placed), 3)
        positives, total = parts[..., 0], n[..., None]
        found = divide(parts[..., 1], positives) + divide(parts[..., 2], total - positives)
        weights = positives if weighted else np.ones_like(positives)
        return divide((weights * (found - centre)).sum(-1), weights.sum(-1))

    return Terms(finish=finish, columns=tuple(columns))


def _roc_auc_interval(
    truth: Array, prediction: Array, multi_class: str, average: str, labels: Any
) -> Interval | None:
    """DeLong's interval on the logit scale, which keeps it inside (0, 1); None for many classes."""
    if prediction.ndim > 1:
        return None
    placed = placements(_positive(truth), prediction)
    up, down = placed.placement[placed.positive], placed.placement[~placed.positive]
    if min(len(up), len(down)) < 2:
        return withheld("DeLong's interval needs two rows of each class")
    error = float(np.sqrt(up.var(ddof=1) / len(up) + down.var(ddof=1) / len(down)))
    return _logit_interval(placed.auc, error)


def _logit_interval(auc: float, error: float) -> Interval:
    if error == 0 or not 0 < auc < 1:
        return withheld("the rows at hand are separated without an error")
    half = float(ndtri((1 + LEVEL) / 2)) * error / (auc * (1 - auc))
    low, high = expit(logit(auc) - half), expit(logit(auc) + half)
    return Interval((float(low), float(high)), "DeLong, on the logit scale")


def _positive(truth: Array) -> NDArray[np.bool_]:
    """Rows of the greater of the two classes, as scikit-learn has it."""
    return np.asarray(truth == truth.max())


def _log_loss(truth: Array, prediction: Array, labels: Any) -> float:
    """The mean of minus the logarithm of the probability given to the true class.

    >>> from scorers import get_scorer
    >>> get_scorer("log_loss").score([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65])
    0.21616187468057912
    """
    return float(metrics.log_loss(truth, prediction, labels=labels))


def _log_loss_terms(truth: Array, prediction: Array, labels: Any) -> Terms:
    classes = np.unique(truth) if labels is None else np.asarray(labels)
    tiny = np.finfo(np.float64).eps
    if prediction.ndim == 1:
        given = np.where(truth == classes[-1], prediction, 1 - prediction)
    else:
        given = prediction[np.arange(len(truth)), np.searchsorted(classes, truth)]
    return mean_of(-np.log(np.clip(given, tiny, 1 - tiny)))


def _brier(truth: Array, prediction: Array, pos_label: Any) -> float:
    """The mean squared difference of the probability and what happened.

    >>> from scorers import get_scorer
    >>> get_scorer("brier_score").score([0, 1, 1, 0], [0.5, 1.0, 0.5, 0.0])
    0.125
    """
    return float(metrics.brier_score_loss(truth, prediction, pos_label=pos_label))


def _brier_terms(truth: Array, prediction: Array, pos_label: Any) -> Terms:
    return mean_of((prediction - (truth == pos_label)) ** 2)


def _average_precision(truth: Array, prediction: Array, pos_label: Any) -> float:
    """The mean over the positive rows of the precision at the threshold of each.

    >>> from scorers import get_scorer
    >>> get_scorer("average_precision").score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.8333333333333333
    """
    return float(metrics.average_precision_score(truth, prediction, pos_label=pos_label))


def _average_precision_terms(truth: Array, prediction: Array, pos_label: Any) -> Terms:
    """The first-order expansion in the rows' weights w: AP = Σ wᵢ yᵢ precᵢ(w) / Σ wᵢ yᵢ.

    With Nᵢ the rows scored at least sᵢ, the derivative by wⱼ at w = 1 is
    (yⱼ (precⱼ - AP + Σ_{i positive, sᵢ <= sⱼ} 1/Nᵢ) - Σ_{the same i} precᵢ/Nᵢ) / Σ y.
    """
    hit = (truth == pos_label).astype(np.float64)
    order = np.argsort(-prediction)
    ordered = prediction[order]
    tie = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])])
    hits = np.bincount(tie, weights=hit[order])
    above = np.cumsum(np.bincount(tie)).astype(np.float64)
    precision = np.cumsum(hits) / above
    once, twice = (np.cumsum((hits * q / above)[::-1])[::-1] for q in (1.0, precision))
    value = float(hits @ precision / hits.sum())
    slope = np.empty(len(hit))
    slope[order] = hit[order] * (precision - value + once)[tie] - twice[tie]
    return linearised(value, slope * len(hit) / hits.sum())


def linearised(value: float, influence: Floats) -> Terms:
    """Terms of a smooth metric from the influence of each row: value + the mean influence."""
    return Terms(finish=lambda sums, n: value + divide(sums[..., 0], n), columns=(influence,))


SCORERS = (
    Scorer(
        name="roc_auc",
        title="Area under the ROC curve",
        summary="The probability that a positive row is scored above a negative one.",
        formula="(1/(P·N)) Σ ([s₊ > s₋] + ½ [s₊ = s₋])",
        source=_SKLEARN.format("roc_auc_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_EITHER,
        compute=_roc_auc,
        decompose=_roc_auc_terms,
        interval=_roc_auc_interval,
        parameters=(
            Parameter(
                "multi_class",
                "raise",
                "With a column for each class: each against the rest, or each pair.",
                ("raise", "ovr", "ovo"),
            ),
            Parameter(
                "average",
                "macro",
                "The plain or the prevalence-weighted mean over the classes.",
                ("macro", "weighted"),
            ),
            _LABELS,
        ),
    ),
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
        name="brier_score",
        title="Brier score",
        summary="The mean squared difference of the probability and what happened.",
        formula="(1/n) Σ (pᵢ − yᵢ)²",
        source=_SKLEARN.format("brier_score_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=1.0,
        perfect=0.0,
        kinds=(InputKind.PROBABILITY,),
        compute=_brier,
        decompose=_brier_terms,
        parameters=(_POS_LABEL,),
    ),
    Scorer(
        name="average_precision",
        title="Average precision",
        summary="The mean over the positive rows of the precision at the threshold of each.",
        formula="Σₖ (Rₖ − Rₖ₋₁) Pₖ",
        source=_SKLEARN.format("average_precision_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.PROBABILITY,),
        compute=_average_precision,
        decompose=_average_precision_terms,
        parameters=(_POS_LABEL,),
    ),
)
