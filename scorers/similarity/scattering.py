"""Where two teams differ: on the rows that divide the others too, or anywhere, as by hand."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]

# Even honest teams differ on some quiet rows: this share of their differences may be anywhere.
_ANYWHERE = 0.2


class Differences(NamedTuple):
    """The rows on which two teams differ.

    `quiet`: those on which all other teams agree with each other; `expected_quiet`: how many of
    them there would be if this pair differed where others do. `evidence`: the logarithm of how
    many times likelier the rows are if they were drawn blindly than if they follow the board.
    """

    rows: int
    quiet: int
    expected_quiet: float
    evidence: float


class Divisions:
    """How divided the teams are at each row, for every pair without the pair itself."""

    def __init__(self, labels: Labels) -> None:
        """`labels`: codes, shape (teams, rows)."""
        self.labels = labels
        self._alike = np.stack([(labels == own).sum(axis=0) for own in labels])
        # Every team counts those with its label: the sum of the squares of the labels' counts.
        self._squares = self._alike.sum(axis=0)

    def without(self, one: int, other: int) -> NDArray[np.float64]:
        """The chance that two other teams, drawn with replacement, differ; shape (rows,)."""
        same = self.labels[one] == self.labels[other]
        without_one = self._squares - 2 * self._alike[one] + 1
        without_both = without_one - 2 * (self._alike[other] - same) + 1
        divided: NDArray[np.float64] = 1 - without_both / (len(self.labels) - 2) ** 2
        return divided

    def between(self, one: int, other: int) -> Differences:
        """Compare where a pair differs with where the other teams are divided.

        A pair that follows the board differs at a row in proportion to how divided the others are
        there (Gini's index), but for a fifth of its differences, which may be anywhere. Under
        that, the ratio of the likelihoods exceeds k with a chance of at most 1 / k (Markov).
        """
        divided = self.without(one, other)
        at = self.labels[one] != self.labels[other]
        rows, count = len(at), int(at.sum())
        follows = _ANYWHERE + (1 - _ANYWHERE) * rows * divided / max(float(divided.sum()), 1e-9)
        quiet = divided == 0
        return Differences(
            rows=count,
            quiet=int((at & quiet).sum()),
            expected_quiet=count * _ANYWHERE * float(quiet.mean()),
            evidence=float(-np.log(follows[at]).sum()),
        )
