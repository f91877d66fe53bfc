"""Errors of predicted numbers. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.numbers.targets import MULTIOUTPUT, Multioutput, mean_loss, root_mean_loss
from scorers.sampling.terms import Terms
from scorers.scorer import Scorer
from scorers.uncertainty import Evidence, Interval, always_withheld, median_interval

Array = NDArray[Any]
_NUMBERS = (InputKind.NUMBERS,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
_INFINITE = float("inf")


def _mse(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The mean squared error.

    >>> from scorers import get_scorer
    >>> get_scorer("mse").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.375
    """
    return float(metrics.mean_squared_error(truth, prediction, multioutput=multioutput))


def _mse_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    return mean_loss((prediction - truth) ** 2, multioutput)


def _rmse(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The square root of the mean squared error.

    >>> from scorers import get_scorer
    >>> get_scorer("rmse").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.6123724356957945
    """
    return float(metrics.root_mean_squared_error(truth, prediction, multioutput=multioutput))


def _rmse_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    return root_mean_loss((prediction - truth) ** 2, multioutput)


def _msle(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The mean squared error of log(1 + y).

    >>> from scorers import get_scorer
    >>> get_scorer("msle").score([3.0, 5.0, 2.5, 7.0], [2.5, 5.0, 4.0, 8.0])
    0.0397301229...
    """
    return float(metrics.mean_squared_log_error(truth, prediction, multioutput=multioutput))


def _msle_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    return _mse_terms(np.log1p(truth), np.log1p(prediction), multioutput)


def _rmsle(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The root mean squared error of log(1 + y).

    >>> from scorers import get_scorer
    >>> get_scorer("rmsle").score([3.0, 5.0, 2.5, 7.0], [2.5, 5.0, 4.0, 8.0])
    0.1993241655...
    """
    return float(metrics.root_mean_squared_log_error(truth, prediction, multioutput=multioutput))


def _rmsle_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    return _rmse_terms(np.log1p(truth), np.log1p(prediction), multioutput)


def _mae(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The mean absolute error.

    >>> from scorers import get_scorer
    >>> get_scorer("mae").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.5
    """
    return float(metrics.mean_absolute_error(truth, prediction, multioutput=multioutput))


def _mae_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    return mean_loss(np.abs(prediction - truth), multioutput)


def _median_absolute_error(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The median absolute error.

    >>> from scorers import get_scorer
    >>> get_scorer("median_absolute_error").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.5
    """
    return float(metrics.median_absolute_error(truth, prediction, multioutput=multioutput))


def _max_error(truth: Array, prediction: Array) -> float:
    """The largest absolute error.

    >>> from scorers import get_scorer
    >>> get_scorer("max_error").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    1.0
    """
    return float(metrics.max_error(truth, prediction))


def _median_interval(
    evidence: Evidence, truth: Array, prediction: Array, multioutput: Multioutput
) -> Interval | None:
    """Between two of the errors; the usual one for several targets."""
    if truth.ndim > 1:
        return None
    return median_interval(np.abs(prediction - truth), evidence.unit_of_row)


def _error(name: str, function: str, **fields: Any) -> Scorer:
    """An error of numbers in the unit of some power of the target: 0 is perfect."""
    return Scorer(
        name=name,
        source=_SKLEARN.format(function),
        higher_is_better=False,
        lower=0.0,
        upper=_INFINITE,
        perfect=0.0,
        kinds=_NUMBERS,
        **fields,
    )


SCORERS = (
    _error(
        "mse",
        "mean_squared_error",
        title="Mean squared error",
        summary="The mean squared difference of prediction and truth.",
        formula="(1/n) Σ (ŷᵢ − yᵢ)²",
        compute=_mse,
        decompose=_mse_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
    ),
    _error(
        "rmse",
        "root_mean_squared_error",
        title="Root mean squared error",
        summary="The square root of the mean squared difference of prediction and truth; with "
        "several columns the mean of theirs (known as MCRMSE).",
        formula="√((1/n) Σ (ŷᵢ − yᵢ)²)",
        compute=_rmse,
        decompose=_rmse_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
    ),
    _error(
        "msle",
        "mean_squared_log_error",
        title="Mean squared logarithmic error",
        summary="The mean squared error of log(1 + y): errors count by their ratio.",
        formula="(1/n) Σ (ln(1 + ŷᵢ) − ln(1 + yᵢ))²",
        compute=_msle,
        decompose=_msle_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
        numbers_above=-1.0,
        truth_above=-1.0,
    ),
    _error(
        "rmsle",
        "root_mean_squared_log_error",
        title="Root mean squared logarithmic error",
        summary="The root mean squared error of log(1 + y): errors count by their ratio.",
        formula="√((1/n) Σ (ln(1 + ŷᵢ) − ln(1 + yᵢ))²)",
        compute=_rmsle,
        decompose=_rmsle_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
        numbers_above=-1.0,
        truth_above=-1.0,
    ),
    _error(
        "mae",
        "mean_absolute_error",
        title="Mean absolute error",
        summary="The mean absolute difference of prediction and truth.",
        formula="(1/n) Σ |ŷᵢ − yᵢ|",
        compute=_mae,
        decompose=_mae_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
    ),
    _error(
        "median_absolute_error",
        "median_absolute_error",
        title="Median absolute error",
        summary="Half of the rows are predicted at least this well.",
        formula="median |ŷᵢ − yᵢ|",
        compute=_median_absolute_error,
        interval_of=_median_interval,
        parameters=(MULTIOUTPUT,),
        several=True,
    ),
    _error(
        "max_error",
        "max_error",
        title="Largest error",
        summary="The absolute difference of prediction and truth in the worst row.",
        formula="max |ŷᵢ − yᵢ|",
        compute=_max_error,
        interval_of=always_withheld(
            "a largest error hangs on one row; no resample can hold a larger one"
        ),
    ),
)
