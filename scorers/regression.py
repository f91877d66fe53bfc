"""Metrics of predicted numbers. The values are scikit-learn's and scipy's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.probability import linearised
from scorers.scorer import Scorer
from scorers.terms import Floats, Terms, divide, first_mean, mean_of

Array = NDArray[Any]
_NUMBERS = (InputKind.NUMBERS,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
_INFINITE = float("inf")


def _mse(truth: Array, prediction: Array) -> float:
    """The mean squared error.

    >>> from scorers import get_scorer
    >>> get_scorer("mse").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.375
    """
    return float(metrics.mean_squared_error(truth, prediction))


def _mse_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of((prediction - truth) ** 2)


def _rmse(truth: Array, prediction: Array) -> float:
    """The square root of the mean squared error.

    >>> from scorers import get_scorer
    >>> get_scorer("rmse").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.6123724356957945
    """
    return float(metrics.root_mean_squared_error(truth, prediction))


def _rmse_terms(truth: Array, prediction: Array) -> Terms:
    return Terms(finish=_root_mean, columns=((prediction - truth) ** 2,))


def _root_mean(sums: Floats, n: Floats) -> Floats:
    return np.sqrt(first_mean(sums, n))


def _rmsle(truth: Array, prediction: Array) -> float:
    """The root mean squared error of log(1 + y).

    >>> from scorers import get_scorer
    >>> get_scorer("rmsle").score([3.0, 5.0, 2.5, 7.0], [2.5, 5.0, 4.0, 8.0])
    0.1993241655...
    """
    return float(metrics.root_mean_squared_log_error(truth, prediction))


def _rmsle_terms(truth: Array, prediction: Array) -> Terms:
    return _rmse_terms(np.log1p(truth), np.log1p(prediction))


def _mae(truth: Array, prediction: Array) -> float:
    """The mean absolute error.

    >>> from scorers import get_scorer
    >>> get_scorer("mae").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.5
    """
    return float(metrics.mean_absolute_error(truth, prediction))


def _mae_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of(np.abs(prediction - truth))


def _median_absolute_error(truth: Array, prediction: Array) -> float:
    """The median absolute error.

    >>> from scorers import get_scorer
    >>> get_scorer("median_absolute_error").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.5
    """
    return float(metrics.median_absolute_error(truth, prediction))


def _mape(truth: Array, prediction: Array) -> float:
    """The mean absolute error relative to the truth, as a fraction.

    >>> from scorers import get_scorer
    >>> get_scorer("mape").score([2.0, 4.0], [1.0, 5.0])
    0.375
    """
    return float(metrics.mean_absolute_percentage_error(truth, prediction))


def _mape_terms(truth: Array, prediction: Array) -> Terms:
    tiny = np.finfo(np.float64).eps
    return mean_of(np.abs(prediction - truth) / np.maximum(np.abs(truth), tiny))


def _r2(truth: Array, prediction: Array) -> float:
    """The share of the variance of the truth that is explained.

    >>> from scorers import get_scorer
    >>> get_scorer("r2").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.9486081370449679
    """
    return float(metrics.r2_score(truth, prediction))


def _r2_terms(truth: Array, prediction: Array) -> Terms:
    centred = truth - truth.mean()

    def finish(sums: Floats, n: Floats) -> Floats:
        spread = sums[..., 2] - divide(sums[..., 1] ** 2, n)
        constant = np.where(sums[..., 0] == 0, 1.0, 0.0)
        return np.where(spread > 0, 1 - divide(sums[..., 0], spread), constant)

    return Terms(finish=finish, columns=((prediction - truth) ** 2, centred, centred**2))


def _spearman(truth: Array, prediction: Array) -> float:
    """The correlation of the ranks.

    >>> from scorers import get_scorer
    >>> round(get_scorer("spearman").score([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 30.0]), 12)
    0.8
    """
    return float(stats.spearmanr(truth, prediction).statistic)


def _spearman_terms(truth: Array, prediction: Array) -> Terms:
    """The first-order expansion in the rows' weights, of the correlation C / sqrt(A B) of midranks.

    A row moves the covariance of the ranks by itself and by moving the ranks of the rows above it.
    """
    u, v = _centred_ranks(truth), _centred_ranks(prediction)
    between, within_u, within_v = u @ v / len(u), u @ u / len(u), v @ v / len(v)
    value = between / np.sqrt(within_u * within_v)
    along_u, along_v = _sums_above(u, np.stack([u, v])), _sums_above(v, np.stack([u, v]))
    slope = u * v + along_u[1] + along_v[0] - 3 * between
    slope_u, slope_v = u * u + 2 * along_u[0] - 3 * within_u, v * v + 2 * along_v[1] - 3 * within_v
    share = value / 2 * (slope_u / within_u + slope_v / within_v)
    return linearised(float(value), slope / np.sqrt(within_u * within_v) - share)


def _centred_ranks(values: Array) -> Floats:
    """Midranks over n, centred at 0: the empirical distribution function, minus a half."""
    ranks: Floats = (stats.rankdata(values) - 0.5) / len(values) - 0.5
    return ranks


def _sums_above(keys: Floats, values: Floats) -> Floats:
    """For each row the mean over all rows of [above it] + [tied with it] / 2, times the values."""
    distinct, tie = np.unique(keys, return_inverse=True)
    sums = np.stack([np.bincount(tie, weights=v, minlength=len(distinct)) for v in values])
    above = sums.sum(axis=1, keepdims=True) - np.cumsum(sums, axis=1) + sums / 2
    picked: Floats = above[:, tie] / len(keys)
    return picked


SCORERS = (
    Scorer(
        name="mse",
        title="Mean squared error",
        summary="The mean squared difference of prediction and truth.",
        formula="(1/n) Σ (ŷᵢ − yᵢ)²",
        source=_SKLEARN.format("mean_squared_error"),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        compute=_mse,
        decompose=_mse_terms,
    ),
    Scorer(
        name="rmse",
        title="Root mean squared error",
        summary="The square root of the mean squared difference of prediction and truth.",
        formula="√((1/n) Σ (ŷᵢ − yᵢ)²)",
        source=_SKLEARN.format("root_mean_squared_error"),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        compute=_rmse,
        decompose=_rmse_terms,
    ),
    Scorer(
        name="rmsle",
        title="Root mean squared logarithmic error",
        summary="The root mean squared error of log(1 + y): errors count by their ratio.",
        formula="√((1/n) Σ (ln(1 + ŷᵢ) − ln(1 + yᵢ))²)",
        source=_SKLEARN.format("root_mean_squared_log_error"),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        compute=_rmsle,
        decompose=_rmsle_terms,
        numbers_above=-1.0,
    ),
    Scorer(
        name="mae",
        title="Mean absolute error",
        summary="The mean absolute difference of prediction and truth.",
        formula="(1/n) Σ |ŷᵢ − yᵢ|",
        source=_SKLEARN.format("mean_absolute_error"),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        compute=_mae,
        decompose=_mae_terms,
    ),
    Scorer(
        name="median_absolute_error",
        title="Median absolute error",
        summary="Half of the rows are predicted at least this well.",
        formula="median |ŷᵢ − yᵢ|",
        source=_SKLEARN.format("median_absolute_error"),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        compute=_median_absolute_error,
    ),
    Scorer(
        name="mape",
        title="Mean absolute percentage error",
        summary="The mean absolute error relative to the truth, as a fraction: 0.1 is 10 %.",
        formula="(1/n) Σ |ŷᵢ − yᵢ| / max(|yᵢ|, ε)",
        source=_SKLEARN.format("mean_absolute_percentage_error"),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        compute=_mape,
        decompose=_mape_terms,
    ),
    Scorer(
        name="r2",
        title="Coefficient of determination (R²)",
        summary="The share of the variance of the truth that is explained.",
        formula="1 − Σ (ŷᵢ − yᵢ)² / Σ (yᵢ − ȳ)²",
        source=_SKLEARN.format("r2_score"),
        higher_is_better=True,
        lower=-_INFINITE,
        upper=1.0,
        perfect=1.0,
        kinds=_NUMBERS,
        compute=_r2,
        decompose=_r2_terms,
    ),
    Scorer(
        name="spearman",
        title="Spearman's rank correlation",
        summary="The correlation of the ranks: only the order of the predictions counts.",
        formula="corr(rank(ŷ), rank(y))",
        source="https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.spearmanr.html",
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=_NUMBERS,
        compute=_spearman,
        decompose=_spearman_terms,
    ),
)
