"""Discounted cumulative gain of tables of scores, tied scores averaged as scikit-learn does."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.rankings.ranked_hits import ordinals
from scorers.sampling.terms import Codes, Floats, divide
from scorers.sentences import sentence

Array = NDArray[Any]
_BASE = 2.0


class Table(NamedTuple):
    """A table of scores: the gain, the score and the query's code of each row, shape (rows,)."""

    gain: Floats
    score: Array
    query: Codes


def gain_of(grade: Array, gain: str) -> Floats:
    """The gain of a grade: itself, or 2**grade - 1."""
    grades = grade.astype(np.float64)
    return grades if gain == "linear" else np.exp2(grades) - 1


def discount(rank: Floats, k: int | None) -> Floats:
    """The weight of each rank from 1: 1 / log2(rank + 1), and 0 after the first k."""
    weights = 1 / (np.log(rank + 1) / np.log(_BASE))
    return weights if k is None else np.where(rank <= k, weights, 0.0)


def library_mean(table: Table, k: int | None, normalised: bool) -> float:
    """scikit-learn's mean over the queries; those of one length are given to it together.

    Raises: ValueError, as scikit-learn does, where nDCG is given a negative relevance.
    """
    function = metrics.ndcg_score if normalised else metrics.dcg_score
    total, queries = 0.0, 0
    for gains, scores in _by_length(table):
        if gains.shape[1] == 1:
            total += _single(gains[:, 0], normalised)
        else:
            total += _library_sum(function, gains, scores, k)
        queries += len(gains)
    return total / queries


def _by_length(table: Table) -> Iterator[tuple[Floats, Array]]:
    """Gains and scores of the queries of each length, shape (queries, length)."""
    order = np.argsort(table.query, kind="stable")
    sizes = np.bincount(table.query)
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes):
        rows = order[starts[sizes == size][:, None] + np.arange(size)]
        yield table.gain[rows], table.score[rows]


def _library_sum(function: Any, gains: Floats, scores: Array, k: int | None) -> float:
    """Rows without ties may go through its quicker way, which gives the same number."""
    ordered = np.sort(scores, axis=1)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    means = [
        (int(rows.sum()), float(function(gains[rows], scores[rows], k=k, ignore_ties=not has_ties)))
        for has_ties, rows in ((True, tied), (False, ~tied))
        if rows.any()
    ]
    return sum(count * mean for count, mean in means)


def _single(gains: Floats, normalised: bool) -> float:
    """Queries of one document, which scikit-learn refuses: the formula's value."""
    if normalised and (gains < 0).any():
        raise ValueError(sentence("nDCG is not defined for a negative relevance."))
    return float((gains > 0).sum() if normalised else gains.sum())


def query_gains(table: Table, k: int | None, normalised: bool) -> Floats:
    """The (normalised) DCG of each query, shape (queries,)."""
    gained = _summed(table, np.lexsort((-table.score, table.query)), k)
    if not normalised:
        return gained
    best = _summed(table._replace(score=table.gain), np.lexsort((-table.gain, table.query)), k)
    return divide(gained, best, 0.0)


def _summed(table: Table, order: Codes, k: int | None) -> Floats:
    """The sums over rows in order, each weighted by the mean discount of the scores it ties."""
    gain, score, query = table.gain[order], table.score[order], table.query[order]
    weights = discount(ordinals(query).astype(np.float64) + 1, k)
    apart = (score[1:] != score[:-1]) | (query[1:] != query[:-1])
    tie = np.concatenate([[0], np.cumsum(apart)])
    mean_weight = np.bincount(tie, weights=weights) / np.bincount(tie)
    return np.bincount(query, weights=gain * mean_weight[tie]).astype(np.float64)
