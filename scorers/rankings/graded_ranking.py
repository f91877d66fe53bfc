"""Metrics of rankings that ask how relevant each item is: nDCG, DCG, expected reciprocal rank."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.parameters import REQUIRED, Parameter, is_positive
from scorers.rankings.by_query import (
    GRADED,
    KINDS,
    OPTIONAL_CUT,
    QUERY,
    fed_by_query,
    ideal_ranking,
    mean_over_queries,
    query_terms,
    terms_at,
)
from scorers.rankings.gains import Table, discount, gain_of, library_mean, query_gains
from scorers.rankings.ranked_hits import Graded, Hits, is_lists
from scorers.rankings.ranked_lists import LIST_WORDS, read_list, read_relevant
from scorers.sampling.terms import Floats, Terms, divide
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
_GAIN = Parameter(
    "gain",
    "linear",
    "What an item of grade g adds: g, or 2^g − 1.",
    choices=("linear", "exponential"),
)
_MAX_GRADE = Parameter(
    "max_grade",
    REQUIRED,
    "The highest grade of the scale.",
    accepts=is_positive,
    expected="a number above 0",
)


def _ndcg(truth: Array, prediction: Array, **params: Any) -> float:
    """The discounted cumulative gain relative to that of the best order.

    >>> from scorers import get_scorer
    >>> ndcg = get_scorer("ndcg", query="query")
    >>> round(ndcg.score([2.0, 1.0, 0.0], [0.3, 0.9, 0.1], query=["q", "q", "q"]), 12)
    0.859718699852
    """
    return _gain_mean(truth, prediction, normalised=True, **params)


def _dcg(truth: Array, prediction: Array, **params: Any) -> float:
    """The sum of the gains of the ranked items, each over the logarithm of its rank.

    >>> from scorers import get_scorer
    >>> get_scorer("dcg", graded=True).score(["a:3 b:1"], ["a x b"])
    3.5
    """
    return _gain_mean(truth, prediction, normalised=False, **params)


def _gain_mean(
    truth: Array,
    prediction: Array,
    k: int | None,
    gain: str,
    graded: bool,
    normalised: bool,
    query: Array | None = None,
) -> float:
    if query is None or is_lists(prediction):
        of_query = partial(_list_gains, gain=gain, normalised=normalised)
        return mean_over_queries(of_query, truth, prediction, graded, query, k=k)
    codes = np.unique(query, return_inverse=True)[1]
    return library_mean(Table(gain_of(truth, gain), prediction, codes), k, normalised)


def _gain_terms(
    truth: Array,
    prediction: Array,
    k: int | None,
    gain: str,
    graded: bool,
    normalised: bool,
    query: Array | None = None,
) -> Terms:
    if query is None or is_lists(prediction):
        of_query = partial(_list_gains, gain=gain, normalised=normalised)
        return query_terms(of_query, truth, prediction, graded, query, k=k)
    _, first_row, codes = np.unique(query, return_index=True, return_inverse=True)
    table = Table(gain_of(truth, gain), prediction, codes)
    return terms_at(first_row, query_gains(table, k, normalised), len(truth))


def _list_gains(hits: Hits, k: int | None, gain: str, normalised: bool) -> Floats:
    def summed(items: Graded) -> Floats:
        return hits.summed(items, gain_of(items.grade, gain) * discount(items.rank, k))

    gained = summed(hits.found)
    return divide(gained, summed(hits.relevant), 0.0) if normalised else gained


def _err(truth: Array, prediction: Array, **params: Any) -> float:
    """The mean of one over the rank at which a reader stops who is content with good items.

    >>> from scorers import get_scorer
    >>> err = get_scorer("err", max_grade=1, graded=True)
    >>> round(err.score(["a:1 b:1"], ["a x b"]), 12)
    0.583333333333
    """
    return mean_over_queries(_expected_reciprocals, truth, prediction, **params)


def _expected_reciprocals(hits: Hits, k: int | None, max_grade: float) -> Floats:
    """Raises: ValueError where a grade is above the highest."""
    found = hits.found
    if (hits.relevant.grade > max_grade).any():
        said = sentence(
            "a grade of the solution is above max_grade = %(most)s.", most=float(max_grade)
        )
        raise ValueError(said)
    stops = (np.exp2(found.grade) - 1) / np.exp2(max_grade)
    counts = stops if k is None else np.where(found.rank <= k, stops, 0.0)
    return hits.summed(found, counts * _readers_left(found, stops) / found.rank)


def _readers_left(items: Graded, stops: Floats) -> Floats:
    """The share of readers whom no earlier item of the query has stopped, shape (items,)."""
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(-stops))])[:-1]
    first = np.arange(len(logs)) - items.ordinal
    left: Floats = np.exp(logs - logs[first])
    return left


_scorer = partial(
    Scorer,
    higher_is_better=True,
    lower=0.0,
    kinds=KINDS,
    roles=(QUERY,),
    read_cell=read_list,
    read_truth=read_relevant,
    cell_words=LIST_WORDS,
    ideal=ideal_ranking,
    build=fed_by_query,
)

SCORERS = (
    _scorer(
        name="ndcg",
        title="Normalised discounted cumulative gain",
        summary="The gain of the ranked items, discounted by rank, relative to the best order.",
        formula="(1/Q) Σ_q DCG_q / (DCG_q of the best order)",
        source=_SKLEARN.format("ndcg_score"),
        upper=1.0,
        perfect=1.0,
        compute=_ndcg,
        decompose=partial(_gain_terms, normalised=True),
        parameters=(OPTIONAL_CUT, _GAIN, GRADED),
    ),
    _scorer(
        name="dcg",
        title="Discounted cumulative gain",
        summary="The sum of the gains of the ranked items, discounted by rank.",
        formula="(1/Q) Σ_q Σ_{r ≤ k} gain(item r) / log₂(r + 1)",
        source=_SKLEARN.format("dcg_score"),
        upper=float("inf"),
        perfect=float("inf"),
        compute=_dcg,
        decompose=partial(_gain_terms, normalised=False),
        parameters=(OPTIONAL_CUT, _GAIN, GRADED),
    ),
    _scorer(
        name="err",
        title="Expected reciprocal rank",
        summary="One over the rank at which a reader stops, expected over content readers.",
        formula="(1/Q) Σ_q Σ_r (1/r) s_r Π_{i<r} (1 − s_i), s = (2^g − 1) / 2^max_grade",
        source="https://doi.org/10.1145/1645953.1646033",
        upper=1.0,
        perfect=1.0,
        compute=_err,
        decompose=partial(query_terms, _expected_reciprocals),
        parameters=(_MAX_GRADE, OPTIONAL_CUT, GRADED),
    ),
)
