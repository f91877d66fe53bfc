"""Writes of corrections: an evaluation begun from the web, its solution taken in blindly."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from scorers.errors import InvalidParameter, UnknownScorer
from scorers.facts import facts_of
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.evaluations.actions import add_evaluation
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import SolutionReport
from server.shared.errors import N_, Conflict, Invalid, NotFound


class Wanted(NamedTuple):
    """What an organiser wants: another solution, another metric, or both; and why."""

    phase: str
    reason: str
    scorer: str | None
    params: Mapping[str, Any] | None
    solution_sha256: str | None


def start_evaluation(
    session: Session, *, challenge: Challenge, wanted: Wanted, actor_id: int, now: datetime
) -> Evaluation:
    """Add a phase's next evaluation; a worker looks at its solution and scores everything.

    The seeds stay, so the same rows are public and a corrected truth changes nothing else.

    Raises:
        NotFound: there is no such phase.
        Invalid: no reason is given, nothing would change, or the metric is not known.
        Conflict: the phase has no live evaluation.
    """
    phase = _phase(session, challenge, wanted.phase)
    live = live_evaluation(session, phase.id)
    if live is None:
        raise Conflict(N_("This phase has no evaluation yet. Deploy the challenge first."))
    if not wanted.reason:
        raise Invalid(N_("Say why: teams and the log will read it."), field="reason")
    spec = _spec(live, wanted)
    if spec == live.spec and wanted.solution_sha256 in (None, live.solution_sha256):
        raise Invalid(N_("Nothing would change: send another solution or another metric."))
    return add_evaluation(
        session,
        phase=phase,
        state=EvaluationState.RECEIVED,
        solution_sha256=wanted.solution_sha256 or live.solution_sha256,
        spec=spec,
        scorer_version=facts_of(spec["scorer"], spec["params"], spec.get("code")).version,
        rows=SolutionReport(),
        reason=wanted.reason[:1000],
        actor_id=actor_id,
        now=now,
    )


def _phase(session: Session, challenge: Challenge, slug: str) -> Phase:
    for phase in phases_of(session, challenge.id or 0):
        if phase.slug == slug:
            return phase
    raise NotFound(N_("This challenge has no phase %(slug)s."), slug=slug)


def _refuse_code(scorer: str) -> None:
    if scorer.endswith(".py"):
        raise Invalid(
            N_(
                "A metric of your own is code, which never comes through the web: the "
                "administrator deploys it with the challenge's folder."
            ),
            field="scorer",
        )


def _spec(live: Evaluation, wanted: Wanted) -> dict[str, Any]:
    spec = dict(live.spec)
    if wanted.scorer is not None:
        _refuse_code(wanted.scorer)
        spec |= {"scorer": wanted.scorer, "params": {}}
        # The code of a metric file goes with it.
        for name in ("code", "numbers"):
            spec.pop(name, None)
    if wanted.params is not None:
        spec["params"] = dict(wanted.params)
    try:
        new = facts_of(spec["scorer"], spec["params"], spec.get("code"))
    except (UnknownScorer, InvalidParameter) as error:
        raise Invalid(str(error).replace("%", "%%"), field="scorer") from error
    if spec.get("kind") is not None and spec["kind"] not in new.kinds:
        # It said what the old metric was to read.
        spec["kind"] = None
    old = facts_of(live.spec["scorer"], live.spec["params"], live.spec.get("code"))
    if new.higher_is_better != old.higher_is_better:
        raise Invalid(
            N_(
                "The new metric runs the other way (higher against lower is better). "
                "Deploy a new phase for it."
            ),
            field="scorer",
        )
    return spec
