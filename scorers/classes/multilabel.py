"""Metrics of a score for each label, by how each row ranks its labels. scikit-learn's values."""

from typing import Any

from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.row_standing import row_depths, row_losses, row_precisions
from scorers.kinds import InputKind
from scorers.sampling.terms import Terms, mean_of
from scorers.scorer import Scorer

Array = NDArray[Any]
_LABEL_SCORES = (InputKind.LABEL_SCORES,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _ranking_precision(truth: Array, prediction: Array) -> float:
    """The mean over a row's true labels of the share of true labels among those scored as high.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("label_ranking_average_precision")
    >>> scorer.score([[1, 0, 0], [0, 0, 1]], [[0.75, 0.5, 1], [1, 0.2, 0.1]])
    0.41666666666666663
    """
    return float(metrics.label_ranking_average_precision_score(truth, prediction))


def _ranking_precision_terms(truth: Array, prediction: Array) -> Terms:
    relevant = truth == 1
    precisions = row_precisions(relevant, prediction)
    precisions[~relevant.any(axis=1)] = 1.0
    return mean_of(precisions)


def _coverage(truth: Array, prediction: Array) -> float:
    """How far down its ranking a row has to go, on average, to meet all its true labels.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("coverage_error")
    >>> scorer.score([[1, 0, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 1]])
    1.5
    """
    return float(metrics.coverage_error(truth, prediction))


def _coverage_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of(row_depths(truth == 1, prediction))


def _ranking_loss(truth: Array, prediction: Array) -> float:
    """The share of a row's pairs of a true and an untrue label that are not in the right order.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("label_ranking_loss")
    >>> scorer.score([[1, 0, 0], [0, 0, 1]], [[0.75, 0.5, 1], [1, 0.2, 0.1]])
    0.75
    """
    return float(metrics.label_ranking_loss(truth, prediction))


def _ranking_loss_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of(row_losses(truth == 1, prediction))


SCORERS = (
    Scorer(
        name="label_ranking_average_precision",
        title="Label ranking average precision",
        summary="The mean over a row's true labels of the precision at the rank of each.",
        formula="(1/n) Σᵢ (1/|yᵢ|) Σ_{j: yᵢⱼ=1} |{k: yᵢₖ=1, sᵢₖ ≥ sᵢⱼ}| / |{k: sᵢₖ ≥ sᵢⱼ}|",
        source=_SKLEARN.format("label_ranking_average_precision_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_LABEL_SCORES,
        compute=_ranking_precision,
        decompose=_ranking_precision_terms,
    ),
    Scorer(
        name="coverage_error",
        title="Coverage error",
        summary="How far down its ranking a row goes to meet all its true labels; "
        "at best the mean number of true labels.",
        formula="(1/n) Σᵢ max_{j: yᵢⱼ=1} |{k: sᵢₖ ≥ sᵢⱼ}|",
        source=_SKLEARN.format("coverage_error"),
        higher_is_better=False,
        lower=0.0,
        upper=float("inf"),
        perfect=float("nan"),
        kinds=_LABEL_SCORES,
        compute=_coverage,
        decompose=_coverage_terms,
    ),
    Scorer(
        name="label_ranking_loss",
        title="Label ranking loss",
        summary="The share of a row's pairs of a true and an untrue label in the wrong order.",
        formula="(1/n) Σᵢ |{(j, k): yᵢⱼ=1, yᵢₖ=0, sᵢⱼ ≤ sᵢₖ}| / (|yᵢ| (L − |yᵢ|))",
        source=_SKLEARN.format("label_ranking_loss"),
        higher_is_better=False,
        lower=0.0,
        upper=1.0,
        perfect=0.0,
        kinds=_LABEL_SCORES,
        compute=_ranking_loss,
        decompose=_ranking_loss_terms,
    ),
)
