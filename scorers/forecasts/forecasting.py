"""Forecasts of many series in a long table: errors by series, then the mean over the series.

The definitions are those of the M4 and M5 competitions (Makridakis, Spiliotis and Assimakopoulos,
2020 and 2022).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.forecasts.series import History, Series, mean_over_series, row_terms
from scorers.inputs import Content
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_count
from scorers.roles import Role
from scorers.sampling.terms import Floats, Sums, Terms, divide, mean_of
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
M4 = "https://doi.org/10.1016/j.ijforecast.2019.04.014"
_M5 = "https://doi.org/10.1016/j.ijforecast.2021.11.013"

PERIOD = Parameter(
    "period",
    1,
    "The number of steps in a season: the naive forecast repeats the value of that many steps ago "
    "(12 for months of a year, 1 for no season).",
    accepts=is_count,
    expected="a whole number of at least 1",
)
_LEADING_ZEROS = Parameter(
    "leading_zeros",
    "drop",
    "Whether the zeros before the first other number of a series are part of its past: in M5 they "
    "are not, as the product was not yet sold.",
    choices=("drop", "keep"),
)
SERIES = Role("series", "series", "The column that says which series a row is of.", is_unit=True)
_WEIGHT = sentence("The column with the weight of a row's series, the same in all of its rows.")
_OR_EQUAL = sentence(
    "The column with the weight of a row's series, the same in all of its rows; without it all "
    "series count the same."
)


def _weight_role(default: str | None) -> Role:
    return Role("weight", default, _WEIGHT if default else _OR_EQUAL, Content.NUMBER)


def symmetric_errors(truth: Array, prediction: Array) -> Floats:
    """200 |y - f| / (|y| + |f|) for each row; 0 where both are 0."""
    size = np.abs(truth) + np.abs(prediction)
    return divide(200 * np.abs(truth - prediction), size.astype(np.float64), 0.0)


def _smape(truth: Array, prediction: Array, series: Array | None = None) -> float:
    """The mean absolute error relative to the mean of truth and prediction, in percent up to 200.

    >>> from scorers import get_scorer
    >>> get_scorer("smape").score([100.0, 100.0], [100.0, 50.0])
    33.333333333333336
    """
    errors = symmetric_errors(truth, prediction)
    return float(errors.mean() if series is None else Series.of(series).means(errors).mean())


def _smape_terms(truth: Array, prediction: Array, series: Array | None = None) -> Terms:
    errors = symmetric_errors(truth, prediction)
    if series is None or len(set(series)) == 1:
        return mean_of(errors)
    groups = Series.of(series)
    return mean_over_series(groups, groups.means(errors), np.ones(len(groups.names)))


def _mase(
    truth: Array,
    prediction: Array,
    period: int,
    series: Array,
    history: History,
    weight: Array | None = None,
) -> float:
    """The mean absolute error of each series over that of the naive forecast in its past.

    >>> from scorers import get_scorer
    >>> past = {"north": [1.0, 3.0, 2.0]}
    >>> get_scorer("mase").score([4.0, 5.0], [3.0, 3.0], series=["north"] * 2, history=past)
    1.0
    """
    groups = Series.of(series)
    values = groups.means(np.abs(truth - prediction)) / absolute_scales(groups, history, period)
    return float(np.average(values, weights=groups.weights(weight)))


def absolute_scales(groups: Series, history: History, period: int) -> Floats:
    """The mean absolute error of the seasonal naive forecast in each series' past."""
    return groups.scales(history, np.abs, period, trimmed=False)


def _mase_terms(
    truth: Array,
    prediction: Array,
    period: int,
    series: Array,
    history: History,
    weight: Array | None = None,
) -> Sums:
    groups = Series.of(series)
    scales = absolute_scales(groups, history, period)
    errors = np.abs(truth - prediction)
    if len(scales) == 1:
        return row_terms(errors / scales)
    return mean_over_series(groups, groups.means(errors) / scales, groups.weights(weight))


def _rmsse(
    truth: Array,
    prediction: Array,
    period: int,
    leading_zeros: str,
    series: Array,
    history: History,
    weight: Array | None = None,
) -> float:
    """The root of the mean squared error of each series over that of the naive forecast.

    >>> from scorers import get_scorer
    >>> past = {"north": [0.0, 1.0, 3.0, 1.0]}
    >>> get_scorer("rmsse").score([4.0, 5.0], [3.0, 4.0], series=["north"] * 2, history=past)
    0.5
    """
    groups = Series.of(series)
    scales = _squared_scales(groups, history, period, leading_zeros)
    values = np.sqrt(groups.means((truth - prediction) ** 2) / scales)
    return float(np.average(values, weights=groups.weights(weight)))


def _squared_scales(groups: Series, history: History, period: int, leading_zeros: str) -> Floats:
    return groups.scales(history, np.square, period, trimmed=leading_zeros == "drop")


def _rmsse_terms(
    truth: Array,
    prediction: Array,
    period: int,
    leading_zeros: str,
    series: Array,
    history: History,
    weight: Array | None = None,
) -> Sums:
    groups = Series.of(series)
    scales = _squared_scales(groups, history, period, leading_zeros)
    errors = (truth - prediction) ** 2
    if len(scales) == 1:
        return row_terms(errors / scales, rooted=True)
    values = np.sqrt(groups.means(errors) / scales)
    return mean_over_series(groups, values, groups.weights(weight))


def _wrmsse(truth: Array, prediction: Array, **context: Any) -> float:
    """The mean of the series' RMSSE under the series' weights.

    >>> from scorers import get_scorer
    >>> past = {"a": [1.0, 3.0, 1.0], "b": [1.0, 2.0, 3.0]}
    >>> named = {"series": ["a", "b"], "weight": [3.0, 1.0], "history": past}
    >>> get_scorer("wrmsse").score([4.0, 4.0], [2.0, 2.0], **named)
    1.25
    """
    return _rmsse(truth, prediction, **context)


def forecast_error(name: str, upper: float = float("inf"), **fields: Any) -> Scorer:
    """A scorer of forecasts whose value is an error: 0 is perfect."""
    return Scorer(
        name=name,
        higher_is_better=False,
        lower=0.0,
        upper=upper,
        perfect=0.0,
        kinds=(InputKind.NUMBERS,),
        **fields,
    )


SCORERS = (
    forecast_error(
        "smape",
        upper=200.0,
        title="Symmetric mean absolute percentage error",
        summary="The mean absolute error relative to the mean of truth and prediction, in percent "
        "from 0 to 200, as in M4; a row where both are 0 counts 0.",
        formula="(1/n) Σ 200 |yᵢ − ŷᵢ| / (|yᵢ| + |ŷᵢ|)",
        source=M4,
        compute=_smape,
        decompose=_smape_terms,
        roles=(
            Role(
                "series",
                None,
                "The column that says which series a row is of: the mean is taken in each series, "
                "then over the series.",
                is_unit=True,
            ),
        ),
        in_time_order=True,
    ),
    forecast_error(
        "mase",
        title="Mean absolute scaled error",
        summary="The mean absolute error of each series, in units of that of the seasonal naive "
        "forecast in its past; then the mean over the series.",
        formula="(1/S) Σₛ mean |y − ŷ| / ((1/(n − m)) Σₜ |yₜ − yₜ₋ₘ|)",
        source=M4,
        compute=_mase,
        decompose=_mase_terms,
        parameters=(PERIOD,),
        roles=(SERIES, _weight_role(None)),
        needs_history=True,
        in_time_order=True,
    ),
    forecast_error(
        "rmsse",
        title="Root mean squared scaled error",
        summary="The root mean squared error of each series, in units of that of the naive "
        "forecast in its past; then the mean over the series.",
        formula="(1/S) Σₛ √(mean (y − ŷ)² / ((1/(n − m)) Σₜ (yₜ − yₜ₋ₘ)²))",
        source=_M5,
        compute=_rmsse,
        decompose=_rmsse_terms,
        parameters=(PERIOD, _LEADING_ZEROS),
        roles=(SERIES, _weight_role(None)),
        needs_history=True,
        in_time_order=True,
    ),
    forecast_error(
        "wrmsse",
        title="Weighted root mean squared scaled error",
        summary="The mean of the series' root mean squared scaled errors under weights of the "
        "series, as in M5.",
        formula="Σₛ wₛ RMSSEₛ / Σₛ wₛ",
        source=_M5,
        compute=_wrmsse,
        decompose=_rmsse_terms,
        parameters=(PERIOD, _LEADING_ZEROS),
        roles=(SERIES, _weight_role("weight")),
        needs_history=True,
        in_time_order=True,
    ),
)
