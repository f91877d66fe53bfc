"""Predicted quantiles: a column for each, in the order of the parameter `quantiles`."""

from typing import Any

import numpy as np
from sklearn import metrics

from scorers.forecasts.coverage import (
    interval_coverage_error,
    interval_coverage_interval,
    interval_coverage_terms,
)
from scorers.forecasts.crossing import Array, Levels, crossing, rising_columns
from scorers.kinds import InputKind
from scorers.numbers.deviances import pinball_losses
from scorers.parameters import REQUIRED, Parameter, is_share, is_shares
from scorers.sampling.terms import Floats, Terms, mean_of
from scorers.scorer import Scorer

_SCORINGUTILS = "https://epiforecasts.io/scoringutils/reference/{}.html"
# Quantiles of one interval, such as 0.05 and 0.95, add up to 1 but for rounding.
_ROUNDING = 1e-9

_QUANTILES = Parameter(
    "quantiles",
    REQUIRED,
    "The quantiles that the sample's columns stand for, in the order of the columns.",
    accepts=is_shares,
    expected="a rising list of numbers between 0 and 1",
)
_LEVEL = Parameter(
    "level",
    None,
    "The share that the interval is to hold, such as 0.9; by default the widest one is looked at.",
    accepts=is_share,
    expected="a number between 0 and 1",
)


def is_central(value: Any) -> bool:
    """Whether a value is a rising list of shares: pairs about 0.5, and 0.5 itself."""
    if not is_shares(value) or 0.5 not in value:
        return False
    return all(abs(a + b - 1) < _ROUNDING for a, b in zip(value, reversed(value), strict=True))


_CENTRAL = Parameter(
    "quantiles",
    REQUIRED,
    "The quantiles that the sample's columns stand for, in the order of the columns: the bounds "
    "of central intervals, and the median.",
    accepts=is_central,
    expected="a rising list of numbers between 0 and 1 with 0.5, symmetric about it",
)


def _losses(truth: Array, prediction: Array, quantiles: Levels) -> Floats:
    """The mean over the quantiles of their pinball losses, shape (n,)."""
    columns = rising_columns(prediction, quantiles).T
    losses = [pinball_losses(truth, q, a) for a, q in zip(quantiles, columns, strict=True)]
    mean: Floats = np.mean(losses, axis=0)
    return mean


def _multi_quantile_loss(truth: Array, prediction: Array, quantiles: Levels) -> float:
    """The mean pinball loss over several quantiles.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("multi_quantile_loss", quantiles=[0.1, 0.5, 0.9])
    >>> round(scorer.score([10.0, 12.0], [[8.0, 10.0, 12.0], [8.0, 10.0, 11.0]]), 12)
    0.45
    """
    columns = rising_columns(prediction, quantiles).T
    return float(
        np.mean(
            [
                metrics.mean_pinball_loss(truth, column, alpha=alpha)
                for alpha, column in zip(quantiles, columns, strict=True)
            ]
        )
    )


def _multi_quantile_terms(truth: Array, prediction: Array, quantiles: Levels) -> Terms:
    return mean_of(_losses(truth, prediction, quantiles))


def _quantile_crps(truth: Array, prediction: Array, quantiles: Levels) -> float:
    """The continuous ranked probability score, from quantiles: twice their mean pinball loss.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("quantile_crps", quantiles=[0.1, 0.5, 0.9])
    >>> round(scorer.score([10.0, 12.0], [[8.0, 10.0, 12.0], [8.0, 10.0, 11.0]]), 12)
    0.9
    """
    return 2 * _multi_quantile_loss(truth, prediction, quantiles)


def _quantile_crps_terms(truth: Array, prediction: Array, quantiles: Levels) -> Terms:
    return mean_of(2 * _losses(truth, prediction, quantiles))


def _weighted_interval_score(truth: Array, prediction: Array, quantiles: Levels) -> float:
    """The interval scores of several central intervals and the median, weighted by their alpha / 2.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("weighted_interval_score", quantiles=[0.25, 0.5, 0.75])
    >>> scorer.score([1.0, 5.0], [[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]])
    2.0
    """
    return float(_interval_scores(truth, prediction, quantiles).mean())


def _weighted_interval_score_terms(truth: Array, prediction: Array, quantiles: Levels) -> Terms:
    return mean_of(_interval_scores(truth, prediction, quantiles))


def _interval_scores(truth: Array, prediction: Array, quantiles: Levels) -> Floats:
    """The weighted interval score of each row (Bracher et al., 2021, equation 2), shape (n,)."""
    columns = rising_columns(prediction, quantiles)
    pairs = len(quantiles) // 2
    total = np.abs(truth - columns[:, pairs]) / 2
    for k in range(pairs):
        low, high, alpha = columns[:, k], columns[:, -1 - k], 2 * quantiles[k]
        outside = np.maximum(low - truth, 0.0) + np.maximum(truth - high, 0.0)
        total += alpha / 2 * (high - low) + outside
    scores: Floats = total / (pairs + 0.5)
    return scores


def _loss(name: str, upper: float = float("inf"), **fields: Any) -> Scorer:
    """A loss of quantiles: 0 is perfect."""
    return Scorer(
        name=name,
        higher_is_better=False,
        lower=0.0,
        upper=upper,
        perfect=0.0,
        kinds=(InputKind.QUANTILES,),
        misfits=crossing,
        **fields,
    )


SCORERS = (
    _loss(
        "multi_quantile_loss",
        title="Pinball loss over quantiles",
        summary="The mean pinball loss over the rows and over several predicted quantiles.",
        formula="(1/nK) Σᵢ Σₖ max(τₖ (yᵢ − qᵢₖ), (τₖ − 1) (yᵢ − qᵢₖ))",
        source="https://scikit-learn.org/stable/modules/generated/"
        "sklearn.metrics.mean_pinball_loss.html",
        compute=_multi_quantile_loss,
        decompose=_multi_quantile_terms,
        parameters=(_QUANTILES,),
    ),
    _loss(
        "quantile_crps",
        title="CRPS of quantiles",
        summary="The continuous ranked probability score as far as quantiles tell it: twice their "
        "mean pinball loss.",
        formula="(2/nK) Σᵢ Σₖ max(τₖ (yᵢ − qᵢₖ), (τₖ − 1) (yᵢ − qᵢₖ))",
        source=_SCORINGUTILS.format("quantile_score"),
        compute=_quantile_crps,
        decompose=_quantile_crps_terms,
        parameters=(_QUANTILES,),
    ),
    _loss(
        "weighted_interval_score",
        title="Weighted interval score",
        summary="The width of central intervals and how far answers lie outside them, and the "
        "error of the median.",
        formula="(1/n) Σ (½ |y − m| + Σₖ (αₖ/2) ISₖ) / (K + ½), "
        "ISₖ = (u − l) + (2/αₖ) (max(l − y, 0) + max(y − u, 0))",
        source="https://doi.org/10.1371/journal.pcbi.1008618",
        compute=_weighted_interval_score,
        decompose=_weighted_interval_score_terms,
        parameters=(_CENTRAL,),
    ),
    _loss(
        "interval_coverage_error",
        upper=1.0,
        truth_is_perfect=False,
        title="Error of the interval coverage",
        summary="How far the share of answers inside the interval is from the share that it "
        "promises: a check of honesty, to be shown beside a score.",
        formula="|(1/n) Σ [lᵢ ≤ yᵢ ≤ uᵢ] − (τᵤ − τₗ)|",
        source=_SCORINGUTILS.format("interval_coverage"),
        compute=interval_coverage_error,
        decompose=interval_coverage_terms,
        interval_of=interval_coverage_interval,
        parameters=(_QUANTILES, _LEVEL),
    ),
)
