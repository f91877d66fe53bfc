"""How far each unit moves a metric, and what that says of the metric's error."""

from typing import NamedTuple

import numpy as np

from scorers.sampling.terms import Floats, Sums


class Spread(NamedTuple):
    """The standard error of a value, and how many degrees of freedom that error itself has.

    `most`: how many so many units could give at best; 0 where that is not known.
    """

    error: float
    freedom: float
    most: float = 0.0


def influence_of(terms: Sums, sums: Floats) -> Floats:
    """How far each group moves the value, shape (groups,): the jackknife's, with mean 0.

    `sums`: of the terms by group, shape (groups, k + 1). NaN where the metric is not defined
    without a group. (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 11.)
    """
    left = sums.sum(axis=0) - sums
    with np.errstate(all="ignore"):
        values = terms.finish(left[:, :-1], left[:, -1])
        influence: Floats = (len(sums) - 1) * (values.mean() - values)
    return influence


def spread_of(influence: Floats) -> Spread:
    """The error of a mean of influences, with Pan and Wall's degrees of freedom.

    The error is a sum of squares, and known the worse the more a few units weigh in it: its degrees
    of freedom are 2 V² / var(V), from the second and fourth moments (Pan and Wall, Statistics in
    Medicine 21, 2002), and never more than the units less 1.
    """
    groups = len(influence)
    largest = np.abs(influence).max()
    if not largest > 0:
        return Spread(0.0, float(groups - 1), float(groups - 1))
    squares = (influence / largest) ** 2
    error = largest * np.sqrt(squares.sum() / (groups * (groups - 1)))
    noise = float(((squares / squares.sum()) ** 2).sum() - 1 / groups)
    freedom = groups - 1 if noise * (groups - 1) <= 2 else 2 / noise
    return Spread(float(error), float(freedom), float(groups - 1))
