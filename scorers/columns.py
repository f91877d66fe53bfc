"""Columns as a scorer reads them: what a file has to hold, its arrays, and a perfect prediction."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.inputs import INPUTS, Content
from scorers.kinds import InputKind
from scorers.labels import all_whole, encode, in_codes, in_columns, sort_labels
from scorers.reading.schema import Schema
from scorers.scorer import Scorer
from scorers.solutions.solution import Solution
from scorers.spec import EvaluationSpec

Array = NDArray[Any]


def schema_of(spec: EvaluationSpec, scorer: Scorer, kind: InputKind, answers: Solution) -> Schema:
    """What a file has to hold to be scored against these answers."""
    read = scorer.read_cell
    return Schema(
        id_columns=spec.id_columns,
        columns=spec.columns,
        kind=kind,
        labels=spec.labels,
        max_bytes=spec.max_unpacked_bytes,
        max_rows=spec.max_rows,
        whole_ids=answers.whole_ids,
        whole_labels=bool(answers.classes) and all_whole(answers.classes),
        above=scorer.numbers_above,
        sum_tolerance=scorer.sum_tolerance,
        cell_check=None if read is None else read(**scorer.options),
        cell_words=scorer.cell_words,
    )


def arrays_of(
    frame: pl.DataFrame,
    answers: Solution,
    kind: InputKind,
    spec: EvaluationSpec,
    scorers: tuple[Scorer, ...],
) -> tuple[Array, Array, tuple[Scorer, ...]]:
    """Truth and prediction as arrays, and the scorers in their codes."""
    if not INPUTS[kind].classes:
        numbered = tuple(in_columns(s, spec.columns) for s in scorers)
        return array_of(answers.targets), array_of(frame.select(spec.columns)), numbered
    classes = _classes(frame, answers, kind, spec)
    truth, prediction = encode(answers.target, classes), _prediction(frame, kind, classes, spec)
    coded = tuple(in_codes(s, classes, kind is not InputKind.LABELS) for s in scorers)
    return truth, prediction, coded


def array_of(frame: pl.DataFrame) -> Array:
    """One column as shape (n,), several as (n, k)."""
    return frame.to_series().to_numpy() if frame.width == 1 else frame.to_numpy()


def _classes(
    frame: pl.DataFrame, answers: Solution, kind: InputKind, spec: EvaluationSpec
) -> tuple[str, ...]:
    if INPUTS[kind].for_each_class:
        return sort_labels(spec.columns)
    if kind is not InputKind.LABELS:
        return answers.classes
    predicted = frame[spec.columns[0]].unique().to_list()
    return sort_labels([*answers.classes, *predicted, *(spec.labels or ())])


def _prediction(
    frame: pl.DataFrame, kind: InputKind, classes: tuple[str, ...], spec: EvaluationSpec
) -> Array:
    if kind is InputKind.LABELS:
        return encode(frame[spec.columns[0]], classes)
    if INPUTS[kind].for_each_class:
        return frame.select(classes).to_numpy()
    return frame[spec.columns[0]].to_numpy()


def perfect_prediction(scorer: Scorer, truth: Array, kind: InputKind, width: int) -> Array:
    """The predictions that hit every row; `width`: the number of columns or classes."""
    if scorer.ideal is not None:
        return scorer.ideal(truth, **scorer.options)
    if INPUTS[kind].for_each_class:
        return np.eye(width)[truth]
    if kind is InputKind.QUANTILES and width > 1:
        return np.repeat(truth[:, None], width, axis=1)
    as_number = INPUTS[kind].prediction in (Content.NUMBER, Content.PROBABILITY)
    return truth.astype(np.float64) if as_number else truth
