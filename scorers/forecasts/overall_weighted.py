"""Forecasts beside a yardstick: M4's overall weighted average of sMAPE and MASE."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.forecasts.forecasting import (
    M4,
    PERIOD,
    SERIES,
    absolute_scales,
    forecast_error,
    symmetric_errors,
)
from scorers.forecasts.series import History, Series
from scorers.inputs import Content
from scorers.roles import Role
from scorers.sampling.terms import Floats, Terms, divide
from scorers.sentences import sentence

Array = NDArray[Any]


def _owa(
    truth: Array, prediction: Array, period: int, series: Array, step: Array, history: History
) -> float:
    """The mean of sMAPE and MASE, each over that of Naive2.

    >>> from scorers import get_scorer
    >>> named = {"series": ["a", "a"], "step": [1, 2], "history": {"a": [1.0, 3.0, 2.0]}}
    >>> get_scorer("owa").score([4.0, 5.0], [2.0, 2.0], **named)
    1.0
    """
    groups = Series.of(series)
    errors = _owa_errors(truth, prediction, period, groups, step, history)
    return float(_relative(np.array([groups.means(column).mean() for column in errors])))


def _owa_terms(
    truth: Array, prediction: Array, period: int, series: Array, step: Array, history: History
) -> Terms:
    groups = Series.of(series)
    columns = _owa_errors(truth, prediction, period, groups, step, history)
    if len(groups.names) > 1:
        columns = [groups.at_first_rows(groups.means(column)) for column in columns]
    return Terms(finish=lambda sums, n: _relative(sums), columns=tuple(columns))


def _owa_errors(
    truth: Array, prediction: Array, period: int, groups: Series, step: Array, history: History
) -> list[Floats]:
    """The symmetric and the scaled error of each row, then those of Naive2."""
    scales = absolute_scales(groups, history, period)[groups.of_row]
    found = []
    for forecast in (prediction, groups.naive2(history, step, period)):
        found.append(symmetric_errors(truth, forecast))
        found.append(np.abs(truth - forecast) / scales)
    if not found[-1].any():
        raise ValueError(sentence("Naive2 hits every answer: there is nothing to compare with."))
    return found


def _relative(sums: Floats) -> Floats:
    return (divide(sums[..., 0], sums[..., 2]) + divide(sums[..., 1], sums[..., 3])) / 2


SCORERS = (
    forecast_error(
        "owa",
        title="Overall weighted average",
        summary="The mean of sMAPE and MASE, each divided by that of Naive2, as in M4: below 1 is "
        "better than Naive2.",
        formula="½ (sMAPE / sMAPE(Naive2) + MASE / MASE(Naive2))",
        source=M4,
        compute=_owa,
        decompose=_owa_terms,
        parameters=(PERIOD,),
        roles=(
            SERIES,
            Role(
                "step",
                "step",
                "The column with the number of steps after the end of the series' past: 1, 2, 3, "
                "...; in the rows of training any number.",
                Content.NUMBER,
            ),
        ),
        needs_history=True,
        in_time_order=True,
    ),
)
