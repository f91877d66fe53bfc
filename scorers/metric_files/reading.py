"""Files as a metric file sees them: read, checked, aligned and split as for any scorer."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl
from numpy.typing import NDArray

from scorers.binding import invalid
from scorers.errors import Fault
from scorers.inputs import Content
from scorers.reading.aligning import Order, align
from scorers.reading.checking import Table
from scorers.reading.schema import HeaderMismatchError, Rules, check_header, in_line_1
from scorers.sentences import sentence
from scorers.solutions.hidden import read_hidden
from scorers.solutions.sides import Rows, split_rows
from scorers.solutions.splitting import USAGE, Mask, split_by_usage
from scorers.spec import EvaluationSpec
from scorers.tables import read_table

_PLAIN_WHOLE = r"^(0|-?[1-9]\d{0,17})$"
# Whole numbers beyond this are not all float64.
_LARGEST_WHOLE = 2.0**53
_SPARE_ROWS = 1000
_CLOSE = 0.8


@dataclass(frozen=True, eq=False)
class Answers:
    """A solution as a metric file sees it: the ids, all other columns in their types, the split."""

    ids: pl.DataFrame
    columns: pl.DataFrame
    public: Mask
    private: Mask
    units: NDArray[Any] | None


def read_answers(path: Path, spec: EvaluationSpec) -> Answers:
    """The solution with every column it has. Raises: InvalidSolution."""
    table = _read(path, spec)
    frame = table.frame
    ids = frame.select(_id_in_type(frame[name]) for name in spec.id_columns)
    others = [n for n in frame.columns if n not in (*spec.id_columns, USAGE)]
    if not others:
        raise invalid("header", sentence("the solution has no column of answers beside the ids."))
    columns = frame.select(_in_type(frame[name]) for name in others)
    units = None if spec.unit_column is None else frame[spec.unit_column].to_numpy()
    if USAGE in frame.columns:
        public, private = split_by_usage(frame[USAGE])
    else:
        decides = None if spec.split is None else frame[spec.split.column]
        rows = Rows(ids, _strata(columns, spec), units, decides, table.locate)
        public, private = split_rows(rows, spec)
    if not public.any():
        raise invalid("split", sentence("No row is public: the public board would be empty."))
    return Answers(ids, columns, public, private, units)


def _read(path: Path, spec: EvaluationSpec) -> Table:
    def plan(header: Sequence[str]) -> Rules:
        decides = None if spec.split is None or USAGE in header else spec.split.column
        due = [*spec.id_columns, *(n for n in (spec.unit_column, decides) if n is not None)]
        check_header(header, [*dict.fromkeys([*due, *header])])
        _refuse_misspelt_usage(header)
        contents = dict.fromkeys(header, Content.TEXT)
        named = dict.fromkeys([*due[len(spec.id_columns) :], USAGE], Content.NAME)
        contents |= {name: content for name, content in named.items() if name in header}
        return Rules(contents=contents | dict.fromkeys(spec.id_columns, Content.ID))

    return read_hidden(path, plan, typed=False)


def _refuse_misspelt_usage(header: Sequence[str]) -> None:
    """Any other column may stand there, but this one would publish everything."""
    folded = {name.strip().casefold(): name for name in header}
    close = [] if USAGE in header else get_close_matches(USAGE.casefold(), folded, 1, _CLOSE)
    if close:
        said = sentence(
            "is “%(name)s” the column of the boards? It is called “%(usage)s”.",
            name=folded[close[0]],
            usage=USAGE,
        )
        raise HeaderMismatchError([Fault("header", in_line_1(said), line=1)])


def _id_in_type(column: pl.Series) -> pl.Series:
    return column.cast(pl.Int64) if column.str.contains(_PLAIN_WHOLE).all() else column


def _in_type(column: pl.Series) -> pl.Series:
    """Whole numbers, else numbers (null where a cell is empty), else texts as they stand."""
    filled = column.set(column == "", None) if column.null_count() == 0 else column
    if filled.null_count() == 0 and filled.str.contains(_PLAIN_WHOLE).all():
        return filled.cast(pl.Int64)
    numbers = filled.str.strip_chars(" \t").cast(pl.Float64, strict=False)
    every = numbers.null_count() == filled.null_count() < len(filled)
    return numbers if every and bool(numbers.is_finite().all()) else filled


def _strata(columns: pl.DataFrame, spec: EvaluationSpec) -> pl.Series | None:
    """A label for each row, where there is one column of answers and it holds no measurements."""
    decides = None if spec.split is None else spec.split.column
    targets = [n for n in columns.columns if n not in (spec.unit_column, decides)]
    if len(targets) != 1 or columns[targets[0]].dtype == pl.Float64:
        return None
    return (
        columns[targets[0]].fill_null("")
        if columns[targets[0]].dtype == pl.String
        else (columns[targets[0]])
    )


def read_submission(path: Path, spec: EvaluationSpec, answers: Answers) -> pl.DataFrame:
    """The predictions in the solution's order and types. Raises: InvalidPredictions."""
    whole = tuple(n for n, kind in answers.ids.schema.items() if kind == pl.Int64)
    ids = {n: Content.WHOLE_ID if n in whole else Content.ID for n in spec.id_columns}

    def plan(header: Sequence[str]) -> Rules:
        check_header(header, spec.header)
        contents = {name: _content(name, spec) for name in spec.columns}
        return Rules(contents=ids | contents, labels=spec.labels)

    most = min(spec.max_rows, 2 * answers.ids.height + _SPARE_ROWS)
    table = read_table(
        path, plan, max_bytes=spec.max_unpacked_bytes, max_rows=most, ids=answers.ids
    )
    order: Order | None = align(table, answers.ids)
    frame = table.frame if order is None else table.frame[order]
    return frame.select(_like_the_answers(frame[name], answers.columns) for name in spec.columns)


def _content(name: str, spec: EvaluationSpec) -> Content:
    if spec.labels is not None:
        return Content.LABEL
    return Content.NUMBER if name in (spec.numbers or ()) else Content.TEXT


def _like_the_answers(column: pl.Series, answers: pl.DataFrame) -> pl.Series:
    """Whole numbers where the answers of that name are, and labels that are numbers as numbers."""
    kind = answers[column.name].dtype if column.name in answers.columns else None
    if column.dtype == pl.String:
        return column if kind in (None, pl.String) else _in_type(column)
    whole = kind == pl.Int64 and bool(
        ((column == column.round()) & (column.abs() <= _LARGEST_WHOLE)).all()
    )
    return column.cast(pl.Int64) if whole else column


def perfect_rows(answers: Answers, spec: EvaluationSpec) -> pl.DataFrame | None:
    """The answers as predictions; None where the solution has other columns."""
    if not set(spec.columns) <= set(answers.columns.columns):
        return None
    return answers.columns.select(spec.columns)
