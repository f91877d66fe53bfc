"""Errors of predicted numbers relative to the truth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.kinds import InputKind
from scorers.numbers.targets import MULTIOUTPUT, Multioutput, mean_loss
from scorers.sampling.terms import Floats, Terms, divide
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]


def _mape(truth: Array, prediction: Array, multioutput: Multioutput) -> float:
    """The mean absolute error relative to the truth, as a fraction.

    >>> from scorers import get_scorer
    >>> get_scorer("mape").score([2.0, 4.0], [1.0, 5.0])
    0.375
    """
    found = metrics.mean_absolute_percentage_error(truth, prediction, multioutput=multioutput)
    return float(found)


def _mape_terms(truth: Array, prediction: Array, multioutput: Multioutput) -> Terms:
    tiny = np.finfo(np.float64).eps
    return mean_loss(np.abs(prediction - truth) / np.maximum(np.abs(truth), tiny), multioutput)


def _wmape(truth: Array, prediction: Array) -> float:
    """The sum of the absolute errors relative to the sum of the true amounts, as a fraction.

    >>> from scorers import get_scorer
    >>> get_scorer("wmape").score([2.0, 6.0], [1.0, 5.0])
    0.25
    """
    whole = np.abs(truth).sum()
    if whole == 0:
        raise ValueError(
            sentence("every answer is 0, so there is nothing to relate the errors to.")
        )
    return float(np.abs(prediction - truth).sum() / whole)


def _wmape_terms(truth: Array, prediction: Array) -> Terms:
    def finish(sums: Floats, n: Floats) -> Floats:
        return divide(sums[..., 0], sums[..., 1])

    return Terms(finish=finish, columns=(np.abs(prediction - truth), np.abs(truth)), power=1)


SCORERS = (
    Scorer(
        name="mape",
        title="Mean absolute percentage error",
        summary="The mean absolute error relative to the truth, as a fraction: 0.1 is 10 %.",
        formula="(1/n) Σ |ŷᵢ − yᵢ| / max(|yᵢ|, ε)",
        source="https://scikit-learn.org/stable/modules/generated/"
        "sklearn.metrics.mean_absolute_percentage_error.html",
        higher_is_better=False,
        lower=0.0,
        upper=float("inf"),
        perfect=0.0,
        kinds=(InputKind.NUMBERS,),
        compute=_mape,
        decompose=_mape_terms,
        parameters=(MULTIOUTPUT,),
        several=True,
    ),
    Scorer(
        name="wmape",
        title="Weighted mean absolute percentage error",
        summary="The sum of the absolute errors relative to the sum of the true amounts, as a "
        "fraction: rows count by their size.",
        formula="Σ |ŷᵢ − yᵢ| / Σ |yᵢ|",
        source="https://en.wikipedia.org/wiki/WMAPE",
        higher_is_better=False,
        lower=0.0,
        upper=float("inf"),
        perfect=0.0,
        kinds=(InputKind.NUMBERS,),
        compute=_wmape,
        decompose=_wmape_terms,
    ),
)
