"""Several columns of targets: how the metric of each becomes one number, as scikit-learn has it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.parameters import Parameter, is_number
from scorers.sampling.terms import Floats, Terms, divide, mean_of

Array = NDArray[Any]
Multioutput = str | tuple[float, ...]
UNIFORM = "uniform_average"
BY_VARIANCE = "variance_weighted"
# What is left of a spread that is 0, after rounding, relative to the sum of squares.
_ROUNDING = 1e-13


def is_weights(value: Any) -> bool:
    """Whether a value is a list of weights: numbers of at least 0 that are not all 0."""
    if not isinstance(value, tuple) or not all(is_number(v) and v >= 0 for v in value):
        return False
    return sum(value) > 0


MULTIOUTPUT = Parameter(
    "multioutput",
    UNIFORM,
    "With several columns: the plain mean of the metric over them, or a weight for each column.",
    accepts=lambda value: value == UNIFORM or is_weights(value),
    expected="“uniform_average” or a list of weights, one for each column",
)
MULTIOUTPUT_OR_VARIANCE = Parameter(
    "multioutput",
    UNIFORM,
    "With several columns: the plain mean of the metric over them, the mean weighted by the "
    "variance of each, or a weight for each column.",
    accepts=lambda value: value in (UNIFORM, BY_VARIANCE) or is_weights(value),
    expected="“uniform_average”, “variance_weighted” or a list of weights, one for each column",
)


def as_columns(values: Array) -> Floats:
    """Shape (n, k) of one column or of several."""
    columns: Floats = np.asarray(values, dtype=np.float64)
    return columns[:, None] if columns.ndim == 1 else columns


def over_targets(values: Floats, multioutput: Multioutput) -> Floats:
    """The mean over the last axis, plain or under the weights."""
    weights = None if isinstance(multioutput, str) else multioutput
    averaged: Floats = np.average(values, axis=-1, weights=weights)
    return averaged


def mean_loss(losses: Array, multioutput: Multioutput) -> Terms:
    """The terms of a metric that is the mean of one loss a row and column, shape (n,) or (n, k)."""
    return mean_of(over_targets(as_columns(losses), multioutput))


def root_mean_loss(losses: Array, multioutput: Multioutput) -> Terms:
    """The terms of a metric that is the root of a mean loss in each column, then their mean."""

    def finish(sums: Floats, n: Floats) -> Floats:
        return over_targets(np.sqrt(divide(sums, n[..., None])), multioutput)

    columns = tuple(as_columns(losses).T)
    return Terms(finish=finish, columns=columns, power=2 if len(columns) == 1 else None)


def share_explained(left: Floats, whole: Floats, multioutput: Multioutput) -> Floats:
    """1 - left / whole over the last axis; 1 where nothing is left, 0 where all of nothing is."""
    shares = np.where(left == 0, 1.0, np.where(whole == 0, 0.0, 1 - divide(left, whole)))
    if multioutput != BY_VARIANCE:
        return over_targets(shares, multioutput)
    weighted = divide((shares * whole).sum(-1), whole.sum(-1))
    return np.where(whole.any(-1), weighted, shares.mean(-1))


def spread(total: Floats, squares: Floats, n: Floats) -> Floats:
    """The sum of squares about the mean, from the sum and the sum of squares of a column."""
    about: Floats = squares - divide(total * total, n)
    return np.where(about > _ROUNDING * squares, about, 0.0)
