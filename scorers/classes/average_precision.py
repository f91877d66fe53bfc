"""Average precision, of one column or several. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.placement import of_positive
from scorers.classes.row_standing import row_precisions
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_label
from scorers.sampling.terms import Floats, Terms, linearised, mean_of
from scorers.scorer import Scorer

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _average_precision(truth: Array, prediction: Array, average: str, pos_label: Any) -> float:
    """The mean over the positive rows of the precision at the threshold of each.

    >>> from scorers import get_scorer
    >>> get_scorer("average_precision").score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.8333333333333333
    """
    scores = scores_of(truth, prediction, pos_label)
    # scikit-learn takes no other positive class than 1 where there are several columns.
    positive = pos_label if scores.ndim == 1 else 1
    return float(
        metrics.average_precision_score(truth, scores, average=average, pos_label=positive)
    )


def scores_of(truth: Array, prediction: Array, pos_label: Any) -> Array:
    """The scores that are ranked: the positive class's column, where there is one for each of two.

    Shape (n,), or (n, k) of several classes or labels.
    """
    if prediction.ndim == 1 or truth.ndim == 2:
        return prediction
    is_first = bool((np.unique(truth)[:1] == pos_label).all())
    return of_positive(truth, prediction, column=0 if is_first else 1)


def _average_precision_terms(
    truth: Array, prediction: Array, average: str, pos_label: Any
) -> Terms:
    scores = scores_of(truth, prediction, pos_label)
    if scores.ndim == 1:
        return linearised(*_expanded(truth == pos_label, scores))
    hit = truth == 1 if truth.ndim == 2 else truth[:, None] == np.unique(truth)
    if average == "samples":
        return mean_of(row_precisions(hit, scores))
    if average == "micro":
        value, slope = _expanded(hit.ravel(), scores.ravel())
        return linearised(value, slope.reshape(hit.shape).mean(axis=1))
    return _mean_over_columns(hit, scores, weighted=average == "weighted")


def _mean_over_columns(hit: NDArray[np.bool_], scores: Floats, weighted: bool) -> Terms:
    counts = hit.sum(axis=0)
    weights = counts / max(1, counts.sum()) if weighted else np.full(hit.shape[1], 1 / hit.shape[1])
    values, slope = np.zeros(hit.shape[1]), np.zeros(len(hit))
    for k, weight in enumerate(weights):
        values[k], own = _expanded(hit[:, k], scores[:, k])
        slope += weight * own
    value = float(weights @ values)
    if weighted:
        slope += hit @ (values - value) * len(hit) / max(1, counts.sum())
    return linearised(value, slope)


def _expanded(hit: NDArray[np.bool_], scores: Floats) -> tuple[float, Floats]:
    """The first-order expansion in the rows' weights w: AP = Σ wᵢ yᵢ precᵢ(w) / Σ wᵢ yᵢ.

    With Nᵢ the rows scored at least sᵢ, the derivative by wⱼ at w = 1 is
    (yⱼ (precⱼ - AP + Σ_{i positive, sᵢ <= sⱼ} 1/Nᵢ) - Σ_{the same i} precᵢ/Nᵢ) / Σ y.
    Without a positive row it is 0, as scikit-learn has it.
    """
    if not hit.any():
        return 0.0, np.zeros(len(hit))
    order = np.argsort(-scores)
    ordered = scores[order]
    tie = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])])
    hits = np.bincount(tie, weights=hit[order])
    above = np.cumsum(np.bincount(tie)).astype(np.float64)
    precision = np.cumsum(hits) / above
    once, twice = (np.cumsum((hits * q / above)[::-1])[::-1] for q in (1.0, precision))
    value = float(hits @ precision / hits.sum())
    slope = np.empty(len(hit))
    slope[order] = hit[order] * (precision - value + once)[tie] - twice[tie]
    return value, slope * len(hit) / hits.sum()


SCORERS = (
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
        kinds=(
            InputKind.PROBABILITY,
            InputKind.PROBABILITIES,
            InputKind.SCORES,
            InputKind.LABEL_SCORES,
        ),
        compute=_average_precision,
        decompose=_average_precision_terms,
        parameters=(
            Parameter(
                "average",
                "macro",
                "With several columns: the plain or the prevalence-weighted mean over them, all "
                "cells pooled, or the mean over the rows.",
                ("macro", "weighted", "micro", "samples"),
            ),
            Parameter(
                "pos_label",
                1,
                "The class that is looked for, where there are two.",
                accepts=is_label,
                expected="a label",
            ),
        ),
    ),
)
