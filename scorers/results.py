"""What an evaluation says: of a file, board by board, and of a solution."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scorers.sampling.losses import Losses


@dataclass(frozen=True, eq=False)
class BoardResult:
    """What a board says of a file; `also` leaves out secondary scores that are not defined.

    `influence`: how far each group of units moves the value, shape (groups,), where that is known.
    `losses`: those of the rows, where the metric is a mean of them.
    """

    value: float
    interval: tuple[float, float] | None
    method: str
    also: dict[str, float]
    rows: int
    replicates: NDArray[np.float64] | None
    influence: NDArray[np.float64] | None = None
    losses: Losses | None = None


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The results on both boards; `private` is None when every row is public or ignored."""

    public: BoardResult | None
    private: BoardResult | None


@dataclass(frozen=True)
class SolutionFacts:
    """What a solution amounts to; `labels` may be shown: never one that only the solution has."""

    rows: int
    public_rows: int
    private_rows: int
    ignored_rows: int
    labels: tuple[str, ...] | None
