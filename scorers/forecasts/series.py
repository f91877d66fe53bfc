"""Series in a long table: which rows are whose, and how wrong a naive forecast was in the past."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.errors import listing
from scorers.forecasts.naive2 import naive2
from scorers.sampling.terms import Codes, Floats, Sums, Terms, divide, mean_of
from scorers.sentences import Sentence, said_by, sentence

Array = NDArray[Any]
History = Mapping[Any, Floats]
Losses = Callable[[Floats], Floats]


class Series(NamedTuple):
    """The series of a table: their names, each row's series, each series' first row and length."""

    names: list[Any]
    of_row: Codes
    first: Codes
    lengths: Floats

    @classmethod
    def of(cls, keys: Array) -> "Series":
        """The series of the rows with these keys."""
        column = pl.Series(keys)
        of_row = column.rank("dense").to_numpy().astype(np.int64) - 1
        names = column.unique().sort().to_list()
        first = np.full(len(names), len(of_row))
        np.minimum.at(first, of_row, np.arange(len(of_row)))
        return cls(names, of_row, first, np.bincount(of_row).astype(np.float64))

    def means(self, values: Floats) -> Floats:
        """The mean of the values in each series."""
        found: Floats = np.bincount(self.of_row, weights=values) / self.lengths
        return found

    def at_first_rows(self, values: Floats) -> Floats:
        """One number a series as one number a row: at its first row, and 0 elsewhere."""
        rows = np.zeros(len(self.of_row))
        rows[self.first] = values
        return rows

    def weights(self, weight: Array | None) -> Floats:
        """The weight of each series; 1 where there are none.

        Raises: ValueError where they differ within a series, are below 0, or are all 0.
        """
        if weight is None:
            return np.ones(len(self.names))
        own = np.asarray(weight, dtype=np.float64)
        weights = own[self.first]
        wrong = np.bincount(self.of_row, weights=own != weights[self.of_row]) > 0
        if wrong.any():
            raise ValueError(
                sentence("the rows of %(series)s do not have one weight.", series=self._some(wrong))
            )
        if (weights < 0).any() or not weights.any():
            raise ValueError(sentence("the weights must be at least 0, and not all 0."))
        return weights

    def histories(self, history: History) -> list[Floats]:
        """The past of each series. Raises: ValueError where a series has none."""
        none = np.array([not len(history.get(name, ())) for name in self.names])
        if none.any():
            raise ValueError(
                sentence("no row of training comes before %(series)s.", series=self._some(none))
            )
        return [np.asarray(history[name], dtype=np.float64) for name in self.names]

    def scales(self, history: History, losses: Losses, period: int, trimmed: bool) -> Floats:
        """The mean loss of the seasonal naive forecast within the past of each series.

        `trimmed`: leading zeros do not count as past. Raises: ValueError where a series has no
        past, too short a one, or one that the naive forecast hits.
        """
        pasts = self.histories(history)
        if trimmed:
            pasts = [past[np.argmax(past != 0) :] for past in pasts]
        short = np.array([len(past) <= period for past in pasts])
        if short.any():
            said = sentence(
                "the past of %(series)s is too short: a period of %(period)s needs %(rows)s rows "
                "of training.",
                series=self._some(short),
                period=period,
                rows=period + 1,
            )
            raise ValueError(said)
        found = np.array([losses(past[period:] - past[:-period]).mean() for past in pasts])
        if not found.all():
            said = sentence(
                "the past of %(series)s does not change: there is nothing to scale its errors by.",
                series=self._some(found == 0),
            )
            raise ValueError(said)
        return found

    def naive2(self, history: History, step: Array, period: int) -> Floats:
        """The forecasts of Naive2 for the rows, shape (n,).

        Raises: ValueError where a series has no past, or a step is not a whole number above 0.
        """
        steps = np.asarray(step, dtype=np.float64)
        if (steps < 1).any() or (steps != np.floor(steps)).any():
            raise ValueError(sentence("the steps of the rows to predict must be 1, 2, 3, ..."))
        forecasts = np.empty(len(steps))
        order = np.argsort(self.of_row, kind="stable")
        ends = np.cumsum(self.lengths).astype(np.int64)[:-1]
        pasts = zip(self.names, self.histories(history), np.split(order, ends), strict=True)
        for name, past, rows in pasts:
            try:
                forecasts[rows] = naive2(past, steps[rows].astype(np.int64), period)
            except ValueError as error:
                said = sentence(
                    "Naive2 does not go with %(series)s: %(problem)s",
                    series=listing([name]),
                    problem=said_by(error),
                )
                raise ValueError(said) from None
        return forecasts

    def _some(self, chosen: NDArray[np.bool_]) -> Sentence:
        names = listing([self.names[i] for i in np.flatnonzero(chosen)])
        return sentence("series %(names)s", names=names)


def mean_over_series(series: Series, values: Floats, weights: Floats) -> Terms:
    """The terms of the weighted mean of one value a series."""

    def finish(sums: Floats, n: Floats) -> Floats:
        return divide(sums[..., 0], sums[..., 1])

    columns = (series.at_first_rows(weights * values), series.at_first_rows(weights))
    return Terms(finish=finish, columns=columns, power=1)


def row_terms(losses: Floats, rooted: bool = False) -> Sums:
    """The terms of the only series there is: its rows can be resampled, in blocks."""
    terms = mean_of(losses)
    if not rooted:
        return terms
    return Terms(
        finish=lambda sums, n: np.sqrt(terms.finish(sums, n)), columns=terms.columns, power=2
    )
