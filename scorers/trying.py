"""A solution tried out before anyone submits: with the sample, and with perfect predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from scorers.binding import bind_scorers, invalid, kind_of
from scorers.columns import Array, array_of, perfect_prediction, schema_of
from scorers.errors import InvalidPredictions, InvalidSolution, ParticipantVisibleError
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.labels import check_binary, encode, in_codes, in_columns, sort_labels
from scorers.metric_files.evaluating import check_metric_solution
from scorers.reading.aligning import align
from scorers.reading.wording import of_the_sample
from scorers.results import SolutionFacts
from scorers.scorer import Scorer
from scorers.sentences import Sentence, known, said_by, sentence
from scorers.solutions.solution import Solution, read_solution
from scorers.spec import EvaluationSpec
from scorers.tables import read_table


def check_solution(solution: Path, spec: EvaluationSpec, *, sample: Path | None) -> SolutionFacts:
    """Check a solution, the sample and the scorer together, before anyone submits.

    Raises: InvalidSolution with what the organiser has to mend.
    """
    if spec.code is not None:
        return check_metric_solution(solution, spec, sample=sample)
    scorer, also = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    answers = read_solution(solution, spec, kind, [scorer, *also])
    labels = spec.labels
    if sample is not None:
        labels = _check_sample(sample, spec, scorer, kind, answers)
    _check_boards([scorer, *also], answers, kind, spec)
    rows, public, private = len(answers.public), answers.public.sum(), answers.private.sum()
    return SolutionFacts(rows, int(public), int(private), int(rows - public - private), labels)


def _check_sample(
    sample: Path, spec: EvaluationSpec, scorer: Scorer, kind: InputKind, answers: Solution
) -> tuple[str, ...] | None:
    """Read the sample as a submission; the labels declared, or the sample's if it has them all."""
    schema = schema_of(spec, scorer, kind, answers)
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
        told = [replace(f, message=of_the_sample(f.message)) for f in error.faults]
        raise InvalidSolution(told, error.count) from None
    if spec.labels is not None or kind is not InputKind.LABELS:
        return spec.labels
    shown = set(table.frame[spec.columns[0]].unique())
    return sort_labels(shown) if shown.issuperset(answers.classes) else None


def _check_boards(
    scorers: Sequence[Scorer], answers: Solution, kind: InputKind, spec: EvaluationSpec
) -> None:
    """Every scorer must be defined on every board: for perfect predictions, and for any labels."""
    truth, coded, width = _coded_truth(scorers, answers, kind, spec)
    for name, rows in (("public", answers.public), ("private", answers.private)):
        for each, given in zip(coded, scorers, strict=True) if rows.any() else []:
            tried = [perfect_prediction(each, truth[rows], kind, width)]
            if kind is InputKind.LABELS:
                tried.append(np.arange(len(tried[0])) % width)
            context = answers.context_of(each, rows)
            reasons = [_why_undefined(each, truth[rows], p, context) for p in tried]
            if any(reasons):
                why = next(filter(None, reasons))
                text = _undefined_on(name, known(each.title), str(dict(given.params)), why)
                raise invalid("undefined", text)


def _undefined_on(board: str, title: Sentence, parameters: str, why: Sentence) -> Sentence:
    values = {"title": title, "parameters": parameters, "why": why}
    if board == "public":
        return sentence(
            "%(title)s is not defined on the public board (parameters: %(parameters)s): %(why)s",
            **values,
        )
    return sentence(
        "%(title)s is not defined on the private board (parameters: %(parameters)s): %(why)s",
        **values,
    )


def _coded_truth(
    scorers: Sequence[Scorer], answers: Solution, kind: InputKind, spec: EvaluationSpec
) -> tuple[Array, list[Scorer], int]:
    if not INPUTS[kind].classes:
        numbered = [in_columns(s, spec.columns) for s in scorers]
        return array_of(answers.targets), numbered, len(spec.columns)
    declared = spec.columns if INPUTS[kind].for_each_class else spec.labels or ()
    classes = sort_labels([*answers.classes, *declared])
    for scorer in scorers:
        check_binary(scorer, classes)
    coded = [in_codes(s, classes, kind is not InputKind.LABELS) for s in scorers]
    return encode(answers.target, classes), coded, len(classes)


def _why_undefined(
    scorer: Scorer, truth: Array, prediction: Array, context: Mapping[str, Any]
) -> Sentence | None:
    """What the metric itself says of a score that is not defined; None where it is."""
    try:
        value = scorer.score(truth, prediction, **context)
    except (ValueError, ParticipantVisibleError) as error:
        return said_by(error)
    return None if np.isfinite(value) else sentence("its value is not a finite number.")
