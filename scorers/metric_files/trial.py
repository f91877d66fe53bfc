"""A metric file tried out before anybody submits: on perfect predictions, and on shuffled ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from scorers.binding import invalid
from scorers.errors import ParticipantVisibleError
from scorers.metric_files.file import MetricFile, read_metric
from scorers.metric_files.reading import Answers, perfect_rows, read_answers
from scorers.metric_files.scoring import Run, score_by_metric
from scorers.sampling.resampling import seeded_ranks
from scorers.sentences import Sentence, sentence, together
from scorers.spec import EvaluationSpec

_STREAM = 7


@dataclass(frozen=True)
class Trial:
    """The metric on the boards (public, then private): of the answers, and of them shuffled.

    `shuffled` is empty where the metric refuses them.
    """

    perfect: tuple[float, ...]
    shuffled: tuple[float, ...]


def try_metric(solution: Path, spec: EvaluationSpec, run: Run) -> Trial | None:
    """Score the answers as predictions; None where the solution has other columns than the sample.

    Raises: InvalidSolution where the metric refuses the answers, or where shuffled answers are
    better than the answers: its direction is the other one. MetricFault where it fails.
    """
    metric, answers = read_metric(spec.code or ""), read_answers(solution, spec)
    perfect = perfect_rows(answers, spec)
    if perfect is None:
        return None
    once = replace(spec, replicates=0, also=())
    try:
        best = _values(perfect, answers, once, run)
    except ParticipantVisibleError as error:
        said = sentence("metric.py refuses the solution's own answers: %(error)s", error=str(error))
        raise invalid("metric", said) from None
    try:
        other = _values(_shuffled(perfect, spec), answers, once, run)
    except ParticipantVisibleError:
        return Trial(best, ())
    _check_direction(metric, best, other)
    return Trial(best, other)


def _values(
    rows: pl.DataFrame, answers: Answers, spec: EvaluationSpec, run: Run
) -> tuple[float, ...]:
    scored = score_by_metric(rows, answers, spec, run)
    return tuple(board.value for board in scored if board is not None)


def _shuffled(perfect: pl.DataFrame, spec: EvaluationSpec) -> pl.DataFrame:
    return perfect[seeded_ranks(perfect.height, spec.replicate_seed, _STREAM)]


def _check_direction(metric: MetricFile, best: Sequence[float], other: Sequence[float]) -> None:
    better = metric.higher_is_better
    pairs = list(zip(best, other, strict=True))
    if not any(b < o if better else b > o for b, o in pairs):
        return
    scores = sentence(
        "the answers themselves score %(own)s, shuffled ones %(shuffled)s",
        own=float(pairs[0][0]),
        shuffled=float(pairs[0][1]),
    )
    remedy = sentence("Write higher_is_better = %(value)s in metric.py.", value=str(not better))
    said = _other_way(better, metric.says_direction, scores)
    raise invalid("metric", together(said, remedy))


def _other_way(better: bool, says: bool, scores: Sentence) -> Sentence:
    """Say that the direction is the other one; `better`: higher is, as the file has it."""
    if says and better:
        return sentence("metric.py says that higher is better, but %(scores)s.", scores=scores)
    if says:
        return sentence("metric.py says that lower is better, but %(scores)s.", scores=scores)
    if better:
        return sentence(
            "metric.py does not say which way is better, so higher is; but %(scores)s.",
            scores=scores,
        )
    return sentence(
        "metric.py does not say which way is better, so lower is; but %(scores)s.", scores=scores
    )
