"""Score predictions by a metric file: what it is asked, and what its answers amount to.

Running the metric is not done here: whoever calls says how (`Run`), for it is code of others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import invalid
from scorers.errors import InvalidParameter, MetricFault
from scorers.metric_files.file import InvalidMetric, MetricFile, Signature, read_metric
from scorers.metric_files.reading import Answers
from scorers.metric_files.rows import Columns, Rows
from scorers.metric_files.running import Board, Task
from scorers.sampling.resampling import Resampling
from scorers.sentences import said_by, sentence
from scorers.solutions.splitting import Mask
from scorers.spec import EvaluationSpec
from scorers.uncertainty import Interval, percentile_interval, withheld

__all__ = [
    "LEAST_REPLICATES",
    "MetricFault",
    "Run",
    "Said",
    "Scored",
    "bound_metric",
    "score_by_metric",
]

LEAST_REPLICATES = 100


@dataclass(frozen=True)
class Said:
    """What a metric said of one board.

    `replicates`: its value on the first resamples of the plan, as many as there was time for, NaN
    where it failed. `fixed_ids`: it reads the ids, so rows can't be drawn twice.
    """

    value: float
    replicates: Sequence[float]
    fixed_ids: bool = False


# Runs a task in a confined process. Raises: MetricFault, ParticipantVisibleError.
Run = Callable[[Task], Sequence[Said]]


@dataclass(frozen=True, eq=False)
class Scored:
    """What a metric says of one board; `rows` of them."""

    value: float
    interval: Interval
    replicates: NDArray[np.float64] | None
    rows: int


def bound_metric(spec: EvaluationSpec) -> tuple[MetricFile, dict[str, Any]]:
    """The metric file of a spec and its parameters. Raises: InvalidSolution."""
    try:
        metric = read_metric(spec.code or "")
        params = metric.bind(spec.params)
    except (InvalidMetric, InvalidParameter) as error:
        raise invalid("metric", said_by(error)) from None
    if metric.signature is Signature.KAGGLE:
        _require_kaggle(spec)
    return metric, params


def _require_kaggle(spec: EvaluationSpec) -> None:
    if len(spec.id_columns) != 1:
        said = sentence(
            "metric.py: Kaggle's signature has one id column; this challenge has %(count)s. "
            "Write score(truth, prediction, ...) instead.",
            count=len(spec.id_columns),
        )
        raise invalid("metric", said)
    try:
        import_module("scorers.metric_files.kaggle")
    except ImportError:
        said = sentence(
            "metric.py: Kaggle's signature needs pandas. Install it with: "
            "pip install 'varsity[metrics]'"
        )
        raise invalid("metric", said) from None


def score_by_metric(
    submission: pl.DataFrame, answers: Answers, spec: EvaluationSpec, run: Run
) -> list[Scored | None]:
    """What the metric says of the public and of the private board; None where one has no rows.

    Raises: InvalidSolution, MetricFault, ParticipantVisibleError.
    """
    metric, params = bound_metric(spec)
    boards = _boards(submission, answers, spec)
    asked = [board for board in boards if board is not None]
    task = Task(metric, params, tuple(asked), seed=spec.replicate_seed)
    said = iter(run(task))
    return [None if board is None else _scored(board, next(said)) for board in boards]


def _boards(submission: pl.DataFrame, answers: Answers, spec: EvaluationSpec) -> list[Board | None]:
    whole = Rows(*map(_columns, (answers.ids, answers.columns, submission)))
    return [
        _board(whole, answers, rows, spec, seed=2 * spec.replicate_seed + number)
        for number, rows in enumerate((answers.public, answers.private))
    ]


def _board(
    whole: Rows, answers: Answers, mask: Mask, spec: EvaluationSpec, *, seed: int
) -> Board | None:
    rows = np.flatnonzero(mask)
    if len(rows) == 0:
        return None
    units = None if answers.units is None else answers.units[rows]
    plan = Resampling.of(len(rows), seed=seed, replicates=spec.replicates, units=units)
    return Board(whole.take(rows), plan if spec.replicates else None, spec.unit_column)


def _columns(frame: pl.DataFrame) -> Columns:
    """Arrays of int64, of float64 (NaN: empty), or of texts as objects (None: empty)."""
    return {column.name: _array(column) for column in frame}


def _array(column: pl.Series) -> NDArray[Any]:
    if column.dtype == pl.String:
        return np.array(column.to_list(), dtype=object)
    return column.to_numpy()


def _scored(board: Board, said: Said) -> Scored:
    interval, replicates = _uncertainty(board, said)
    return Scored(said.value, interval, replicates, board.rows.count)


def _uncertainty(board: Board, said: Said) -> tuple[Interval, NDArray[np.float64] | None]:
    """The interval, and the replicates with NaN for those that there was no time for."""
    plan = board.plan
    if plan is None or plan.replicates < 1:
        return withheld("no replicates"), None
    if plan.units <= 1:
        return withheld("one unit cannot show how units vary"), None
    if said.fixed_ids:
        return withheld("the metric reads the ids, so rows cannot be drawn twice"), None
    done = plan.rescaled(np.array(said.replicates, dtype=np.float64), said.value)
    padded = np.full(plan.replicates, np.nan)
    padded[: len(done)] = done
    if len(done) < min(LEAST_REPLICATES, plan.replicates):
        reason = f"time for {len(done)} of {plan.replicates} resamples only"
        return withheld(reason), padded
    return percentile_interval(done, plan.groups, how=_how(plan, len(done))), padded


def _how(plan: Resampling, done: int) -> str:
    drawn = "" if plan.drawn_units == plan.units else f"{plan.drawn_units} of "
    rest = "" if done == plan.replicates else f" (time for {done} of {plan.replicates})"
    return f"{done} outright resamples of {drawn}{plan.of_units}{rest}"
