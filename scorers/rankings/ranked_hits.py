"""The relevant items of every query and where they are ranked: all that a ranking metric asks."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.rankings.ranked_lists import places_of, relevant_of
from scorers.sampling.terms import Codes, Floats
from scorers.sentences import sentence

Array = NDArray[Any]
# A row, a rank, a grade.
_Item = tuple[int, float, float]


class Graded(NamedTuple):
    """Relevant items with a rank from 1, sorted by query, then rank; each of shape (items,)."""

    query: Codes
    rank: Floats
    grade: Floats

    @property
    def ordinal(self) -> Codes:
        """How many relevant items of the same query come before each."""
        return ordinals(self.query)


class Hits(NamedTuple):
    """What a ranking found.

    `found`: the relevant items that were ranked, at their ranks. `relevant`: all that there are,
    at the ranks of the best order. `first_row`: the row that a query's value belongs to, shape
    (queries,); `rows`: how many rows there are.
    """

    found: Graded
    relevant: Graded
    first_row: Codes
    rows: int

    def summed(self, items: Graded, values: Floats) -> Floats:
        """The sum of the values of a query's items, shape (queries,)."""
        sums = np.bincount(items.query, weights=values, minlength=len(self.first_row))
        return sums.astype(np.float64)

    @property
    def number_relevant(self) -> Floats:
        """How many relevant items each query has, shape (queries,)."""
        return np.bincount(self.relevant.query, minlength=len(self.first_row)).astype(np.float64)


def hits_of(truth: Array, prediction: Array, query: Array | None, graded: bool) -> Hits:
    """From lists where the predictions are texts, else from a table of scores.

    Raises: ValueError where a table of scores has no queries.
    """
    if is_lists(prediction):
        return _of_lists(truth, prediction, graded)
    if query is None:
        raise ValueError(
            sentence("a table of scores needs the query of each row (parameter “query”).")
        )
    return _of_scores(truth, prediction, query)


def is_lists(prediction: Array) -> bool:
    """Whether the predictions are cells of text."""
    return prediction.dtype.kind in "OUST"


def ordinals(query: Codes) -> Codes:
    """The position of each row within its query, from 0; the rows are sorted by query."""
    positions = np.arange(len(query))
    begins = np.r_[True, query[1:] != query[:-1]] if len(query) else np.empty(0, dtype=bool)
    return positions - np.maximum.accumulate(np.where(begins, positions, 0))


def _of_lists(truth: Array, prediction: Array, graded: bool) -> Hits:
    found: list[_Item] = []
    relevant: list[_Item] = []
    for row, (cell, listed) in enumerate(zip(truth, prediction, strict=True)):
        grades, places = relevant_of(cell, graded), places_of(listed, row)
        relevant += _best_order(row, grades, graded)
        hits = [(row, places[i], g) for i, g in grades.items() if g > 0 and i in places]
        found += sorted(hits) if len(hits) > 1 else hits
    return Hits(_graded(found), _graded(relevant), np.arange(len(truth)), len(truth))


def _best_order(row: int, grades: Mapping[str, float], graded: bool) -> list[_Item]:
    if not graded:
        return [(row, rank, 1.0) for rank in range(1, len(grades) + 1)]
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    return [(row, rank, grade) for rank, grade in enumerate(best, start=1)]


def _graded(items: list[_Item]) -> Graded:
    columns = np.array(items, dtype=np.float64).reshape(-1, 3).T
    return Graded(columns[0].astype(np.int64), columns[1], columns[2])


def _of_scores(truth: Array, score: Array, query: Array) -> Hits:
    """Tied scores are read in the worst order: leaving an order open gains nothing."""
    truth = truth.astype(np.float64)
    _, first_row, codes = np.unique(query, return_index=True, return_inverse=True)
    as_ranked, at_best = np.lexsort((truth, -score, codes)), np.lexsort((-truth, codes))
    found, relevant = (_relevant(codes[rows], truth[rows]) for rows in (as_ranked, at_best))
    return Hits(found, relevant, first_row, len(truth))


def _relevant(codes: Codes, grade: Floats) -> Graded:
    """The relevant among rows sorted by query, then rank."""
    rows = np.flatnonzero(grade > 0)
    return Graded(codes[rows], ordinals(codes)[rows].astype(np.float64) + 1, grade[rows])
