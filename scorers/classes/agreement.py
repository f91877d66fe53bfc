"""Metrics of how far two columns of labels agree. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.label_terms import Coded, Counts, code, count_terms
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_labels
from scorers.sampling.terms import Floats, Terms, divide
from scorers.scorer import Scorer

Array = NDArray[Any]
_LABELS = (InputKind.LABELS,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _matthews(truth: Array, prediction: Array) -> float:
    """The correlation of the true and the predicted classes.

    >>> from scorers import get_scorer
    >>> get_scorer("matthews_corrcoef").score([1, 1, 0, 0], [1, 0, 0, 0])
    0.5773502691896258
    """
    return float(metrics.matthews_corrcoef(truth, prediction))


def _matthews_terms(truth: Array, prediction: Array) -> Terms:
    def finish(counts: Counts) -> Floats:
        squared = counts.n * counts.n
        covariance = counts.n * counts.hits.sum(-1) - (counts.true * counts.predicted).sum(-1)
        spread_true = squared - (counts.true**2).sum(-1)
        spread_predicted = squared - (counts.predicted**2).sum(-1)
        return divide(covariance, np.sqrt(spread_true * spread_predicted), 0.0)

    return count_terms(code(truth, prediction), finish)


def _kappa(truth: Array, prediction: Array, weights: str | None, labels: Any) -> float:
    """Agreement beyond what the two columns' margins would give by chance.

    >>> from scorers import get_scorer
    >>> get_scorer("cohen_kappa", weights="quadratic").score([0, 1, 2, 2], [0, 1, 1, 2])
    0.8
    """
    given = None if labels is None else list(labels)
    return float(metrics.cohen_kappa_score(truth, prediction, weights=weights, labels=given))


def _kappa_terms(truth: Array, prediction: Array, weights: str | None, labels: Any) -> Terms:
    coded = code(truth, prediction) if labels is None else _among(truth, prediction, labels)
    cost = _disagreement(len(coded.classes), weights)
    margins = count_terms(coded, lambda counts: counts.n)

    def finish(sums: Floats, n: Floats) -> Floats:
        size = len(coded.classes)
        blocks = sums[..., 1:].reshape(*sums.shape[:-1], 3, size + 1)[..., :size]
        expected = np.einsum("...i,ij,...j->...", blocks[..., 1, :], cost, blocks[..., 2, :])
        return 1 - divide(sums[..., 0] * blocks[..., 1, :].sum(axis=-1), expected)

    # Rows without a place among the labels stand in the last cell, which costs nothing.
    observed = np.pad(cost, (0, 1))[coded.truth, coded.prediction]
    return Terms(finish=finish, columns=(observed,), cells=margins.cells, size=margins.size)


def _among(truth: Array, prediction: Array, labels: tuple[Any, ...]) -> Coded:
    """Both columns as positions in the labels, as given; rows with another label count nowhere."""
    places = [
        np.select([column == label for label in labels], range(len(labels)), len(labels))
        for column in (truth, prediction)
    ]
    counted = (places[0] < len(labels)) & (places[1] < len(labels))
    one, two = (np.where(counted, place, len(labels)) for place in places)
    return Coded(list(labels), one, two)


def _disagreement(size: int, weights: str | None) -> Floats:
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float64)
    if weights is None:
        return (apart > 0).astype(np.float64)
    return apart if weights == "linear" else apart**2


SCORERS = (
    Scorer(
        name="matthews_corrcoef",
        title="Matthews correlation",
        summary="The correlation of the true and the predicted classes.",
        formula="(c·n − Σₖ tₖ pₖ) / √((n² − Σ pₖ²)(n² − Σ tₖ²))",
        source=_SKLEARN.format("matthews_corrcoef"),
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_matthews,
        decompose=_matthews_terms,
    ),
    Scorer(
        name="cohen_kappa",
        title="Cohen's kappa",
        summary="Agreement beyond what the two columns' margins would give by chance.",
        formula="1 − Σ wᵢⱼ Oᵢⱼ / Σ wᵢⱼ Eᵢⱼ",
        source=_SKLEARN.format("cohen_kappa_score"),
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABELS,
        compute=_kappa,
        decompose=_kappa_terms,
        parameters=(
            Parameter(
                "weights",
                None,
                "How a disagreement grows with the distance of the two classes in sorted order.",
                (None, "linear", "quadratic"),
            ),
            Parameter(
                "labels",
                None,
                "All classes, in their order, which the distances are counted in; by default those "
                "that occur, sorted. Rows with another label don't count.",
                accepts=is_labels,
                expected="a list of labels",
            ),
        ),
    ),
)
