"""Compare two files of predictions on one board, pair by pair."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from scorers.binding import bind_scorers, kind_of
from scorers.errors import InvalidPredictions
from scorers.evaluate import evaluate_file
from scorers.kinds import InputKind
from scorers.metric_files.scoring import Run
from scorers.reading.schema import Schema
from scorers.results import BoardResult
from scorers.solutions.splitting import Only
from scorers.spec import EvaluationSpec
from scorers.tables import read_predictions
from scorers.uncertainty import Comparison, ScoreResult, compare


@dataclass(frozen=True, eq=False)
class Compared:
    """What a board says of two files, and of their difference a - b."""

    a: BoardResult
    b: BoardResult
    difference: Comparison


def compare_files(
    a: Path,
    b: Path,
    solution: Path,
    spec: EvaluationSpec,
    *,
    board: Only,
    run: Run | None = None,
) -> Compared:
    """The scores of two files on a board and their paired difference; see `uncertainty.compare`.

    Nothing is computed from the rows of the other board. `run`: as in `evaluate_file`.
    Raises: as `evaluate_file`; ValueError when the board has no rows.
    """
    alone = replace(spec, also=())

    def scored(path: Path) -> BoardResult:
        both = evaluate_file(path, solution, alone, run=run, only=board)
        result = both.public if board == "public" else both.private
        if result is None:
            raise ValueError(f"the {board} board has no rows.")
        return result

    first, second = scored(a), scored(b)
    return Compared(first, second, compare(_evidence(first), _evidence(second)))


def _evidence(result: BoardResult) -> ScoreResult:
    return ScoreResult(
        result.value, result.interval, result.method, result.replicates, result.influence
    )


MOST_CHANGES = 5
_OTHER = "\0other"


class Changed(NamedTuple):
    """What one file says where the other says something else, and in how many rows."""

    a: str
    b: str
    rows: int


@dataclass(frozen=True)
class Differing:
    """How two files differ: in so many of their rows, and in each column.

    `gap`: the mean absolute difference of a single column of numbers, over all rows. `changes`: the
    most frequent ones of a single column of anything else.
    """

    rows: int
    differ: int
    by_column: dict[str, int]
    gap: float | None
    changes: list[Changed]


def differing_rows(a: Path, b: Path, spec: EvaluationSpec) -> Differing | None:
    """How two files differ, told from the files alone; None where their ids are not the same.

    Raises: InvalidPredictions.
    """
    first, second = _read_alone(a, spec), _read_alone(b, spec)
    ids, columns = list(spec.id_columns), list(spec.columns)
    both = first.join(second, on=ids, suffix=_OTHER, nulls_equal=True)
    if not first.height == second.height == both.height:
        return None
    apart = both.select(
        pl.col(name).ne_missing(pl.col(name + _OTHER)).alias(name) for name in columns
    )
    by_column = {name: int(apart[name].sum()) for name in columns}
    differ = int(apart.select(pl.any_horizontal(columns)).to_series().sum())
    gap, changes = _single(both, columns) if len(columns) == 1 else (None, [])
    return Differing(both.height, differ, by_column, gap, changes)


def _single(both: pl.DataFrame, columns: list[str]) -> tuple[float | None, list[Changed]]:
    here, there = both[columns[0]], both[columns[0] + _OTHER]
    if here.dtype.is_numeric() and there.dtype.is_numeric():
        mean = (here - there).abs().mean()
        return float(mean) if isinstance(mean, float | int) else None, []
    pairs = pl.DataFrame({"a": here.cast(pl.String), "b": there.cast(pl.String)})
    counted = pairs.filter(pl.col("a").ne_missing(pl.col("b"))).group_by("a", "b").len()
    top = counted.sort(["len", "a", "b"], descending=[True, False, False]).head(MOST_CHANGES)
    return None, [Changed(a or "", b or "", n) for a, b, n in top.iter_rows()]


def _read_alone(path: Path, spec: EvaluationSpec) -> pl.DataFrame:
    """A file as the metric reads it, or, where it reads cells of lists and the like, as text."""
    schema = Schema(
        id_columns=spec.id_columns,
        columns=spec.columns,
        kind=_kind_alone(spec),
        max_bytes=spec.max_unpacked_bytes,
        max_rows=spec.max_rows,
        sum_tolerance=None,
    )
    try:
        return read_predictions(path, schema)
    except InvalidPredictions:
        return read_predictions(path, replace(schema, kind=InputKind.TEXTS))


def _kind_alone(spec: EvaluationSpec) -> InputKind:
    if spec.code is None:
        scorer, _ = bind_scorers(replace(spec, also=()))
        return kind_of(scorer, spec)
    numbers = spec.numbers or ()
    return InputKind.NUMBERS if set(spec.columns) <= set(numbers) else InputKind.TEXTS
