"""What an evaluation says: of a file, board by board, and of a solution."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class BoardResult:
    """What a board says of a file; `also` leaves out secondary scores that are not defined."""

    value: float
    interval: tuple[float, float] | None
    method: str
    also: dict[str, float]
    rows: int
    replicates: NDArray[np.float64] | None


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
