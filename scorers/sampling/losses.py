"""Metrics that are means of losses: what a paired comparison of two submissions needs of them."""

from typing import NamedTuple

import numpy as np

from scorers.sampling.terms import Floats, Sums, Terms


class Losses(NamedTuple):
    """The losses behind a value, by group of units.

    `spread`: how far the losses of each group are from the mean loss, summed and divided by the
    number of rows; shape (groups,). `power`: the value to this power is the mean loss. `rows`: how
    many rows there are where each loss is 0 or 1, else None.
    """

    spread: Floats
    power: int
    rows: int | None


def losses_of(terms: Sums | None, sums: Floats | None) -> Losses | None:
    """The losses of a metric that is a mean of them, or the root of one; None of any other.

    `sums`: of the terms by group, shape (groups, k + 1).
    """
    if not isinstance(terms, Terms) or terms.power is None or sums is None:
        return None
    loss, weight = sums[:, 0], sums[:, -1] if len(terms.columns) == 1 else sums[:, 1]
    total = weight.sum()
    if not total > 0:
        return None
    spread = (loss - loss.sum() / total * weight) / total
    if not np.isfinite(spread).all():
        return None
    return Losses(spread, terms.power, int(total) if _zero_one(terms) else None)


def _zero_one(terms: Terms) -> bool:
    column = terms.columns[0]
    plain = terms.power == 1 and len(terms.columns) == 1
    return plain and bool(((column == 0) | (column == 1)).all())
