"""Two teams' numbers side by side: how many are the same, and whether they err together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[np.float64]

_DIGITS = 6
# Beyond so many spreads of the teams at a cell a number is taken to be that far out.
_FAR = 6.0
_OF_A_NORMAL = 1.4826
_TINY = 1e-12


class Alike(NamedTuple):
    """For each pair, shape (teams, teams).

    `equal`: the share of the cells in which both have the same number to six significant digits.
    `beyond`: the same as a share of what chance leaves, by how many other teams have that number
    too (0: as expected, 1: all cells). `together`: the correlation of the residuals.
    """

    equal: Floats
    beyond: Floats
    together: Floats


def alike(numbers: Cells) -> Alike:
    """Compare all pairs of teams by their numbers, shape (teams, rows, columns)."""
    teams = len(numbers)
    equal, beyond = _equal(in_digits(numbers.reshape(teams, -1)))
    return Alike(equal, beyond, _together(numbers))


def in_digits(numbers: Floats) -> Floats:
    """The numbers to six significant digits."""
    size = np.floor(np.log10(np.abs(numbers), where=numbers != 0, out=np.zeros(numbers.shape)))
    scale = 10.0 ** (_DIGITS - 1 - size)
    rounded: Floats = np.rint(numbers * scale) / scale
    return rounded


def _equal(numbers: Floats) -> tuple[Floats, Floats]:
    teams = len(numbers)
    shared = np.stack([(numbers == own).sum(axis=0) for own in numbers]).astype(np.float64) - 1
    equal, beyond = np.zeros((2, teams, teams))
    for team, own in enumerate(numbers):
        same = numbers == own
        # Of the other teams but this pair, with half a team to spare.
        chance = np.minimum((shared[team] - same + 0.5) / (teams - 1), 1.0)
        expected = chance.sum(axis=1)
        equal[team] = same.mean(axis=1)
        beyond[team] = (same.sum(axis=1) - expected) / np.maximum(same.shape[1] - expected, _TINY)
    return equal, np.maximum(beyond, beyond.T)


def _together(numbers: Cells) -> Floats:
    """Correlate what is left when the mean of the teams outside the pair is taken off each cell.

    The truth cancels in a residual minus the mean residual of the row: it is not needed. A cell
    counts in units of its spread over the teams (1.4826 times the median distance from the
    median), so that the rows on which all teams are uncertain do not decide alone.
    """
    standard = _standardised(numbers)
    teams = len(standard)
    standard -= standard.mean(axis=1, keepdims=True)
    products = standard @ standard.T / standard.shape[1]
    # a - (T - a - b) / (n - 2) = (1 + k) a + k b - k T, with T the sum over all teams.
    k = 1 / (teams - 2)
    own, total = np.diag(products), float(products.sum())
    a, b = own[:, None], own[None, :]
    with_total = products.sum(axis=1)
    a_total, b_total = with_total[:, None], with_total[None, :]
    rest = k * k * total - k * (1 + 2 * k) * (a_total + b_total)
    shared = ((1 + k) ** 2 + k * k) * products + (1 + k) * k * (a + b) + rest
    left = (1 + k) ** 2 * a + k * k * b + k * k * total + 2 * (1 + k) * k * products
    left = left - 2 * (1 + k) * k * a_total - 2 * k * k * b_total
    scale = np.sqrt(np.maximum(left * left.T, _TINY))
    correlation: Floats = np.clip(shared / scale, -1, 1)
    return correlation


def _standardised(numbers: Cells) -> Floats:
    middle = np.median(numbers, axis=0)
    spread = _OF_A_NORMAL * np.median(np.abs(numbers - middle), axis=0)
    spread = spread + 0.1 * np.median(spread, axis=0) + _TINY
    found: Floats = np.clip((numbers - middle) / spread, -_FAR, _FAR)
    return found.reshape(len(numbers), -1)
