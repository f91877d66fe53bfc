"""Score a file of predictions against a solution: read, check, align, split, score, resample."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.binding import bind_scorers, invalid, kind_of
from scorers.columns import Array, arrays_of, perfect_prediction, schema_of
from scorers.errors import (
    LISTED,
    Fault,
    InvalidPredictions,
    InvalidRow,
    InvalidSolution,
    ParticipantVisibleError,
)
from scorers.kinds import InputKind
from scorers.metric_files.evaluating import evaluate_by_metric
from scorers.metric_files.scoring import Run
from scorers.reading.aligning import align
from scorers.reading.checking import Locate
from scorers.reading.wording import said_of, where
from scorers.results import BoardResult, Evaluated, SolutionFacts
from scorers.scorer import Scorer
from scorers.sentences import as_written, known, said_by, sentence
from scorers.solutions.solution import Solution, read_solution
from scorers.solutions.splitting import Mask, Only, board_alone
from scorers.spec import EvaluationSpec
from scorers.tables import read_table
from scorers.trying import check_solution

__all__ = [
    "BoardResult",
    "Evaluated",
    "EvaluationSpec",
    "SolutionFacts",
    "check_solution",
    "evaluate_file",
]

# A file of many more rows than there are ids is refused before its rows are looked at.
SPARE_ROWS = 1000


@dataclass(frozen=True, eq=False)
class _Columns:
    """Truth and prediction in the solution's order, and the scorers in the same codes.

    `row_in_file`: the row of the prediction file that stands at a row of the solution.
    """

    truth: Array
    prediction: Array
    scorer: Scorer
    also: tuple[Scorer, ...]
    row_in_file: Callable[[int], int]
    locate: Locate


def evaluate_file(
    prediction: Path,
    solution: Path,
    spec: EvaluationSpec,
    *,
    run: Run | None = None,
    only: Only | None = None,
) -> Evaluated:
    """The scores of a file on the public and the private board.

    `run`: how a metric file is run, where the spec has one. `only`: the one board that is wanted;
    nothing is computed of the other then.
    Raises: InvalidPredictions (the participant's mistake), InvalidSolution and MetricFault (the
    organiser's).
    """
    if spec.code is not None:
        return evaluate_by_metric(prediction, solution, spec, run, _secondary, only)
    scorer, also = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    answers = read_solution(solution, spec, kind, [scorer, *also])
    public, private = board_alone(answers.public, answers.private, only)
    answers = replace(answers, public=public, private=private)
    return _evaluate(prediction, answers, kind, spec, (scorer, *also))


def _secondary(
    prediction: Path, solution: Path, spec: EvaluationSpec, split: tuple[Mask, Mask]
) -> Evaluated:
    """The value of a scorer that is shown beside a metric file, on the same boards."""
    scorer, _ = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    answers = read_solution(solution, spec, kind, [scorer])
    answers = replace(answers, public=split[0], private=split[1])
    return _evaluate(prediction, answers, kind, spec, (scorer,))


def _evaluate(
    prediction: Path,
    answers: Solution,
    kind: InputKind,
    spec: EvaluationSpec,
    scorers: tuple[Scorer, ...],
) -> Evaluated:
    schema = schema_of(spec, scorers[0], kind, answers)
    table = read_table(
        prediction,
        schema.rules,
        max_bytes=spec.max_unpacked_bytes,
        max_rows=min(spec.max_rows, 2 * answers.ids.height + SPARE_ROWS),
        ids=answers.ids,
    )
    order = align(table, answers.ids)
    frame, locate = table.frame.select(spec.columns), table.locate
    del table
    truth, predicted, coded = arrays_of(
        frame if order is None else frame[order], answers, kind, spec, scorers
    )
    row_in_file = (lambda row: row) if order is None else (lambda row: int(order[row]))
    columns = _Columns(truth, predicted, coded[0], coded[1:], row_in_file, locate)
    _refuse_misfits(columns, answers, spec)
    del frame
    return _evaluate_boards(columns, answers, kind, spec)


def _refuse_misfits(columns: _Columns, answers: Solution, spec: EvaluationSpec) -> None:
    """Look at all rows before they are split: what is told says nothing of the boards.

    Raises: InvalidPredictions for rows that the scorer can't take.
    """
    scorer = columns.scorer
    if scorer.misfits is None:
        return
    everywhere = np.ones(len(columns.truth), dtype=bool)
    context = answers.context_of(scorer, everywhere)
    found = scorer.misfits(columns.prediction, **scorer.options, **context)
    if len(found.rows):
        places = sorted((columns.row_in_file(int(row)), int(row)) for row in found.rows)
        told = [_misfit(columns, at, found.say(row), spec) for at, row in places[:LISTED]]
        raise InvalidPredictions(told, len(places))


def _misfit(columns: _Columns, row_in_file: int, said: str, spec: EvaluationSpec) -> Fault:
    line, name = columns.locate(row_in_file), spec.columns[0]
    text = said_of(where(line, row_in_file, name), as_written(said))
    return Fault("unreadable_cell", text, line, name)


def _evaluate_boards(
    columns: _Columns, answers: Solution, kind: InputKind, spec: EvaluationSpec
) -> Evaluated:
    boards = [
        _evaluate_board(columns, answers, rows, kind, spec, seed=2 * spec.replicate_seed + i)
        for i, rows in enumerate((answers.public, answers.private))
    ]
    return Evaluated(public=boards[0], private=boards[1])


def _evaluate_board(
    columns: _Columns,
    answers: Solution,
    rows: NDArray[np.bool_],
    kind: InputKind,
    spec: EvaluationSpec,
    *,
    seed: int,
) -> BoardResult | None:
    """One board: the rows of its mask, and a seed of its own. None when it has no rows."""
    if not rows.any():
        return None
    at = np.flatnonzero(rows)
    truth, prediction = columns.truth[at], columns.prediction[at]
    units = None if answers.units is None else answers.units[rows]
    context = answers.context_of(columns.scorer, rows)
    try:
        found = columns.scorer.evaluate(
            truth, prediction, seed=seed, replicates=spec.replicates, units=units, **context
        )
    except ParticipantVisibleError as error:
        raise InvalidPredictions([Fault("metric", str(error))]) from None
    except InvalidRow as error:
        raise InvalidPredictions([_row_fault(error, columns, rows, spec)]) from None
    except ValueError as error:
        raise _undefined(columns.scorer, truth, context, (kind, prediction), error) from None
    also = {
        scorer.name: _score(scorer, truth, prediction, answers.context_of(scorer, rows))
        for scorer in columns.also
    }
    return BoardResult(
        value=found.value,
        interval=found.interval,
        method=found.method,
        also={name: value for name, value in also.items() if value is not None},
        rows=len(truth),
        replicates=found.replicates,
        influence=found.influence,
        losses=found.losses,
    )


def _row_fault(
    error: InvalidRow, columns: _Columns, rows: NDArray[np.bool_], spec: EvaluationSpec
) -> Fault:
    row = columns.row_in_file(int(np.flatnonzero(rows)[error.row]))
    return _misfit(columns, row, said_by(error), spec)


def _score(
    scorer: Scorer, truth: Array, prediction: Array, context: Mapping[str, Any]
) -> float | None:
    """The score, or None where it is not defined."""
    try:
        value = scorer.score(truth, prediction, **context)
    except (ValueError, ParticipantVisibleError):
        return None
    return value if np.isfinite(value) else None


def _undefined(
    scorer: Scorer,
    truth: Array,
    context: Mapping[str, Any],
    given: tuple[InputKind, Array],
    error: ValueError,
) -> InvalidPredictions | InvalidSolution:
    """Whose mistake it is that a score is not defined: the organiser's if no file could get one."""
    kind, prediction = given
    perfect = perfect_prediction(scorer, truth, kind, prediction.shape[-1])
    if _score(scorer, truth, perfect, context) is None:
        text = sentence(
            "%(title)s is not defined on a board: %(why)s",
            title=known(scorer.title),
            why=said_by(error),
        )
        return invalid("undefined", text)
    text = sentence(
        "%(title)s is not defined for these predictions "
        "(for example because they are all the same).",
        title=known(scorer.title),
    )
    return InvalidPredictions([Fault("undefined", text)])
