"""Kaggle's signature of a metric: two data frames and the name of the id column."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from scorers.metric_files.rows import Columns, Rows


def call(score: Callable[..., Any], rows: Rows, params: Mapping[str, Any]) -> Any:
    """What the metric returns for these rows: it gets frames of its own, to do with as it likes.

    Both frames have the id column, in the same order; `Usage` is not there. Source: Kaggle's
    documentation of metrics (score, row_id_column_name, ParticipantVisibleError).
    """
    (id_name,) = rows.ids
    solution = _frame({**rows.ids, **rows.solution})
    submission = _frame({**rows.ids, **rows.submission})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return score(solution, submission, id_name, **params)


def _frame(columns: Columns) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values.copy()) for name, values in columns.items()})
