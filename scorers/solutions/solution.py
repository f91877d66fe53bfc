"""The hidden answers of a phase: read, checked, and split into the two boards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import invalid
from scorers.errors import Fault, listing, nearest
from scorers.inputs import INPUTS, Content
from scorers.kinds import InputKind
from scorers.labels import sort_labels
from scorers.reading.checking import Table
from scorers.reading.schema import HeaderMismatchError, Rules, check_header, in_line_1
from scorers.roles import HISTORY
from scorers.scorer import Scorer
from scorers.sentences import Sentence, known, sentence, together
from scorers.solutions.hidden import read_hidden
from scorers.solutions.sides import Rows, split_rows
from scorers.solutions.splitting import TRAINING, USAGE, Mask, split_by_usage
from scorers.spec import EvaluationSpec

_ANSWERS_DECIDE = sentence("a column of answers can't decide which rows are public.")

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Solution:
    """The answers: ids in their types, the target columns, the boards of each row, the units.

    `context`: the columns that fill the scorers' roles, by their names. `training`: the rows that
    came before, in the order of the file; None where there are none.
    """

    ids: pl.DataFrame
    targets: pl.DataFrame
    public: Mask
    private: Mask
    units: NDArray[np.str_] | None
    classes: tuple[str, ...]
    context: Mapping[str, Array] = field(default_factory=dict)
    training: pl.DataFrame | None = None

    @property
    def target(self) -> pl.Series:
        """The only, or the first, column of answers."""
        return self.targets.to_series()

    @property
    def whole_ids(self) -> tuple[str, ...]:
        """The id columns that hold whole numbers."""
        return tuple(n for n, kind in self.ids.schema.items() if kind == pl.Int64)

    def context_of(self, scorer: Scorer, rows: Mask) -> dict[str, Any]:
        """What a scorer reads beside the answers, for some of the rows."""
        found: dict[str, Any] = {r: self.context[c][rows] for r, c in scorer.columns.items()}
        return found | ({HISTORY: self._history(scorer)} if scorer.needs_history else {})

    def _history(self, scorer: Scorer) -> dict[str, Array]:
        """The numbers of each series before the rows that are scored, in the file's order."""
        if self.training is None:
            return {}
        series, target = scorer.columns.get("series"), self.targets.columns[0]
        if series is None:
            return {"": self.training[target].to_numpy()}
        past = self.training.group_by(series, maintain_order=True).agg(target)
        return {key: v.to_numpy() for key, v in zip(past[series], past[target], strict=True)}


@dataclass(frozen=True)
class _Columns:
    """What the columns of a solution are."""

    ids: tuple[str, ...]
    targets: tuple[str, ...]
    extras: Mapping[str, Content]

    @property
    def all(self) -> list[str]:
        """Every column that is due."""
        return [*self.ids, *self.targets, *self.extras]


def read_solution(
    path: Path, spec: EvaluationSpec, kind: InputKind, scorers: Sequence[Scorer]
) -> Solution:
    """The solution, checked. `scorers`: the ranking one first. Raises: InvalidSolution."""
    table = _read(path, spec, kind, scorers)
    columns = _columns(table.frame.columns, spec, kind, scorers)
    frame, training = _without_training(table.frame, scorers)
    targets = frame.select(columns.targets)
    classes = _classes_of(targets, spec, kind)
    ids = frame.select(spec.id_columns)
    unit_column = spec.unit_column or scorers[0].unit_column
    units = None if unit_column is None else frame[unit_column].to_numpy()
    if USAGE in frame.columns:
        past = any(scorer.needs_history for scorer in scorers)
        public, private = split_by_usage(frame[USAGE], training=past)
    else:
        strata = targets.to_series() if classes else None
        decides = None if spec.split is None else frame[spec.split.column]
        rows = Rows(ids, strata, units, decides, table.locate)
        public, private = split_rows(rows, spec)
    if not public.any():
        raise invalid("split", sentence("No row is public: the public board would be empty."))
    context = {name: frame[name].to_numpy() for name in _context_columns(scorers)}
    return Solution(ids, targets, public, private, units, classes, context, training)


def _without_training(
    frame: pl.DataFrame, scorers: Iterable[Scorer]
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if USAGE not in frame.columns or not any(scorer.needs_history for scorer in scorers):
        return frame, None
    came_before = pl.col(USAGE) == TRAINING
    rest, training = frame.filter(~came_before), frame.filter(came_before)
    if rest.height == 0:
        text = sentence(
            "Every row is marked as “%(training)s”: there is nothing to predict.", training=TRAINING
        )
        raise invalid("usage", text)
    return rest, training if training.height else None


def _context_columns(scorers: Iterable[Scorer]) -> dict[str, Content]:
    return {
        scorer.columns[role.name]: role.content
        for scorer in scorers
        for role in scorer.roles
        if role.name in scorer.columns
    }


def _read(path: Path, spec: EvaluationSpec, kind: InputKind, scorers: Sequence[Scorer]) -> Table:
    def plan(header: Sequence[str]) -> Rules:
        return _rules(header, spec, kind, scorers)

    return read_hidden(path, plan)


def _rules(
    header: Sequence[str], spec: EvaluationSpec, kind: InputKind, scorers: Sequence[Scorer]
) -> Rules:
    columns = _columns(header, spec, kind, scorers)
    if USAGE not in header and nearest(USAGE, [n for n in header if n.casefold() == "usage"]):
        said = sentence(
            "the column of the boards is called “%(usage)s”, in this spelling.", usage=USAGE
        )
        raise HeaderMismatchError([Fault("header", in_line_1(said), line=1)])
    check_header(header, columns.all, owner="solution", optional=[USAGE])
    ids = dict.fromkeys(spec.id_columns, Content.ID)
    truth = dict.fromkeys(columns.targets, INPUTS[kind].truth)
    read = scorers[0].read_truth or scorers[0].read_cell
    return Rules(
        contents=ids | truth | dict(columns.extras),
        above=scorers[0].truth_above,
        least=scorers[0].truth_from,
        unbounded=tuple(columns.extras),
        cell_check=None if read is None else read(**scorers[0].options),
        cell_words=scorers[0].cell_words,
    )


def _columns(
    header: Sequence[str], spec: EvaluationSpec, kind: InputKind, scorers: Sequence[Scorer]
) -> _Columns:
    extras = _context_columns(scorers)
    if spec.unit_column is not None:
        extras.setdefault(spec.unit_column, Content.NAME)
    if USAGE in header:
        extras[USAGE] = Content.NAME
    if spec.split is not None and (USAGE not in header or spec.split.column in header):
        extras.setdefault(spec.split.column, Content.NAME)
    extras = {name: c for name, c in extras.items() if name not in spec.id_columns}
    if INPUTS[kind].matched or len(spec.columns) == 1:
        targets = spec.columns
    else:
        targets = (_only_target(header, spec, extras),)
    if spec.split is not None and spec.split.column in targets:
        raise HeaderMismatchError([Fault("split", in_line_1(_ANSWERS_DECIDE), line=1)])
    return _Columns(spec.id_columns, targets, {n: c for n, c in extras.items() if n not in targets})


def _only_target(header: Sequence[str], spec: EvaluationSpec, extras: Iterable[str]) -> str:
    # Where the ids are not found, what else there is says nothing of the answers.
    if lacking := [n for n in spec.id_columns if n not in header]:
        check_header(header, (*header, *lacking), owner="solution")
    beside = [n for n in header if n not in (*spec.id_columns, *extras)]
    if len(beside) != 1:
        text = sentence(
            "the solution must have one column of answers beside the ids; it has %(names)s.",
            names=listing(beside) or sentence("none"),
        )
        raise HeaderMismatchError([Fault("header", _with_hint(text, beside), line=1)])
    return beside[0]


def _with_hint(text: Sentence, beside: Sequence[str]) -> Sentence:
    close = nearest(USAGE, beside, most=1) if len(beside) > 1 else []
    if not close:
        return text
    hint = sentence("Is %(close)s meant to be “%(usage)s”?", close=listing(close), usage=USAGE)
    return together(text, hint)


def _classes_of(targets: pl.DataFrame, spec: EvaluationSpec, kind: InputKind) -> tuple[str, ...]:
    if not INPUTS[kind].classes:
        return ()
    classes = sort_labels(targets.to_series().unique().to_list())
    allowed = spec.columns if INPUTS[kind].for_each_class else spec.labels
    unknown = [] if allowed is None else [c for c in classes if c not in allowed]
    if unknown:
        text = sentence(
            "the solution has %(labels)s, but predictions can take only %(taken)s.",
            labels=listing(unknown),
            taken=listing(allowed or ()),
        )
        raise invalid("unknown_label", text)
    if kind in (InputKind.PROBABILITY, InputKind.SCORES) and len(classes) != 2:
        text = sentence(
            "%(kind)s needs two classes; the solution has %(classes)s.",
            kind=known(INPUTS[kind].words),
            classes=listing(classes),
        )
        raise invalid("classes", text)
    return classes
