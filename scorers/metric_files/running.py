"""Running a metric file. Import this in a process that is confined, or runs its own code only.

Nothing here trusts what the metric returns, and what comes out is made of texts and numbers.
"""

import linecache
import random
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from numbers import Integral, Real
from types import ModuleType, TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.metric_files.file import METRIC, MetricFile, Signature
from scorers.metric_files.rows import Array, Rows
from scorers.sampling.resampling import Resampling

MOST_OF_TRACE = 20_000
MOST_OF_MESSAGE = 2_000
_MODULE = "metric"
_VISIBLE = "ParticipantVisibleError"
_SEED_BITS = 32

Clock = Callable[[], float]
Call = Callable[[Rows], float]


@dataclass(frozen=True, eq=False)
class Board:
    """Rows to score and how to resample them; `plan` None: not at all."""

    rows: Rows
    plan: Resampling | None
    unit_column: str | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """A metric and all that it is to score in one process."""

    metric: MetricFile
    params: Mapping[str, Any]
    boards: tuple[Board, ...]
    seed: int = 0


class NotANumber(Exception):
    """The metric returned something else than one finite number."""


def perform(task: Task, *, clock: Clock, seconds: float) -> dict[str, Any]:
    """Score every board, then resample each for its share of what is left of the seconds.

    The answer holds `boards`, each with `value`, `replicates` and `fixed_ids`; or `visible`, the
    message for the participant; or `fault` and `trace` for the organiser.
    """
    until = clock() + seconds
    try:
        np.random.seed(task.seed % (1 << _SEED_BITS))
        random.seed(task.seed)
        call = _caller(task)
        values = [call(board.rows) for board in task.boards]
        boards = []
        for number, (board, value) in enumerate(zip(task.boards, values, strict=True)):
            share = clock() + (until - clock()) / (len(task.boards) - number)
            boards.append({"value": value} | _resample(board, value, call, clock, share))
        return {"boards": boards}
    except BaseException as error:  # noqa: BLE001 - also what a metric raises to leave
        return _told(error)


def _told(error: BaseException) -> dict[str, Any]:
    if any(kind.__name__ == _VISIBLE for kind in type(error).__mro__):
        return {"visible": _sendable(str(error)[:MOST_OF_MESSAGE])}
    kind = "MemoryError" if isinstance(error, MemoryError) else type(error).__name__
    said = str(error) if isinstance(error, NotANumber) else f"{METRIC} raised {kind}: {error}"
    return {"fault": _sendable(said[:MOST_OF_MESSAGE]), "trace": _sendable(_trace(error))}


def _sendable(text: str) -> str:
    """A text without halves of characters: JSON that has one is not read."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _trace(error: BaseException) -> str:
    """The trace from the first frame of the metric file on: ours are of no use to its author."""
    where = error.__traceback__
    while where is not None and where.tb_frame.f_code.co_filename != METRIC:
        where = where.tb_next
    shown: TracebackType | None = where
    if shown is None:
        return "".join(traceback.format_exception_only(error))[:MOST_OF_TRACE]
    lines = traceback.format_exception(type(error), error, shown)
    return "".join(lines)[-MOST_OF_TRACE:]


def _caller(task: Task) -> Call:
    score = _load(task.metric)
    if task.metric.signature is Signature.KAGGLE:
        call = import_module("scorers.metric_files.kaggle").call
        return lambda rows: _number(call(score, rows, task.params))
    return lambda rows: _number(score(*_arrays(rows), **task.params))


def _load(metric: MetricFile) -> Callable[..., Any]:
    """Run the file as a module of its own; its lines stand in its traces."""
    lines = [f"{line}\n" for line in metric.source.splitlines()]
    linecache.cache[METRIC] = (len(metric.source), None, lines, METRIC)
    module = ModuleType(_MODULE)
    module.__file__ = METRIC
    sys.modules[_MODULE] = module
    exec(compile(metric.source, METRIC, "exec"), module.__dict__)  # noqa: S102 - what it is for
    score: Callable[..., Any] = module.__dict__["score"]
    return score


def _arrays(rows: Rows) -> tuple[Array, Array]:
    """Truth and prediction: one column as shape (n,), several as (n, k).

    The truth has the columns of the predictions where the solution has them all, else its own.
    """
    names = list(rows.submission)
    matched = all(name in rows.solution for name in names)
    truth = [rows.solution[name] for name in (names if matched else rows.solution)]
    return _array(truth), _array(list(rows.submission.values()))


def _array(columns: list[Array]) -> Array:
    return columns[0].copy() if len(columns) == 1 else np.column_stack(columns)


def _number(value: Any) -> float:
    """The value as one finite number. Raises: NotANumber, which says what it is instead."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise NotANumber(f"{METRIC} returned a {type(value).__name__}, not a number.")
    try:
        number = float(value)
    except (OverflowError, ValueError):
        what = "whole number" if isinstance(value, Integral) else "number"
        raise NotANumber(f"{METRIC} returned a {what} that is too large.") from None
    if not isfinite(number):
        raise NotANumber(f"{METRIC} returned {number}, not a finite number.")
    return number


def _resample(board: Board, value: float, call: Call, clock: Clock, until: float) -> dict[str, Any]:
    """The metric on each resample until the time is up; null where it is not defined.

    A metric that reads the ids is not resampled: a row that is drawn twice would have two.
    """
    plan = board.plan
    if plan is None or plan.units < 2 or plan.replicates < 1:
        return {"replicates": [], "fixed_ids": False}
    if _try(call, _moved_ids(board.rows)) != value:
        return {"replicates": [], "fixed_ids": True}
    found: list[float | None] = []
    for rows in plan.drawn_rows():
        if clock() >= until:
            break
        found.append(_try(call, _resampled(board, plan, rows)))
    return {"replicates": found, "fixed_ids": False}


def _try(call: Call, rows: Rows) -> float | None:
    try:
        return call(rows)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - not defined on this resample, whatever it says
        return None


def _resampled(board: Board, plan: Resampling, rows: NDArray[np.int64]) -> Rows:
    """The rows of a resample, under as many of the board's own ids, each once."""
    taken = board.rows.take(rows)
    ids = {name: _enough(own, len(rows)) for name, own in board.rows.ids.items()}
    columns = dict(taken.solution)
    if plan.unit_of_row is not None and board.unit_column in columns:
        # A unit that is drawn twice is two units.
        keys, copies = columns[board.unit_column], plan.copies(rows)
        columns[board.unit_column] = _numbered(keys, copies)
    return Rows(ids, columns, taken.submission)


def _moved_ids(rows: Rows) -> Rows:
    """The rows, each under the id of the one before it."""
    return Rows({n: np.roll(v, 1) for n, v in rows.ids.items()}, rows.solution, rows.submission)


def _enough(ids: Array, count: int) -> Array:
    """The first ids, and new ones where there are too few: units are of different sizes."""
    if count <= len(ids):
        return ids[:count]
    extra = np.resize(ids, count - len(ids))
    numbers = np.arange(count - len(ids))
    if ids.dtype.kind in "if":
        return np.concatenate([ids, (ids.max() + 1 + numbers).astype(ids.dtype)])
    return np.concatenate([ids, _numbered(extra, numbers)])


def _numbered(keys: Array, numbers: NDArray[np.int64]) -> Array:
    """Keys made different by a number: it replaces a number, and stands behind a text."""
    if keys.dtype.kind in "if":
        return numbers.astype(keys.dtype)
    pairs = zip(keys.tolist(), numbers.tolist(), strict=True)
    return np.array([f"{key}#{number}" for key, number in pairs], dtype=object)
