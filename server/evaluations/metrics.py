"""Metric files run confined; of what they answer, numbers and two messages are believed."""

import json
import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from threadpoolctl import threadpool_limits

from scorers.errors import OperatorsFault, ParticipantVisibleError
from scorers.metric_files.file import METRIC
from scorers.metric_files.running import (
    MOST_OF_MESSAGE,
    MOST_OF_TRACE,
    Board,
    Task,
    perform,
)
from scorers.metric_files.scoring import MetricFault, Run, Said
from server.shared.confinement import Bounds, NoConfinement, Protection
from server.shared.sandbox import Answer, Stopped, run_confined
from server.shared.settings import Settings

# Of the time of a scoring child; the rest is for reading the files.
_SHARE_OF_TIME = 0.8
_MOST_REPLICATE_SECONDS = 20.0
_MOST_REPLICATES = 100_000

Finite = Annotated[float, Field(allow_inf_nan=False)]
Message = Annotated[str, Field(max_length=MOST_OF_MESSAGE)]


class MetricRules(NamedTuple):
    """What metric files may use, and whether they run on a kernel without Landlock."""

    seconds: int
    memory_bytes: int
    without_landlock: bool = False


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Board(_Strict):
    value: Finite
    replicates: Annotated[list[Finite | None], Field(max_length=_MOST_REPLICATES)]
    fixed_ids: bool


class _Answer(_Strict):
    boards: list[_Board] = []
    visible: Message | None = None
    fault: Message | None = None
    trace: Annotated[str, Field(max_length=MOST_OF_TRACE)] = ""


def metric_rules(settings: Settings) -> MetricRules:
    """What metric files may use on this instance."""
    return MetricRules(
        seconds=max(1, int(settings.scoring_seconds * _SHARE_OF_TIME)),
        memory_bytes=settings.scoring_memory_bytes,
        without_landlock=settings.allow_metrics_without_landlock,
    )


def metric_runner(rules: MetricRules) -> Run:
    """How `evaluate_file` runs metric files."""
    return partial(run_metric, rules=rules)


def run_metric(task: Task, *, rules: MetricRules) -> Sequence[Said]:
    """Run a metric in a confined process.

    Raises: MetricFault (the organiser's), ParticipantVisibleError (the metric's own).
    """
    bounds = Bounds(memory_bytes=rules.memory_bytes, seconds=rules.seconds)
    seconds = min(_MOST_REPLICATE_SECONDS, rules.seconds / 2)
    try:
        # One thread: a library that had started more before the fork would wait for them for ever.
        with threadpool_limits(limits=1):
            answer = run_confined(
                lambda _: json.dumps(perform(task, clock=time.monotonic, seconds=seconds)),
                bounds,
                without_landlock=rules.without_landlock,
            )
    except NoConfinement:
        raise OperatorsFault(
            "This machine's kernel has no Landlock, so a metric file could read what it must not. "
            "The operator may allow it: VARSITY_ALLOW_METRICS_WITHOUT_LANDLOCK=true"
        ) from None
    except Stopped as stopped:
        raise MetricFault(f"{METRIC} {stopped}.", _printed(stopped.output)) from None
    return _said(answer, task.boards)


def _said(answer: Answer, boards: Sequence[Board]) -> list[Said]:
    try:
        read = _Answer.model_validate_json(answer.text)
    except ValidationError:
        said = f"{METRIC} answered something else than scores."
        raise MetricFault(said, _printed(answer.output)) from None
    if read.visible is not None:
        raise ParticipantVisibleError(_readable(read.visible) or "The metric refused the file.")
    fault = _fault(read, boards)
    if fault is not None:
        raise MetricFault(fault, _readable(read.trace) + _printed(answer.output))
    return [
        Said(b.value, [float("nan") if v is None else v for v in b.replicates], b.fixed_ids)
        for b in read.boards
    ]


def _fault(read: _Answer, boards: Sequence[Board]) -> str | None:
    """What is wrong with an answer in the organiser's metric; None: nothing."""
    if read.fault is not None:
        return _readable(read.fault) or f"{METRIC} failed and did not say why."
    if len(read.boards) != len(boards):
        return f"{METRIC} answered for {len(read.boards)} boards of {len(boards)}."
    for answered, board in zip(read.boards, boards, strict=True):
        asked = 0 if board.plan is None else board.plan.replicates
        if len(answered.replicates) > asked:
            return f"{METRIC} answered for {len(answered.replicates)} resamples of {asked}."
    return None


def _readable(text: str) -> str:
    """A text without characters that a page or a terminal would act on."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text).strip()


def _printed(output: str) -> str:
    return f"\nIt printed:\n{_readable(output)}\n" if output else ""


def protection_of_metrics(rules: MetricRules) -> dict[str, str]:
    """What metric files are kept by here, as a confined process found it; in words of the log."""
    bounds = Bounds(memory_bytes=rules.memory_bytes, seconds=rules.seconds)
    try:
        answer = run_confined(_as_json, bounds, without_landlock=rules.without_landlock)
    except (NoConfinement, Stopped) as error:
        return {"metrics": f"refused: {error or 'no Landlock'}"}
    found = Protection(**json.loads(answer.text))
    return {f"metrics_{name}": said for name, said in found._asdict().items()}


def _as_json(protection: Protection) -> str:
    return json.dumps(protection._asdict())
