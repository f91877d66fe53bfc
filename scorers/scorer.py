"""A scorer: a named metric with its direction, its range, its parameters and its uncertainty."""

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.kinds import InputKind
from scorers.parameters import Parameter, validate
from scorers.resampling import Resampling
from scorers.terms import Terms
from scorers.uncertainty import Interval, ScoreResult, resampled_result

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Scorer:
    """A metric bound to its parameters; see `registry.get_scorer`.

    `compute(truth, prediction, **params)` is the reference library's number. `decompose`, where
    the metric is a function of sums, gives its terms. `kinds`: what it can be fed, the usual first.
    """

    name: str
    title: str
    summary: str
    formula: str
    source: str
    higher_is_better: bool
    lower: float
    upper: float
    perfect: float
    kinds: tuple[InputKind, ...]
    compute: Callable[..., float]
    decompose: Callable[..., Terms | None] | None = None
    interval: Callable[..., Interval | None] | None = None
    parameters: tuple[Parameter, ...] = ()
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    version: str = "1"
    numbers_above: float | None = None

    @property
    def kind(self) -> InputKind:
        """What it is usually fed with."""
        return self.kinds[0]

    def bind(self, **params: Any) -> "Scorer":
        """The same metric under other parameters. Raises: InvalidParameter."""
        return replace(self, params=validate(self.name, self.parameters, params))

    def score(self, truth: ArrayLike, prediction: ArrayLike) -> float:
        """The reference library's value on two columns of the same length, in the same order.

        Raises: ValueError where the metric is not defined for its input.
        """
        y, p = aligned_arrays(truth, prediction)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(self.compute(y, p, **self.params))

    def terms(self, truth: ArrayLike, prediction: ArrayLike) -> Terms | None:
        """The per-row terms and their finish; None where the metric has no such form."""
        if self.decompose is None:
            return None
        y, p = aligned_arrays(truth, prediction)
        return self.decompose(y, p, **self.params)

    def evaluate(
        self,
        truth: ArrayLike,
        prediction: ArrayLike,
        *,
        seed: int,
        replicates: int = 1000,
        units: ArrayLike | None = None,
    ) -> ScoreResult:
        """The value with its interval and its replicates.

        `units`: a key for each row; rows with the same key are resampled together. The same seed,
        number of rows and units give the same resamples, whatever the prediction.
        Raises: ValueError where the metric is not defined for its input.
        """
        y, p = aligned_arrays(truth, prediction)
        value = self.score(y, p)
        if not math.isfinite(value):
            raise ValueError(f"{self.name} is not defined for these columns.")
        plan = Resampling.of(len(y), seed=seed, replicates=replicates, units=units)
        terms = self.terms(y, p)
        own = None if self.interval is None else lambda: self._own_interval(y, p)
        return resampled_result(
            value, plan, terms, lambda rows: self.score(y[rows], p[rows]), own_interval=own
        )

    def _own_interval(self, truth: Array, prediction: Array) -> Interval | None:
        assert self.interval is not None
        return self.interval(truth, prediction, **self.params)


def aligned_arrays(truth: ArrayLike, prediction: ArrayLike) -> tuple[Array, Array]:
    """Both as arrays. Raises: ValueError when their lengths differ or they are empty."""
    y, p = np.asarray(truth), np.asarray(prediction)
    if y.ndim == 0 or p.ndim == 0 or len(y) != len(p):
        raise ValueError(f"truth has shape {y.shape} and prediction {p.shape}: they must match.")
    if len(y) == 0:
        raise ValueError("there are no rows to score.")
    return y, p
