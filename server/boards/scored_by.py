"""By which metric each phase of a challenge is scored: a correction may have changed it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlmodel import Session

from scorers.scorer import Scorer
from server.challenges.metric_titles import find_scorer, scorer_title
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_by_phase


class Metric(NamedTuple):
    """A metric with its name for people; `scorer` is None where it is no registered one."""

    name: str
    params: dict[str, Any]
    title: str
    scorer: Scorer | None


class ScoredBy(NamedTuple):
    """A metric, and the phases that it scores."""

    metric: Metric
    phases: list[Phase]


def metrics_of(session: Session, challenge: Challenge, phases: Sequence[Phase]) -> list[ScoredBy]:
    """Return the metrics that phases are scored by now, in the order of the phases.

    A phase that has no evaluation yet will be scored by what the challenge says.
    """
    live = live_by_phase(session, [phase.id or 0 for phase in phases])
    found: dict[str, ScoredBy] = {}
    for phase in phases:
        metric = _metric(challenge, live.get(phase.id or 0))
        same = found.setdefault(str((metric.name, metric.params)), ScoredBy(metric, []))
        same.phases.append(phase)
    return list(found.values()) or [ScoredBy(_metric(challenge, None), [])]


def metric_of(session: Session, challenge: Challenge, phase: Phase | None) -> Metric:
    """Return the metric that a phase is scored by now."""
    return metrics_of(session, challenge, [phase] if phase else [])[0].metric


def _metric(challenge: Challenge, evaluation: Evaluation | None) -> Metric:
    if evaluation is None:
        name, params, code = challenge.scorer, challenge.params, None
    else:
        spec = evaluation.spec
        name, params, code = evaluation.scorer, spec.get("params") or {}, spec.get("code")
    return Metric(name, dict(params), scorer_title(name, params, code), find_scorer(name, params))
