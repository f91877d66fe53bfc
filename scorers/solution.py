"""The hidden answers of a phase: read, checked, and split into the two boards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.aligning import add_id_faults, raise_if
from scorers.checking import Table
from scorers.errors import (
    Fault,
    FaultList,
    InvalidParameter,
    InvalidPredictions,
    InvalidSolution,
    UnknownScorer,
    listing,
    nearest,
)
from scorers.kinds import InputKind
from scorers.labels import sort_labels
from scorers.registry import get_scorer
from scorers.resampling import seeded_ranks
from scorers.schema import Content, HeaderMismatchError, Rules, check_header
from scorers.scorer import Scorer
from scorers.spec import EvaluationSpec
from scorers.tables import read_table

USAGE = "Usage"
USAGES = ("Public", "Private", "Ignored")
_NO_LIMIT = 1 << 62
_SPLIT_STREAM = 3

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Solution:
    """The answers: ids in their types, the target column, the boards of each row, the units."""

    ids: pl.DataFrame
    target: pl.Series
    public: Mask
    private: Mask
    units: NDArray[np.str_] | None
    classes: tuple[str, ...]

    @property
    def whole_ids(self) -> tuple[str, ...]:
        """The id columns that hold whole numbers."""
        return tuple(n for n, kind in self.ids.schema.items() if kind == pl.Int64)


def invalid(code: str, message: str) -> InvalidSolution:
    """One fault of the organiser's."""
    return InvalidSolution([Fault(code, message)])


def bind_scorers(spec: EvaluationSpec) -> tuple[Scorer, list[Scorer]]:
    """The ranking scorer, and the secondary ones under those of its parameters that they have.

    Raises: InvalidSolution for an unknown scorer or parameter, or kinds that do not go together.
    """
    try:
        scorer = get_scorer(spec.scorer, **spec.params)
        others = [get_scorer(name) for name in spec.also]
        others = [o.bind(**{n: v for n, v in spec.params.items() if n in o.params}) for o in others]
    except (UnknownScorer, InvalidParameter) as error:
        raise invalid("scorer", str(error)) from None
    kind = kind_of(scorer, spec)
    for other in others:
        if kind not in other.kinds:
            text = f"{other.name} takes {other.kind}, but the predictions are {kind}."
            raise invalid("scorer", text)
    return scorer, others


def kind_of(scorer: Scorer, spec: EvaluationSpec) -> InputKind:
    """What the predictions are: with several columns, a scorer of both takes a column a class.

    Raises: InvalidSolution when the sample's columns do not suit the scorer.
    """
    if InputKind.PROBABILITIES in scorer.kinds and len(spec.columns) > 1:
        return InputKind.PROBABILITIES
    if len(spec.columns) != 1:
        text = f"{scorer.name} takes one prediction column; the sample has {len(spec.columns)}."
        raise invalid("sample", text)
    return scorer.kind


def read_solution(path: Path, spec: EvaluationSpec, kind: InputKind) -> Solution:
    """The solution, checked. Raises: InvalidSolution."""
    table = _read(path, spec, kind)
    target = table.frame[_target(table.frame.columns, spec, kind)]
    classes = () if kind is InputKind.NUMBERS else sort_labels(target.unique().to_list())
    _check_classes(classes, spec, kind)
    units = None if spec.unit_column is None else table.frame[spec.unit_column].to_numpy()
    ids = table.ids.select(_id_in_type(table.ids[name]) for name in spec.id_columns)
    nobody = np.zeros(target.len(), dtype=bool)
    solution = Solution(ids, target, nobody, nobody, units, classes)
    public, private = split(solution, table.frame, spec)
    if not public.any():
        raise invalid("split", "No row is public: the public board would be empty.")
    return replace(solution, public=public, private=private)


def _read(path: Path, spec: EvaluationSpec, kind: InputKind) -> Table:
    def plan(header: Sequence[str]) -> Rules:
        return _rules(header, spec, kind)

    try:
        table = read_table(path, plan, max_bytes=_NO_LIMIT, max_rows=_NO_LIMIT)
        faults = FaultList()
        add_id_faults(table, None, faults)
        raise_if(faults)
    except InvalidPredictions as error:
        raise InvalidSolution(error.faults, error.count) from None
    return table


def _extras(header: Sequence[str], spec: EvaluationSpec) -> list[str]:
    unit = [] if spec.unit_column is None else [spec.unit_column]
    return [*unit, *([USAGE] if USAGE in header else [])]


def _target(header: Sequence[str], spec: EvaluationSpec, kind: InputKind) -> str:
    if kind is not InputKind.PROBABILITIES:
        return spec.columns[0]
    beside = [n for n in header if n not in (*spec.id_columns, *_extras(header, spec))]
    if len(beside) != 1:
        text = (
            f"the solution must have one column of labels beside the ids; it has {listing(beside)}."
        )
        raise HeaderMismatchError([Fault("header", text, line=1)])
    return beside[0]


def _rules(header: Sequence[str], spec: EvaluationSpec, kind: InputKind) -> Rules:
    target = _target(header, spec, kind)
    extras = _extras(header, spec)
    if USAGE not in header and nearest(USAGE, [n for n in header if n.casefold() == "usage"]):
        text = f"line 1: the column of the boards is called “{USAGE}”, in this spelling."
        raise HeaderMismatchError([Fault("header", text, line=1)])
    check_header(header, [*spec.id_columns, target, *extras])
    content = Content.NUMBER if kind is InputKind.NUMBERS else Content.LABEL
    ids = dict.fromkeys(spec.id_columns, Content.ID)
    return Rules(contents=ids | {target: content} | dict.fromkeys(extras, Content.TEXT))


def _id_in_type(column: pl.Series) -> pl.Series:
    """Whole numbers where every id is one, written the plain way; else text, as it stands."""
    plain = column.str.contains(r"^(0|-?[1-9]\d{0,17})$").all()
    return column.cast(pl.Int64) if plain else column


def _check_classes(classes: tuple[str, ...], spec: EvaluationSpec, kind: InputKind) -> None:
    allowed = spec.columns if kind is InputKind.PROBABILITIES else spec.labels
    if kind is InputKind.NUMBERS:
        return
    unknown = [] if allowed is None else [c for c in classes if c not in allowed]
    if unknown:
        taken = listing(allowed or ())
        text = f"the solution has {listing(unknown)}, but predictions can take only {taken}."
        raise invalid("unknown_label", text)
    if kind is InputKind.PROBABILITY and len(classes) != 2:
        text = (
            f"one column of probabilities needs two classes; the solution has {listing(classes)}."
        )
        raise invalid("classes", text)


def split(solution: Solution, frame: pl.DataFrame, spec: EvaluationSpec) -> tuple[Mask, Mask]:
    """The rows of the public and of the private board. Raises: InvalidSolution."""
    if USAGE in frame.columns:
        return _split_by_usage(frame[USAGE])
    rows = frame.height
    if spec.public_fraction is None or spec.public_fraction >= 1:
        return np.ones(rows, dtype=bool), np.zeros(rows, dtype=bool)
    public = (
        _split_by_units(solution, spec) if solution.units is not None else _draw(solution, spec)
    )
    return public, ~public


def _split_by_usage(usage: pl.Series) -> tuple[Mask, Mask]:
    wrong = usage.filter(~usage.is_in(list(USAGES))).unique(maintain_order=True).to_list()
    if wrong:
        raise invalid("usage", f"{USAGE} holds {listing(wrong)}; expected {listing(USAGES)}.")
    return (usage == "Public").to_numpy(), (usage == "Private").to_numpy()


def _draw(solution: Solution, spec: EvaluationSpec) -> Mask:
    """A seeded share of the rows, each label's share within one row of it.

    The rows are put in the order of their ids first: the order of the file is of no account.
    """
    by_id = solution.ids.select(pl.arg_sort_by(solution.ids.columns)).to_series().to_numpy()
    chance = np.empty(len(by_id), dtype=np.int64)
    chance[by_id] = seeded_ranks(len(by_id), spec.split_seed, _SPLIT_STREAM)
    strata = (
        np.zeros(len(by_id)) if not solution.classes else solution.target.rank("dense").to_numpy()
    )
    return _every_nth(np.lexsort((chance, strata)), spec.public_fraction or 0.0)


def _split_by_units(solution: Solution, spec: EvaluationSpec) -> Mask:
    keys, unit = np.unique(np.asarray(solution.units), return_inverse=True)
    chance = seeded_ranks(len(keys), spec.split_seed, _SPLIT_STREAM)
    return _every_nth(np.argsort(chance), spec.public_fraction or 0.0)[unit]


def _every_nth(order: NDArray[np.int64], fraction: float) -> Mask:
    """Take the share evenly along an order, so that each stretch of it gives its share."""
    steps = np.floor(np.arange(len(order) + 1) * fraction + 0.5)
    taken = np.empty(len(order), dtype=bool)
    taken[order] = np.diff(steps) > 0
    return taken
