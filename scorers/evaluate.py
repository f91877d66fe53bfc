"""Score a file of predictions against a solution: read, check, align, split, score, resample."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.aligning import align
from scorers.errors import (
    Fault,
    InvalidPredictions,
    InvalidSolution,
    ParticipantVisibleError,
)
from scorers.kinds import InputKind
from scorers.labels import all_whole, encode, in_codes, sort_labels
from scorers.schema import Schema
from scorers.scorer import Scorer
from scorers.solution import Solution, bind_scorers, invalid, kind_of, read_solution
from scorers.spec import EvaluationSpec
from scorers.tables import read_table

__all__ = [
    "BoardResult",
    "Evaluated",
    "EvaluationSpec",
    "SolutionFacts",
    "check_solution",
    "evaluate_file",
]

Array = NDArray[Any]
# A file of many more rows than there are ids is refused before its rows are looked at.
SPARE_ROWS = 1000


@dataclass(frozen=True, eq=False)
class BoardResult:
    """What a board says of a file; `also` leaves out secondary scores that are not defined."""

    value: float
    interval: tuple[float, float] | None
    method: str
    also: dict[str, float]
    rows: int
    replicates: NDArray[np.float64] | None


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The results on both boards; `private` is None when every row is public or ignored."""

    public: BoardResult | None
    private: BoardResult | None


@dataclass(frozen=True)
class SolutionFacts:
    """What a solution amounts to; `labels` may be shown: never one that only the solution has."""

    rows: int
    public_rows: int
    private_rows: int
    ignored_rows: int
    labels: tuple[str, ...] | None


@dataclass(frozen=True, eq=False)
class _Columns:
    """Truth and prediction in the solution's order, and the scorers in the same codes."""

    truth: Array
    prediction: Array
    scorer: Scorer
    also: tuple[Scorer, ...]


def evaluate_file(prediction: Path, solution: Path, spec: EvaluationSpec) -> Evaluated:
    """The scores of a file on the public and the private board.

    Raises: InvalidPredictions (the participant's mistake), InvalidSolution (the organiser's).
    """
    scorer, also = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    answers = read_solution(solution, spec, kind)
    schema = _schema(spec, scorer, kind, answers)
    table = read_table(
        prediction,
        schema.rules,
        max_bytes=spec.max_unpacked_bytes,
        max_rows=min(spec.max_rows, 2 * answers.ids.height + SPARE_ROWS),
        ids=answers.ids,
    )
    order = align(table, answers.ids)
    frame = table.frame if order is None else table.frame[order]
    columns = _columns(frame, answers, kind, spec, (scorer, *also))
    return _evaluate_boards(columns, answers, kind, spec)


def _schema(spec: EvaluationSpec, scorer: Scorer, kind: InputKind, answers: Solution) -> Schema:
    return Schema(
        id_columns=spec.id_columns,
        columns=spec.columns,
        kind=kind,
        labels=spec.labels,
        max_bytes=spec.max_unpacked_bytes,
        max_rows=spec.max_rows,
        whole_ids=answers.whole_ids,
        whole_labels=all_whole(answers.classes),
        above=scorer.numbers_above,
    )


def _columns(
    frame: pl.DataFrame,
    answers: Solution,
    kind: InputKind,
    spec: EvaluationSpec,
    scorers: tuple[Scorer, ...],
) -> _Columns:
    if kind is InputKind.NUMBERS:
        numbers = frame[spec.columns[0]].to_numpy()
        return _Columns(answers.target.to_numpy(), numbers, scorers[0], scorers[1:])
    classes = _classes(frame, answers, kind, spec)
    truth, prediction = encode(answers.target, classes), _prediction(frame, kind, classes, spec)
    coded = [in_codes(s, classes, kind is not InputKind.LABELS) for s in scorers]
    return _Columns(truth, prediction, coded[0], tuple(coded[1:]))


def _classes(
    frame: pl.DataFrame, answers: Solution, kind: InputKind, spec: EvaluationSpec
) -> tuple[str, ...]:
    if kind is InputKind.PROBABILITIES:
        return sort_labels(spec.columns)
    if kind is InputKind.PROBABILITY:
        return answers.classes
    predicted = frame[spec.columns[0]].unique().to_list()
    return sort_labels([*answers.classes, *predicted, *(spec.labels or ())])


def _prediction(
    frame: pl.DataFrame, kind: InputKind, classes: tuple[str, ...], spec: EvaluationSpec
) -> Array:
    if kind is InputKind.LABELS:
        return encode(frame[spec.columns[0]], classes)
    if kind is InputKind.PROBABILITIES:
        return frame.select(classes).to_numpy()
    return frame[spec.columns[0]].to_numpy()


def _evaluate_boards(
    columns: _Columns, answers: Solution, kind: InputKind, spec: EvaluationSpec
) -> Evaluated:
    boards = [
        _evaluate_board(columns, answers.units, rows, kind, spec, seed=2 * spec.replicate_seed + i)
        for i, rows in enumerate((answers.public, answers.private))
    ]
    return Evaluated(public=boards[0], private=boards[1])


def _evaluate_board(
    columns: _Columns,
    units: Array | None,
    rows: NDArray[np.bool_],
    kind: InputKind,
    spec: EvaluationSpec,
    *,
    seed: int,
) -> BoardResult | None:
    """One board: the rows of its mask, and a seed of its own. None when it has no rows."""
    if not rows.any():
        return None
    truth, prediction = columns.truth[rows], columns.prediction[rows]
    own_units = None if units is None else units[rows]
    try:
        found = columns.scorer.evaluate(
            truth, prediction, seed=seed, replicates=spec.replicates, units=own_units
        )
    except ParticipantVisibleError as error:
        raise InvalidPredictions([Fault("metric", str(error))]) from None
    except ValueError as error:
        width = prediction.shape[-1]
        raise _undefined(columns.scorer, truth, kind, width, error) from None
    also = {scorer.name: _score(scorer, truth, prediction) for scorer in columns.also}
    return BoardResult(
        value=found.value,
        interval=found.interval,
        method=found.method,
        also={name: value for name, value in also.items() if value is not None},
        rows=len(truth),
        replicates=found.replicates,
    )


def _score(scorer: Scorer, truth: Array, prediction: Array) -> float | None:
    """The score, or None where it is not defined."""
    try:
        value = scorer.score(truth, prediction)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _undefined(
    scorer: Scorer, truth: Array, kind: InputKind, width: int, error: ValueError
) -> InvalidPredictions | InvalidSolution:
    """Whose mistake it is that a score is not defined: the organiser's if no file could get one."""
    if _score(scorer, truth, _perfect(truth, kind, width)) is None:
        return invalid("undefined", f"{scorer.title} is not defined on a board: {error}")
    text = (
        f"{scorer.title} is not defined for these predictions "
        "(for example because they are all the same)."
    )
    return InvalidPredictions([Fault("undefined", text)])


def _perfect(truth: Array, kind: InputKind, width: int) -> Array:
    """The predictions that hit every row; `width`: the number of classes in a matrix."""
    if kind is InputKind.PROBABILITIES:
        return np.eye(width)[truth]
    return truth.astype(np.float64) if kind is InputKind.PROBABILITY else truth


def check_solution(solution: Path, spec: EvaluationSpec, *, sample: Path | None) -> SolutionFacts:
    """Check a solution, the sample and the scorer together, before anyone submits.

    Raises: InvalidSolution with what the organiser has to mend.
    """
    scorer, also = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    answers = read_solution(solution, spec, kind)
    labels = spec.labels
    if sample is not None:
        labels = _check_sample(sample, spec, scorer, kind, answers)
    _check_boards(scorer, also, answers, kind, spec)
    rows, public, private = len(answers.public), answers.public.sum(), answers.private.sum()
    return SolutionFacts(rows, int(public), int(private), int(rows - public - private), labels)


def _check_sample(
    sample: Path, spec: EvaluationSpec, scorer: Scorer, kind: InputKind, answers: Solution
) -> tuple[str, ...] | None:
    """Read the sample as a submission; the labels declared, or the sample's if it has them all."""
    schema = _schema(spec, scorer, kind, answers)
    try:
        table = read_table(
            sample,
            schema.rules,
            max_bytes=schema.max_bytes,
            max_rows=schema.max_rows,
            ids=answers.ids,
        )
        align(table, answers.ids)
    except InvalidPredictions as error:
        told = [replace(f, message=f"The sample: {f.message}") for f in error.faults]
        raise InvalidSolution(told, error.count) from None
    if spec.labels is not None or kind is not InputKind.LABELS:
        return spec.labels
    shown = set(table.frame[spec.columns[0]].unique())
    return sort_labels(shown) if shown.issuperset(answers.classes) else None


def _check_boards(
    scorer: Scorer,
    also: Sequence[Scorer],
    answers: Solution,
    kind: InputKind,
    spec: EvaluationSpec,
) -> None:
    """Every scorer must be defined on every board: for perfect predictions, and for any labels."""
    truth, scorers, width = _coded_truth(scorer, also, answers, kind, spec)
    for name, rows in (("public", answers.public), ("private", answers.private)):
        tried = [_perfect(truth[rows], kind, width)]
        if kind is InputKind.LABELS:
            tried.append(np.arange(len(tried[0])) % width)
        for each in scorers if rows.any() else []:
            if any(_score(each, truth[rows], prediction) is None for prediction in tried):
                text = f"{each.title} is not defined on the {name} board"
                raise invalid("undefined", f"{text} (parameters: {dict(each.params)}).")


def _coded_truth(
    scorer: Scorer,
    also: Sequence[Scorer],
    answers: Solution,
    kind: InputKind,
    spec: EvaluationSpec,
) -> tuple[Array, list[Scorer], int]:
    if kind is InputKind.NUMBERS:
        return answers.target.to_numpy(), [scorer, *also], 0
    declared = spec.columns if kind is InputKind.PROBABILITIES else spec.labels or ()
    classes = sort_labels([*answers.classes, *declared])
    coded = [in_codes(s, classes, kind is not InputKind.LABELS) for s in (scorer, *also)]
    return encode(answers.target, classes), coded, len(classes)
