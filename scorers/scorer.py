"""A scorer: a named metric with its direction, its range, its parameters and its uncertainty."""

import inspect
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.inputs import CellCheck, Misfits
from scorers.kinds import InputKind
from scorers.parameters import Parameter, defaults_of, validate
from scorers.roles import HISTORY, Role, columns_of
from scorers.sampling.resampling import Resampling, block_length
from scorers.sampling.terms import Sums
from scorers.sentences import sentence
from scorers.uncertainty import Interval, Range, ScoreResult, resampled_result

Array = NDArray[Any]
# What the names of functions of scikit-learn begin with, beside those of our own scorers.
SKLEARN = "sklearn:"


@dataclass(frozen=True, eq=False)
class Scorer:
    """A metric bound to its parameters; see `registry.get_scorer`.

    `compute(truth, prediction, **params, **context)` is the reference library's number; the context
    is an array for each role that is filled, and `history` where `needs_history`: a mapping of
    series to the numbers that came before, in time order. `decompose`, of the same signature, gives
    the terms where the metric is a function of sums. `interval`, of the same signature, gives a
    better interval than the usual where rows are units of their own; `interval_of(evidence, truth,
    prediction, ...)` one from all the evidence, for units too (`always_withheld(reason)`: none).
    `in_time_order`: the rows of its unit follow each other in time, so that a single unit can be
    resampled in blocks. `kinds`: what it can be fed, the usual first. `several`: whether it takes
    more than one column of numbers. `ideal(truth, **params)`: predictions that hit every row, where
    they are not the truth itself. `read_cell(**params)`: gives the check of a cell of lists, masks
    or boxes, and `read_truth` that of the solution's cells; `cell_words`: what such a cell is due
    to hold.
    `numbers_above`: what a predicted number must be greater than; `truth_above`, `truth_from`: what
    an answer must be greater than, or at least.
    `misfits(prediction, **params, **context)`: the rows that can't be taken and that no look at a
    single cell finds; asked of the whole file, before it is split into boards.
    `sum_tolerance`: how far from 1 the probabilities of a row may add up; None: to anything.
    `perfect`: the best value; NaN where it depends on the data. `truth_is_perfect`: whether the
    answers themselves, given as predictions, reach it.
    `build`: makes the scorer of its parameters where they name scorers themselves, the `parts`;
    `rebuild(scorer, parts)`: the same of other parts.
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
    decompose: Callable[..., Sums | None] | None = None
    interval: Callable[..., Interval | None] | None = None
    interval_of: Callable[..., Interval | None] | None = None
    parameters: tuple[Parameter, ...] = ()
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    version: str = "1"
    numbers_above: float | None = None
    truth_above: float | None = None
    truth_from: float | None = None
    family: str = ""
    roles: tuple[Role, ...] = ()
    needs_history: bool = False
    in_time_order: bool = False
    several: bool = False
    ideal: Callable[..., Array] | None = None
    read_cell: Callable[..., CellCheck] | None = None
    read_truth: Callable[..., CellCheck] | None = None
    cell_words: str = ""
    misfits: Callable[..., Misfits] | None = None
    sum_tolerance: float | None = 1e-6
    truth_is_perfect: bool = True
    build: "Callable[[Scorer], Scorer] | None" = None
    parts: "tuple[Scorer, ...]" = ()
    rebuild: "Callable[[Scorer, tuple[Scorer, ...]], Scorer] | None" = None

    @property
    def kind(self) -> InputKind:
        """What it is usually fed with."""
        return self.kinds[0]

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, and those that name columns of the solution."""
        return (*self.parameters, *(role.parameter for role in self.roles))

    @property
    def columns(self) -> dict[str, str]:
        """The column of the solution that fills each role."""
        return columns_of(self.roles, self.params)

    @property
    def unit_column(self) -> str | None:
        """The column whose rows belong together, where the metric knows one."""
        units = [self.params[r.name] for r in self.roles if r.is_unit and r.name in self.columns]
        return units[0] if units else None

    def unbound(self) -> "Scorer":
        """The metric with its defaults, to be looked at; what must be given is missing."""
        return replace(self, params=defaults_of(self.all_parameters))

    def bind(self, **params: Any) -> "Scorer":
        """The same metric under other parameters. Raises: InvalidParameter."""
        bound = replace(self, params=validate(self.name, self.all_parameters, params))
        return bound if self.build is None else self.build(bound)

    @property
    def options(self) -> dict[str, Any]:
        """The parameters of `compute`: those that name columns are not for it."""
        names = {role.name for role in self.roles}
        return {name: value for name, value in self.params.items() if name not in names}

    def score(self, truth: ArrayLike, prediction: ArrayLike, **context: Any) -> float:
        """The reference library's value on two columns of the same length, in the same order.

        `context`: a column for each of the scorer's roles. Raises: ValueError where the metric is
        not defined for its input, or a role is not one of the scorer's.
        """
        y, p = aligned_arrays(truth, prediction)
        return self._score(y, p, self._context(context, len(y)))

    def _score(self, truth: Array, prediction: Array, context: Mapping[str, Any]) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return float(self.compute(truth, prediction, **self.options, **context))
            except ArithmeticError as error:
                said = sentence(
                    "%(name)s is not defined for these columns (%(error)s).",
                    name=self.name,
                    error=str(error),
                )
                raise ValueError(said) from error

    def _context(self, given: Mapping[str, Any], rows: int) -> dict[str, Any]:
        """The context as arrays of the rows' length; a history stays as it is."""
        known = {role.name for role in self.roles} | ({HISTORY} if self.needs_history else set())
        for name in given:
            if name not in known:
                raise ValueError(f"{self.name} reads no {name}; it reads {sorted(known)}.")
        arrays = {name: v if name == HISTORY else np.asarray(v) for name, v in given.items()}
        for name, values in arrays.items():
            if name != HISTORY and len(values) != rows:
                raise ValueError(f"{name} has {len(values)} entries for {rows} rows.")
        missing = [p.name for p in self._due if p.name in known and p.name not in arrays]
        if missing:
            raise ValueError(f"{self.name} reads more than the truth: give {missing[0]}=...")
        return arrays

    @property
    def _due(self) -> list[inspect.Parameter]:
        """What `compute` can't do without."""
        parameters = inspect.signature(self.compute).parameters.values()
        named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return [p for p in parameters if p.default is p.empty and p.kind in named]

    def terms(self, truth: ArrayLike, prediction: ArrayLike, **context: Any) -> Sums | None:
        """The per-row terms and their finish; None where the metric has no such form."""
        if self.decompose is None:
            return None
        y, p = aligned_arrays(truth, prediction)
        return self.decompose(y, p, **self.options, **self._context(context, len(y)))

    def evaluate(
        self,
        truth: ArrayLike,
        prediction: ArrayLike,
        *,
        seed: int,
        replicates: int = 1000,
        units: ArrayLike | None = None,
        blocks: int | None = None,
        **context: Any,
    ) -> ScoreResult:
        """The value with its interval and its replicates.

        `units`: a key for each row; rows with the same key are resampled together; by default the
        metric's own (its query, its series), else each row is one. The same seed, number of rows
        and units give the same resamples, whatever the prediction. `blocks`: the rows are one
        series in the order of time, resampled in blocks of so many. `context`: see `score`.
        Raises: ValueError where the metric is not defined for its input.
        """
        y, p = aligned_arrays(truth, prediction)
        columns = self._context(context, len(y))
        value = self._score(y, p, columns)
        if not math.isfinite(value):
            raise ValueError(sentence("%(name)s is not defined for these columns.", name=self.name))
        keys = self._own_units(columns) if units is None and blocks is None else units
        if self.in_time_order and keys is not None and _all_same(np.asarray(keys)):
            keys, blocks = None, block_length(len(y))
        plan = Resampling.of(len(y), seed=seed, replicates=replicates, units=keys, blocks=blocks)
        terms = None if self.decompose is None else self.decompose(y, p, **self.options, **columns)
        own, of = self.interval, self.interval_of
        given = {**self.options, **columns}
        return resampled_result(
            value,
            plan,
            terms,
            lambda rows: self._rescore(y, p, columns, rows),
            own_interval=None if own is None else lambda: own(y, p, **given),
            interval_of=None if of is None else lambda evidence: of(evidence, y, p, **given),
            within=Range(self.lower, self.upper),
        )

    def _own_units(self, context: Mapping[str, Any]) -> Array | None:
        own = [context[role.name] for role in self.roles if role.is_unit and role.name in context]
        return own[0] if own else None

    def _rescore(
        self, truth: Array, prediction: Array, context: Mapping[str, Any], rows: Array
    ) -> float:
        taken = {name: v if name == HISTORY else v[rows] for name, v in context.items()}
        return self._score(truth[rows], prediction[rows], taken)


def _all_same(keys: Array) -> bool:
    return bool(np.all(keys == keys[0]))


def aligned_arrays(truth: ArrayLike, prediction: ArrayLike) -> tuple[Array, Array]:
    """Both as arrays. Raises: ValueError when their lengths differ or they are empty."""
    y, p = np.asarray(truth), np.asarray(prediction)
    if y.ndim == 0 or p.ndim == 0 or len(y) != len(p):
        raise ValueError(f"truth has shape {y.shape} and prediction {p.shape}: they must match.")
    if len(y) == 0:
        raise ValueError(sentence("there are no rows to score."))
    return y, p
