"""Score a file by a metric file, and the scorers that are shown beside it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from scorers.binding import invalid
from scorers.errors import Fault, InvalidPredictions, InvalidSolution, ParticipantVisibleError
from scorers.metric_files.file import METRIC
from scorers.metric_files.reading import Answers, read_answers, read_submission
from scorers.metric_files.scoring import Run, Scored, bound_metric, score_by_metric
from scorers.reading.wording import of_the_sample
from scorers.results import BoardResult, Evaluated, SolutionFacts
from scorers.sentences import as_written
from scorers.solutions.splitting import Mask, Only, board_alone
from scorers.spec import EvaluationSpec

Secondary = Callable[[Path, Path, EvaluationSpec, tuple[Mask, Mask]], Evaluated]
Also = tuple[dict[str, float], dict[str, float]]


def evaluate_by_metric(
    prediction: Path,
    solution: Path,
    spec: EvaluationSpec,
    run: Run | None,
    secondary: Secondary,
    only: Only | None = None,
) -> Evaluated:
    """The scores on both boards, or on one `only`.

    `secondary`: how a scorer shown beside it is evaluated.

    Raises: InvalidPredictions, InvalidSolution, MetricFault.
    """
    if run is None:
        text = f"{METRIC} is code: it is scored in a confined process only (varsity score)."
        raise invalid("metric", as_written(text))
    answers = read_answers(solution, spec)
    public, private = board_alone(answers.public, answers.private, only)
    answers = replace(answers, public=public, private=private)
    submission = read_submission(prediction, spec, answers)
    try:
        boards = score_by_metric(submission, answers, spec, run)
    except ParticipantVisibleError as error:
        raise InvalidPredictions([Fault("metric", str(error))]) from None
    # After the metric: it is forked, and a library that has started threads can't be.
    also = _also(prediction, solution, spec, answers, secondary)
    return Evaluated(*(_result(*pair) for pair in zip(boards, also, strict=True)))


def _also(
    prediction: Path,
    solution: Path,
    spec: EvaluationSpec,
    answers: Answers,
    secondary: Secondary,
) -> Also:
    """Each secondary scorer's values on both boards, without those that are not defined."""
    found: Also = ({}, {})
    for name in spec.also:
        plain = replace(
            spec, scorer=name, params={}, also=(), code=None, numbers=None, replicates=0
        )
        try:
            said = secondary(prediction, solution, plain, (answers.public, answers.private))
        except InvalidPredictions:
            continue
        for values, board in zip(found, (said.public, said.private), strict=True):
            if board is not None:
                values[name] = board.value
    return found


def _result(scored: Scored | None, also: dict[str, float]) -> BoardResult | None:
    if scored is None:
        return None
    return BoardResult(
        value=scored.value,
        interval=scored.interval.bounds,
        method=scored.interval.method,
        also=also,
        rows=scored.rows,
        replicates=scored.replicates,
    )


def check_metric_solution(
    solution: Path, spec: EvaluationSpec, *, sample: Path | None
) -> SolutionFacts:
    """Check a solution, the sample and a metric file's parameters together; nothing is run.

    Raises: InvalidSolution.
    """
    bound_metric(spec)
    answers = read_answers(solution, spec)
    if sample is not None:
        _check_sample(sample, spec, answers)
    rows, public = len(answers.public), int(np.sum(answers.public))
    private = int(np.sum(answers.private))
    return SolutionFacts(rows, public, private, rows - public - private, spec.labels)


def _check_sample(sample: Path, spec: EvaluationSpec, answers: Answers) -> None:
    try:
        read_submission(sample, spec, answers)
    except InvalidPredictions as error:
        told = [replace(f, message=of_the_sample(f.message)) for f in error.faults]
        raise InvalidSolution(told, error.count) from None
