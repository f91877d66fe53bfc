"""Numbers: the share of the spread of the truth that a prediction explains; scikit-learn's values.

The values are 1 for perfect predictions, and 0 for the best constant.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.numbers.deviances import (
    ALPHA,
    POWER,
    bounded_by_power,
    deviances,
    pinball_losses,
    positive,
)
from scorers.numbers.targets import (
    MULTIOUTPUT,
    MULTIOUTPUT_OR_VARIANCE,
    UNIFORM,
    Multioutput,
    as_columns,
    share_explained,
    spread,
)
from scorers.sampling.terms import Floats, Terms
from scorers.scorer import Scorer

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _r2(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The share of the variance of the truth that is explained.

    >>> from scorers import get_scorer
    >>> get_scorer("r2").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.9486081370449679
    """
    return float(metrics.r2_score(truth, prediction, multioutput=multioutput))


def _r2_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    y, error = as_columns(truth), as_columns(prediction) - as_columns(truth)
    centred = y - y.mean(axis=0)

    def finish(sums: Floats, n: Floats) -> Floats:
        squares, total, total_squares = _parts(sums, 3)
        return share_explained(squares, spread(total, total_squares, n[..., None]), multioutput)

    return Terms(finish=finish, columns=(*(error**2).T, *centred.T, *(centred**2).T))


def _explained_variance(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The share of the variance of the truth that is explained, a constant error forgiven.

    >>> from scorers import get_scorer
    >>> get_scorer("explained_variance").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.9571734475374732
    """
    return float(metrics.explained_variance_score(truth, prediction, multioutput=multioutput))


def _explained_variance_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    y, error = as_columns(truth), as_columns(prediction) - as_columns(truth)
    centred, off = y - y.mean(axis=0), error - error.mean(axis=0)

    def finish(sums: Floats, n: Floats) -> Floats:
        off_total, off_squares, total, squares = _parts(sums, 4)
        left = spread(off_total, off_squares, n[..., None])
        return share_explained(left, spread(total, squares, n[..., None]), multioutput)

    return Terms(finish=finish, columns=(*off.T, *(off**2).T, *centred.T, *(centred**2).T))


def _d2_pinball(
    truth: Array, prediction: Array, alpha: float, multioutput: Multioutput = UNIFORM
) -> float:
    """The share of the pinball loss of the best constant quantile that is saved.

    >>> from scorers import get_scorer
    >>> get_scorer("d2_pinball").score([1.0, 2.0, 3.0], [1.0, 3.0, 3.0])
    0.5
    """
    return float(metrics.d2_pinball_score(truth, prediction, alpha=alpha, multioutput=multioutput))


def _d2_pinball_terms(
    truth: Array, prediction: Array, alpha: float, multioutput: Multioutput = UNIFORM
) -> Terms:
    y, p = as_columns(truth), as_columns(prediction)
    constant = np.quantile(y, alpha, axis=0, method="averaged_inverted_cdf")
    return _ratio(lambda p: pinball_losses(y, p, alpha), p, constant, multioutput)


def _d2_absolute_error(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The share of the absolute error of the median that is saved.

    >>> from scorers import get_scorer
    >>> get_scorer("d2_absolute_error").score([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.764705882352941...
    """
    return float(metrics.d2_absolute_error_score(truth, prediction, multioutput=multioutput))


def _d2_absolute_error_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    return _d2_pinball_terms(truth, prediction, 0.5, multioutput)


def _d2_tweedie(truth: Array, prediction: Array, power: float) -> float:
    """The share of the Tweedie deviance of the mean that is saved.

    >>> from scorers import get_scorer
    >>> get_scorer("d2_tweedie", power=1).score([0.5, 1.0, 2.5, 7.0], [1.0, 1.0, 5.0, 3.5])
    0.4879151349...
    """
    return float(metrics.d2_tweedie_score(truth, prediction, power=power))


def _d2_tweedie_terms(truth: Array, prediction: Array, power: float) -> Terms:
    y, p = as_columns(truth), as_columns(prediction)
    return _ratio(lambda p: deviances(y, p, power), p, y.mean(axis=0), UNIFORM)


def _ratio(
    losses: Callable[[Floats], Floats], p: Floats, constant: Floats, multioutput: Multioutput
) -> Terms:
    """Terms of 1 - loss / loss of the constant that fits best.

    The constant stays that of all rows. Where it is the best one its own small changes move the
    loss only in the second order, so that the replicates are right to the first.
    """

    def finish(sums: Floats, n: Floats) -> Floats:
        left, whole = _parts(sums, 2)
        return share_explained(left, whole, multioutput)

    return Terms(
        finish=finish, columns=(*losses(p).T, *losses(np.broadcast_to(constant, p.shape)).T)
    )


def _parts(sums: Floats, count: int) -> list[Floats]:
    """The sums of each of several terms, shape (..., columns)."""
    width = sums.shape[-1] // count
    return [sums[..., i * width : (i + 1) * width] for i in range(count)]


def _explained(name: str, function: str, **fields: Any) -> Scorer:
    """A share that is explained: 1 is perfect, and below 0 is worse than a constant."""
    return Scorer(
        name=name,
        source=_SKLEARN.format(function),
        higher_is_better=True,
        lower=-float("inf"),
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.NUMBERS,),
        **fields,
    )


SCORERS = (
    _explained(
        "r2",
        "r2_score",
        title="Coefficient of determination (R²)",
        summary="The share of the variance of the truth that is explained.",
        formula="1 − Σ (ŷᵢ − yᵢ)² / Σ (yᵢ − ȳ)²",
        compute=_r2,
        decompose=_r2_terms,
        parameters=(MULTIOUTPUT_OR_VARIANCE,),
        several=True,
    ),
    _explained(
        "explained_variance",
        "explained_variance_score",
        title="Explained variance",
        summary="The share of the variance of the truth that is explained; an error that is the "
        "same in all rows does not count.",
        formula="1 − Var(y − ŷ) / Var(y)",
        compute=_explained_variance,
        decompose=_explained_variance_terms,
        parameters=(MULTIOUTPUT_OR_VARIANCE,),
        several=True,
    ),
    _explained(
        "d2_absolute_error",
        "d2_absolute_error_score",
        title="D² of the absolute error",
        summary="The share of the absolute error of the best constant, the median, that is saved.",
        formula="1 − Σ |ŷᵢ − yᵢ| / Σ |median(y) − yᵢ|",
        compute=_d2_absolute_error,
        decompose=_d2_absolute_error_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
    ),
    _explained(
        "d2_pinball",
        "d2_pinball_score",
        title="D² of the pinball loss",
        summary="The share of the pinball loss of the best constant quantile that is saved.",
        formula="1 − Σ Lα(yᵢ, ŷᵢ) / Σ Lα(yᵢ, qα(y))",
        compute=_d2_pinball,
        decompose=_d2_pinball_terms,
        parameters=(ALPHA, MULTIOUTPUT),
        several=True,
    ),
    _explained(
        "d2_tweedie",
        "d2_tweedie_score",
        title="D² of the Tweedie deviance",
        summary="The share of the Tweedie deviance of the best constant, the mean, that is saved.",
        formula="1 − Σ dₚ(yᵢ, ŷᵢ) / Σ dₚ(yᵢ, ȳ)",
        compute=_d2_tweedie,
        decompose=_d2_tweedie_terms,
        parameters=(POWER,),
        ideal=positive,
        build=bounded_by_power,
    ),
)
