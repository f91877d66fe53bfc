"""Metrics of rankings that ask which items are relevant, and at which rank they stand.

MAP@K is Kaggle's (ml_metrics); precision, recall and the reciprocal rank are trec_eval's.
"""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.rankings.by_query import (
    CUT,
    GRADED,
    KINDS,
    OPTIONAL_CUT,
    QUERY,
    fed_by_query,
    ideal_ranking,
    mean_over_queries,
    query_terms,
)
from scorers.rankings.ranked_hits import Hits, is_lists
from scorers.rankings.ranked_lists import LIST_WORDS, read_list, read_relevant
from scorers.sampling.terms import Floats, divide
from scorers.scorer import Scorer
from scorers.uncertainty import Interval, wilson_interval

Array = NDArray[Any]
_ML_METRICS = (
    "https://github.com/benhamner/Metrics/blob/master/Python/ml_metrics/average_precision.py"
)
_TREC = "https://github.com/usnistgov/trec_eval"


def _precision_at_k(truth: Array, prediction: Array, **params: Any) -> float:
    """The share of the first k items that are relevant, a place left free counting as a miss.

    >>> from scorers import get_scorer
    >>> get_scorer("precision_at_k", k=2).score(["a b", "c"], ["a x b", "c"])
    0.5
    """
    return mean_over_queries(_precisions, truth, prediction, **params)


def _precisions(hits: Hits, k: int) -> Floats:
    return _hits_within(hits, k) / k


def _recall_at_k(truth: Array, prediction: Array, **params: Any) -> float:
    """The share of the relevant items that are among the first k.

    >>> from scorers import get_scorer
    >>> get_scorer("recall_at_k", k=2).score(["a b", "c"], ["a x b", "c"])
    0.75
    """
    return mean_over_queries(_recalls, truth, prediction, **params)


def _recalls(hits: Hits, k: int) -> Floats:
    return divide(_hits_within(hits, k), hits.number_relevant, 0.0)


def _hit_rate_at_k(truth: Array, prediction: Array, **params: Any) -> float:
    """The share of the queries with a relevant item among the first k.

    >>> from scorers import get_scorer
    >>> get_scorer("hit_rate_at_k", k=1).score(["a b", "c"], ["a x b", "x c"])
    0.5
    """
    return mean_over_queries(_hit_rates, truth, prediction, **params)


def _hit_rates(hits: Hits, k: int) -> Floats:
    return (_hits_within(hits, k) > 0).astype(np.float64)


def _hits_within(hits: Hits, k: int) -> Floats:
    return hits.summed(hits.found, (hits.found.rank <= k).astype(np.float64))


def _mrr(truth: Array, prediction: Array, **params: Any) -> float:
    """The mean of one over the rank of the first relevant item, 0 where there is none.

    >>> from scorers import get_scorer
    >>> get_scorer("mrr").score(["a b", "c"], ["x b a", "c"])
    0.75
    """
    return mean_over_queries(_reciprocal_ranks, truth, prediction, **params)


def _reciprocal_ranks(hits: Hits, k: int | None) -> Floats:
    found = hits.found
    counts = (found.ordinal == 0) & (True if k is None else found.rank <= k)
    return hits.summed(found, counts / found.rank)


def _map_at_k(truth: Array, prediction: Array, **params: Any) -> float:
    """The mean over the queries of the average precision within the first k.

    >>> from scorers import get_scorer
    >>> get_scorer("map_at_k", k=3).score(["a b", "c"], ["a x b", "x c y"])
    0.6666666666666666
    """
    return mean_over_queries(_average_precisions, truth, prediction, **params)


def _average_precisions(hits: Hits, k: int) -> Floats:
    found = hits.found
    precision = (found.ordinal + 1) / found.rank
    summed = hits.summed(found, np.where(found.rank <= k, precision, 0.0))
    return divide(summed, np.minimum(hits.number_relevant, k), 0.0)


def _hit_rate_interval(truth: Array, prediction: Array, **params: Any) -> Interval | None:
    """Wilson's, for lists: each row is a query, hit or not."""
    if not is_lists(prediction):
        return None
    return wilson_interval(_hit_rate_at_k(truth, prediction, **params), len(truth))


_scorer = partial(
    Scorer,
    higher_is_better=True,
    lower=0.0,
    upper=1.0,
    perfect=1.0,
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
        name="map_at_k",
        title="Mean average precision at k",
        summary="The mean over the queries of the precision at the rank of each relevant item.",
        formula="(1/Q) Σ_q 1/min(R_q, k) Σ_{r ≤ k} P_q(r) [item r is relevant]",
        source=_ML_METRICS,
        compute=_map_at_k,
        decompose=partial(query_terms, _average_precisions),
        parameters=(CUT, GRADED),
    ),
    _scorer(
        name="mrr",
        title="Mean reciprocal rank",
        summary="The mean of one over the rank of the first relevant item.",
        formula="(1/Q) Σ_q 1/(rank of the first relevant item)",
        source=_TREC,
        compute=_mrr,
        decompose=partial(query_terms, _reciprocal_ranks),
        parameters=(OPTIONAL_CUT, GRADED),
    ),
    _scorer(
        name="precision_at_k",
        title="Precision at k",
        summary="The share of the first k items that are relevant.",
        formula="(1/Q) Σ_q |relevant among the first k| / k",
        source=_TREC,
        compute=_precision_at_k,
        decompose=partial(query_terms, _precisions),
        parameters=(CUT, GRADED),
    ),
    _scorer(
        name="recall_at_k",
        title="Recall at k",
        summary="The share of the relevant items that are among the first k.",
        formula="(1/Q) Σ_q |relevant among the first k| / R_q",
        source=_TREC,
        compute=_recall_at_k,
        decompose=partial(query_terms, _recalls),
        parameters=(CUT, GRADED),
    ),
    _scorer(
        name="hit_rate_at_k",
        title="Hit rate at k",
        summary="The share of the queries with a relevant item among the first k.",
        formula="(1/Q) Σ_q [a relevant item is among the first k]",
        source=_TREC,
        compute=_hit_rate_at_k,
        decompose=partial(query_terms, _hit_rates),
        interval=_hit_rate_interval,
        parameters=(CUT, GRADED),
    ),
)
