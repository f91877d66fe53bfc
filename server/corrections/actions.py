"""Writes of corrections: an evaluation begun from the web, its solution taken in blindly."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from scorers.errors import InvalidParameter, UnknownScorer
from scorers.facts import facts_of
from scorers.sentences import said_by
from server.boards.actions import go_live
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.corrections.queries import stamp_of
from server.corrections.telling import finish_telling, tell_teams
from server.evaluations.actions import add_evaluation, discard, hold_phase, log
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluations_of, live_evaluation
from server.evaluations.rescores import score_failed_again
from server.evaluations.rules import UNDECIDED, EvaluationState
from server.evaluations.scoring import SolutionReport
from server.shared.errors import N_, Conflict, Invalid, NotFound

STALE = N_("This is no longer what you decided on: look at the evaluation as it is now.")


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

    The seeds stay, and so do the rows on their boards: the worker sees to it.

    Raises:
        NotFound: there is no such phase.
        Invalid: no reason is given, nothing would change, or the metric is not known.
        Conflict: the phase has no live evaluation, or the same was begun and is not decided.
    """
    phase = _phase(session, challenge, wanted.phase)
    hold_phase(session, phase.id or 0)
    live = live_evaluation(session, phase.id)
    if live is None:
        raise Conflict(N_("This phase has no evaluation yet. Deploy the challenge first."))
    if not wanted.reason:
        raise Invalid(N_("Say why: teams and the log will read it."), field="reason")
    spec = _spec(live, wanted)
    if spec == live.spec and wanted.solution_sha256 in (None, live.solution_sha256):
        raise Invalid(N_("Nothing would change: send another solution or another metric."))
    solution = wanted.solution_sha256 or live.solution_sha256
    _refuse_twice(session, phase, solution, spec)
    return add_evaluation(
        session,
        phase=phase,
        state=EvaluationState.RECEIVED,
        solution_sha256=solution,
        spec=spec,
        scorer_version=facts_of(spec["scorer"], spec["params"], spec.get("code")).version,
        rows=SolutionReport(),
        reason=wanted.reason[:1000],
        actor_id=actor_id,
        now=now,
    )


def _refuse_twice(
    session: Session, phase: Phase, solution_sha256: str, spec: Mapping[str, Any]
) -> None:
    """Refuse what a second click would begin once more."""
    for evaluation in evaluations_of(session, phase.id or 0):
        same = evaluation.solution_sha256 == solution_sha256
        same = same and _as_asked(evaluation.spec) == _as_asked(spec)
        if same and evaluation.state in UNDECIDED:
            raise Conflict(
                N_("Evaluation %(number)s is the same, and is not decided yet."),
                number=evaluation.number,
            )


def _as_asked(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec without what a worker adds to it."""
    return {name: said for name, said in spec.items() if name != "sides"}


def put_live(
    session: Session,
    *,
    evaluation: Evaluation,
    phase: Phase,
    actor_id: int,
    now: datetime,
    stamp: str | None = None,
    replaces: int | None = None,
) -> int | None:
    """Put an evaluation live, and tell the teams that it concerns; return how many people.

    In the caller's one transaction, but for the letters to many teams: those are the worker's,
    and None is returned. `stamp`: what the decision was made on; `replaces`: the number alone of
    the evaluation that was live then.

    Raises:
        Conflict: it is not completely scored, was discarded or replaced, or is no longer what
            the decision was made on.
    """
    _hold(session, evaluation, phase, stamp)
    before = live_evaluation(session, phase.id)
    if before is not None and before.id != evaluation.id:
        if replaces not in (None, before.number):
            raise Conflict(STALE, code="stale")
        finish_telling(session, before, now=now)
    if not go_live(session, evaluation=evaluation, phase=phase, actor_id=actor_id, now=now):
        return 0
    return tell_teams(session, evaluation, now=now)


def give_up(
    session: Session,
    *,
    evaluation: Evaluation,
    phase: Phase,
    actor_id: int,
    now: datetime,
    stamp: str | None = None,
) -> None:
    """Discard an evaluation that is not live; what it said stays readable.

    Raises:
        Conflict: it is or was live, or is no longer what the decision was made on.
    """
    _hold(session, evaluation, phase, stamp)
    discard(session, evaluation=evaluation, phase=phase, actor_id=actor_id, now=now)


def begin_again(session: Session, *, evaluation: Evaluation, actor_id: int, now: datetime) -> int:
    """Score once more what could not be scored under an evaluation; return how many.

    Raises:
        Conflict: it is not being scored or complete.
    """
    again = score_failed_again(session, evaluation)
    if again:
        phase = session.get_one(Phase, evaluation.phase_id)
        log(session, "evaluation.retried", evaluation, phase, at=now, actor_id=actor_id)
    return again


def _hold(session: Session, evaluation: Evaluation, phase: Phase, stamp: str | None) -> None:
    """Have the others wait who decide here too, and see things as they are now."""
    hold_phase(session, phase.id or 0)
    session.refresh(phase)
    session.refresh(evaluation)
    if stamp is not None and stamp != stamp_of(evaluation, live_evaluation(session, phase.id)):
        raise Conflict(STALE, code="stale")


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
        raise Invalid(said_by(error), field="scorer") from error
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
