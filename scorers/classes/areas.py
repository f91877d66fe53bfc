"""The area under the ROC curve, of one column or several. The values are scikit-learn's."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.area_interval import delong_interval
from scorers.classes.placement import Placements, in_order, is_greater, of_positive, placements
from scorers.classes.row_standing import row_areas
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_labels
from scorers.sampling.terms import Floats, Terms, divide, linearised, mean_of
from scorers.scorer import Scorer
from scorers.uncertainty import Interval

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _roc_auc(truth: Array, prediction: Array, multi_class: str, average: str, labels: Any) -> float:
    """The probability that a positive row is scored above a negative one.

    >>> from scorers import get_scorer
    >>> get_scorer("roc_auc").score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    scores = of_positive(truth, prediction)
    if truth.ndim == 1 and scores.ndim == 1:
        return float(metrics.roc_auc_score(*in_order(truth, scores), average=average))
    if truth.ndim == 2:
        return float(metrics.roc_auc_score(truth, scores, average=average))
    return float(
        metrics.roc_auc_score(
            truth, scores, multi_class=multi_class, average=average, labels=labels
        )
    )


def _roc_auc_terms(
    truth: Array, prediction: Array, multi_class: str, average: str, labels: Any
) -> Terms | None:
    scores = of_positive(truth, prediction)
    if scores.ndim == 1:
        return mean_area([placements(is_greater(truth), scores)], weighted=False)
    if truth.ndim == 2:
        return _several_areas(truth == 1, scores, average)
    classes = np.unique(truth) if labels is None else np.asarray(labels)
    if multi_class == "ovo":
        return _pairs(np.searchsorted(classes, truth), scores, weighted=average == "weighted")
    return _several_areas(truth[:, None] == classes, scores, average)


def _several_areas(positive: NDArray[np.bool_], scores: Floats, average: str) -> Terms:
    """The areas of several questions of yes and no, each of shape (n,), put together."""
    if average == "samples":
        return mean_of(row_areas(positive, scores))
    if average == "micro":
        return _pooled_area(positive, scores)
    columns = zip(positive.T, scores.T, strict=True)
    asked = [(yes, own) for yes, own in columns if average != "weighted" or yes.any()]
    return mean_area([placements(*each) for each in asked], weighted=average == "weighted")


def mean_area(placed: Sequence[Placements], weighted: bool) -> Terms:
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


def _pooled_area(positive: NDArray[np.bool_], scores: Floats) -> Terms:
    """The area over all cells of the matrix as one column; what is resampled is its rows."""
    placed = placements(positive.ravel(), scores.ravel())
    placement, centre = placed.placement.reshape(positive.shape), placed.auc
    columns = (
        positive.sum(axis=1).astype(np.float64),
        (positive * placement).sum(axis=1),
        (~positive * placement).sum(axis=1),
    )

    def finish(sums: Floats, n: Floats) -> Floats:
        negatives = n * positive.shape[1] - sums[..., 0]
        return divide(sums[..., 1], sums[..., 0]) + divide(sums[..., 2], negatives) - centre

    return Terms(finish=finish, columns=columns)


def _pairs(codes: Array, scores: Floats, weighted: bool) -> Terms:
    """Hand and Till's mean over the pairs of classes, expanded in the rows' weights.

    A pair counts once, or as often as its two classes occur.
    """
    counts = np.bincount(codes, minlength=scores.shape[1])
    occurring = np.flatnonzero(counts)
    pairs = list(combinations(occurring.tolist(), 2))
    value, slope = 0.0, np.zeros(len(codes))
    for pair in pairs:
        rows = np.flatnonzero(np.isin(codes, pair))
        area, influence = _pair(codes[rows], scores[rows], pair)
        weight = len(rows) / len(codes) / (len(occurring) - 1) if weighted else 1 / len(pairs)
        value += weight * area
        slope[rows] += weight * len(codes) / counts[codes[rows]] * influence
        if weighted:
            slope[rows] += area / (len(occurring) - 1)
    return linearised(value, slope - slope.mean())


def _pair(codes: Array, scores: Floats, pair: tuple[int, int]) -> tuple[float, Floats]:
    """The mean of the two areas that the columns of a pair's classes give, and how rows differ."""
    placed = [placements(codes == one, scores[:, one]) for one in pair]
    area = float(np.mean([p.auc for p in placed]))
    return area, np.mean([p.placement for p in placed], axis=0) - area


def _roc_auc_interval(
    truth: Array, prediction: Array, multi_class: str, average: str, labels: Any
) -> Interval | None:
    """DeLong's in Wilson's form, which stays inside (0, 1); the usual for several columns."""
    scores = of_positive(truth, prediction)
    return area_interval(is_greater(truth), scores) if scores.ndim == 1 else None


def area_interval(positive: NDArray[np.bool_], scores: Floats) -> Interval:
    """DeLong's interval of the area of one column (DeLong, DeLong and Clarke-Pearson, 1988)."""
    placed = placements(positive, scores)
    up, down = placed.placement[placed.positive], placed.placement[~placed.positive]
    return delong_interval(up, down)


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
        kinds=(
            InputKind.PROBABILITY,
            InputKind.PROBABILITIES,
            InputKind.SCORES,
            InputKind.LABEL_SCORES,
        ),
        compute=_roc_auc,
        decompose=_roc_auc_terms,
        interval=_roc_auc_interval,
        parameters=(
            Parameter(
                "multi_class",
                "raise",
                "With a column for each of several classes: each against the rest, or each pair.",
                ("raise", "ovr", "ovo"),
            ),
            Parameter(
                "average",
                "macro",
                "The plain or the prevalence-weighted mean over the classes or labels; all cells "
                "pooled; or, with a score for each label, the mean over the rows.",
                ("macro", "weighted", "micro", "samples"),
            ),
            Parameter(
                "labels",
                None,
                "All classes, sorted, in the order of the columns; by default those that occur in "
                "the truth.",
                accepts=is_labels,
                expected="a list of labels",
            ),
        ),
    ),
)
