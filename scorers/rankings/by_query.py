"""What the metrics of rankings share: their parameters, and the mean over the queries."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.kinds import InputKind
from scorers.parameters import REQUIRED, Parameter, is_count
from scorers.rankings.ranked_hits import hits_of, is_lists
from scorers.rankings.ranked_lists import ideal_lists
from scorers.roles import Role
from scorers.sampling.terms import Floats, Terms, divide, mean_of
from scorers.scorer import Scorer

Array = NDArray[Any]
KINDS = (InputKind.RANKED_LISTS, InputKind.NUMBERS)
GRADED = Parameter(
    "graded",
    False,
    "Whether the solution's lists hold `item:grade` instead of the relevant items alone.",
    (False, True),
)
QUERY = Role(
    "query",
    None,
    "The column of the query, for a table with a score for each pair of query and item; "
    "left out where each row is a ranked list.",
    is_unit=True,
)
CUT = Parameter(
    "k",
    REQUIRED,
    "How many of the first items count.",
    accepts=is_count,
    expected="a whole number of at least 1",
)
OPTIONAL_CUT = Parameter(
    "k",
    None,
    "How many of the first items count; by default all.",
    accepts=is_count,
    expected="a whole number of at least 1",
)


# A metric of each query, shape (queries,), from its hits and the metric's parameters.
PerQuery = Callable[..., Floats]


def mean_over_queries(
    of_query: PerQuery,
    truth: Array,
    prediction: Array,
    graded: bool,
    query: Array | None = None,
    **params: Any,
) -> float:
    """The mean of a metric over the queries."""
    return float(of_query(hits_of(truth, prediction, query, graded), **params).mean())


def query_terms(
    of_query: PerQuery,
    truth: Array,
    prediction: Array,
    graded: bool,
    query: Array | None = None,
    **params: Any,
) -> Terms:
    """The terms of that mean: each query's value stands at its first row."""
    hits = hits_of(truth, prediction, query, graded)
    return terms_at(hits.first_row, of_query(hits, **params), hits.rows)


def terms_at(rows_of_values: Array, values: Floats, rows: int) -> Terms:
    """The terms of a mean of values that belong to some of the rows."""
    if len(values) == rows:
        return mean_of(values[np.argsort(rows_of_values)])
    columns = np.zeros((2, rows))
    columns[:, rows_of_values] = values, np.ones(len(values))
    return Terms(
        finish=lambda sums, n: divide(sums[..., 0], sums[..., 1]),
        columns=(columns[0], columns[1]),
        power=1,
    )


def fed_by_query(scorer: Scorer) -> Scorer:
    """Reads a table of scores where a column of queries is named, else ranked lists."""
    kind = InputKind.RANKED_LISTS if scorer.params["query"] is None else InputKind.NUMBERS
    return replace(scorer, kinds=(kind,))


def ideal_ranking(truth: Array, *, graded: bool, **_: Any) -> Array:
    """The lists, or the scores, that rank the best first."""
    return ideal_lists(truth, graded=graded) if is_lists(truth) else truth.astype(np.float64)
