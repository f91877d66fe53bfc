"""Losses of predicted numbers that fit a distribution, or weigh errors their own way."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import huber, xlogy
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.numbers.targets import MULTIOUTPUT, Multioutput, mean_loss
from scorers.parameters import Parameter, is_number, is_positive, is_share
from scorers.sampling.terms import Floats, Terms, mean_of
from scorers.scorer import Scorer

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
# As good as 0 where a prediction has to be above it.
_TINY = 1e-100

ALPHA = Parameter(
    "alpha",
    0.5,
    "The quantile that is predicted, as a share: 0.9 is the one that 90 % lie below.",
    accepts=is_share,
    expected="a number between 0 and 1",
)
POWER = Parameter(
    "power",
    0,
    "The power of the mean that the variance goes with: 0 normal, 1 Poisson, 2 gamma, "
    "3 inverse Gaussian.",
    accepts=lambda value: is_number(value) and (value <= 0 or value >= 1),
    expected="a number of at most 0 or at least 1",
)
_DELTA = Parameter(
    "delta",
    1.0,
    "The error from which on the loss grows in proportion to it, no more with its square.",
    accepts=is_positive,
    expected="a number above 0",
)


def pinball_losses(truth: Array, prediction: Array, alpha: float) -> Floats:
    """The pinball loss of each row: alpha times what is missing, or 1 - alpha times the excess."""
    missing = truth - prediction
    return np.maximum(alpha * missing, (alpha - 1) * missing)


def deviances(truth: Array, prediction: Array, power: float) -> Floats:
    """The unit Tweedie deviance of each row, in scikit-learn's form."""
    y, p = truth, prediction
    if power == 0:
        return (y - p) ** 2
    if power == 1:
        poisson: Floats = 2 * (xlogy(y, y / p) - y + p)
        return poisson
    if power == 2:
        return 2 * (np.log(p / y) + y / p - 1)
    # Below 0 the truth may be negative: it counts as 0 in the part that is its own.
    own = np.power(np.maximum(y, 0.0) if power < 0 else y, 2 - power) / ((1 - power) * (2 - power))
    other = np.power(p, 2 - power) / (2 - power) - y * np.power(p, 1 - power) / (1 - power)
    return 2 * (own + other)


def positive(truth: Array, power: float = 1.0) -> Floats:
    """The truth as a prediction: a 0 becomes almost 0 where predictions have to be above 0."""
    y = truth.astype(np.float64)
    return y if power == 0 else np.maximum(y, _TINY)


def bounded_by_power(scorer: Scorer) -> Scorer:
    """The scorer with the bounds of its numbers under its power."""
    power = scorer.params["power"]
    return replace(
        scorer,
        numbers_above=None if power == 0 else 0.0,
        truth_from=0.0 if 1 <= power < 2 else None,
        truth_above=0.0 if power >= 2 else None,
    )


def _pinball(truth: Array, prediction: Array, alpha: float, multioutput: Multioutput) -> float:
    """The mean pinball loss of a predicted quantile.

    >>> from scorers import get_scorer
    >>> get_scorer("pinball", alpha=0.9).score([1.0, 2.0, 3.0], [1.0, 2.0, 2.0])
    0.3
    """
    found = metrics.mean_pinball_loss(truth, prediction, alpha=alpha, multioutput=multioutput)
    return float(found)


def _pinball_terms(
    truth: Array, prediction: Array, alpha: float, multioutput: Multioutput
) -> Terms:
    return mean_loss(pinball_losses(truth, prediction, alpha), multioutput)


def _huber(truth: Array, prediction: Array, delta: float) -> float:
    """The mean of half the squared error, linear beyond delta (Huber, 1964).

    >>> from scorers import get_scorer
    >>> get_scorer("huber", delta=1.0).score([0.0, 0.0], [0.5, 3.0])
    1.3125
    """
    return float(np.mean(huber(delta, prediction - truth)))


def _huber_terms(truth: Array, prediction: Array, delta: float) -> Terms:
    return mean_of(huber(delta, prediction - truth))


def _poisson(truth: Array, prediction: Array) -> float:
    """The mean Poisson deviance.

    >>> from scorers import get_scorer
    >>> get_scorer("poisson_deviance").score([2.0, 0.0, 1.0, 4.0], [0.5, 0.5, 2.0, 2.0])
    1.4260151319598084
    """
    return float(metrics.mean_poisson_deviance(truth, prediction))


def _poisson_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of(deviances(truth, prediction, 1))


def _gamma(truth: Array, prediction: Array) -> float:
    """The mean gamma deviance: only the ratio of prediction and truth counts.

    >>> from scorers import get_scorer
    >>> get_scorer("gamma_deviance").score([2.0, 0.5, 1.0, 4.0], [0.5, 0.5, 2.0, 2.0])
    1.0568528194400546
    """
    return float(metrics.mean_gamma_deviance(truth, prediction))


def _gamma_terms(truth: Array, prediction: Array) -> Terms:
    return mean_of(deviances(truth, prediction, 2))


def _tweedie(truth: Array, prediction: Array, power: float) -> float:
    """The mean Tweedie deviance.

    >>> from scorers import get_scorer
    >>> get_scorer("tweedie_deviance", power=1).score([2.0, 0.0, 1.0, 4.0], [0.5, 0.5, 2.0, 2.0])
    1.4260151319598084
    """
    return float(metrics.mean_tweedie_deviance(truth, prediction, power=power))


def _tweedie_terms(truth: Array, prediction: Array, power: float) -> Terms:
    return mean_of(deviances(truth, prediction, power))


def _loss(name: str, source: str, **fields: Any) -> Scorer:
    """A loss of numbers: 0 is perfect."""
    return Scorer(
        name=name,
        source=source,
        higher_is_better=False,
        lower=0.0,
        upper=float("inf"),
        perfect=0.0,
        kinds=(InputKind.NUMBERS,),
        **fields,
    )


SCORERS = (
    _loss(
        "pinball",
        _SKLEARN.format("mean_pinball_loss"),
        title="Pinball loss",
        summary="The loss of one predicted quantile: what is missing counts alpha, what is too "
        "much 1 − alpha.",
        formula="(1/n) Σ max(α (yᵢ − ŷᵢ), (α − 1) (yᵢ − ŷᵢ))",
        compute=_pinball,
        decompose=_pinball_terms,
        parameters=(ALPHA, MULTIOUTPUT),
        several=True,
    ),
    _loss(
        "huber",
        "https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.huber.html",
        title="Huber loss",
        summary="The mean of half the squared error, which grows only linearly beyond delta.",
        formula="(1/n) Σ h(ŷᵢ − yᵢ), h(e) = e²/2 if |e| ≤ δ, else δ (|e| − δ/2)",
        compute=_huber,
        decompose=_huber_terms,
        parameters=(_DELTA,),
    ),
    _loss(
        "poisson_deviance",
        _SKLEARN.format("mean_poisson_deviance"),
        title="Poisson deviance",
        summary="The deviance of counts or rates; the answers are at least 0, the predictions "
        "above 0.",
        formula="(2/n) Σ (yᵢ ln(yᵢ / ŷᵢ) − yᵢ + ŷᵢ)",
        compute=_poisson,
        decompose=_poisson_terms,
        numbers_above=0.0,
        truth_from=0.0,
        ideal=positive,
    ),
    _loss(
        "gamma_deviance",
        _SKLEARN.format("mean_gamma_deviance"),
        title="Gamma deviance",
        summary="The deviance of positive amounts: only the ratio of prediction and truth counts.",
        formula="(2/n) Σ (ln(ŷᵢ / yᵢ) + yᵢ / ŷᵢ − 1)",
        compute=_gamma,
        decompose=_gamma_terms,
        numbers_above=0.0,
        truth_above=0.0,
    ),
    _loss(
        "tweedie_deviance",
        _SKLEARN.format("mean_tweedie_deviance"),
        title="Tweedie deviance",
        summary="The deviance of the distribution whose variance goes with a power of its mean.",
        formula="(2/n) Σ (yᵢ²⁻ᵖ / ((1−p)(2−p)) − yᵢ ŷᵢ¹⁻ᵖ / (1−p) + ŷᵢ²⁻ᵖ / (2−p))",
        compute=_tweedie,
        decompose=_tweedie_terms,
        parameters=(POWER,),
        ideal=positive,
        build=bounded_by_power,
    ),
)
