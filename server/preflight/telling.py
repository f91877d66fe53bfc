"""Whether one column of numbers or values gives the answers away."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

_SURE = 0.999
_FEWEST_ROWS, _FEWEST_OF_A_CLASS = 30, 5
# A value that stands for so few rows tells them apart like an id; that is no rule.
_ROWS_A_VALUE = 5

Values = NDArray[np.generic]


def tells_all(column: pl.Series, answers: Values, labels: bool) -> bool:
    """Whether a column alone orders or names (nearly) all answers.

    Labels: an area under the ROC curve beyond 0.999 (two classes), or each value standing for one
    label in 99.9 % of the rows. Numbers: a rank correlation beyond 0.999, or one answer a value.
    """
    there = column.is_not_null().to_numpy()
    if there.sum() < max(_FEWEST_ROWS, 0.9 * len(column)) or column.n_unique() < 2:
        return False
    column, answers = column.filter(pl.Series(there)), answers[there]
    if len(np.unique(answers)) < 2:
        return False
    numeric = column.dtype.is_numeric() or column.dtype == pl.Boolean
    values = column.cast(pl.Float64).to_numpy() if numeric else None
    if labels:
        return _named(column, answers) or (values is not None and _area(values, answers) > _SURE)
    return values is not None and _correlation(values, answers) > _SURE


def _area(values: Values, answers: Values) -> float:
    """The area under the ROC curve, in the better direction; 0 unless there are two classes."""
    classes, counts = np.unique(answers, return_counts=True)
    if len(classes) != 2 or counts.min() < _FEWEST_OF_A_CLASS:
        return 0.0
    positive = answers == classes[1]
    return 0.5 + abs(area_of(rankdata(values), positive) - 0.5)


def area_of(ranks: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """The area under the ROC curve, from the ranks of the values (Mann and Whitney, 1947)."""
    hits = int(positive.sum())
    rest = len(positive) - hits
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * rest))


def _named(column: pl.Series, answers: Values) -> bool:
    """Whether each value stands for one label, with enough rows a value to be a rule."""
    if column.n_unique() * _ROWS_A_VALUE > len(column):
        return False
    pairs = pl.DataFrame({"value": column.cast(pl.String), "label": answers})
    counts = pairs.group_by("value", "label").len()
    right = counts.group_by("value").agg(pl.col("len").max())["len"].sum()
    commonest = int(np.unique(answers, return_counts=True)[1].max())
    return bool(right >= _SURE * len(column) and commonest < _SURE * len(column))


def _correlation(values: Values, answers: Values) -> float:
    ranks = np.corrcoef(rankdata(values), rankdata(answers))
    return float(abs(ranks[0, 1]))
