"""What a metric file is given: the rows of one board, as arrays by column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Columns = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one board, aligned: the ids, the solution's other columns, the predictions."""

    ids: Columns
    solution: Columns
    submission: Columns

    def take(self, rows: NDArray[np.int64]) -> "Rows":
        """Some of the rows, in this order."""
        return Rows(
            *(
                {n: v[rows] for n, v in c.items()}
                for c in (self.ids, self.solution, self.submission)
            )
        )

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.submission.values())))
