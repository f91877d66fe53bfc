"""What a challenge needs of its organiser now, the most pressing first."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.challenges.models import Phase
from server.challenges.rules import INCLUSIVE, PhaseState, Reveal, phase_state
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.organise.dashboard import Waiting

# A submission that waits longer than this is not merely in a queue.
LONG = timedelta(minutes=10)
SOON = timedelta(hours=48)


class NeedKind(StrEnum):
    """What is to be done, or known; the first come first."""

    NOT_SCORABLE = "not_scorable"
    STUCK = "stuck"
    FAILED = "failed"
    REVEAL = "reveal"
    QUESTIONS = "questions"
    APPROVALS = "approvals"
    READY = "ready"
    REFUSED = "refused"
    PAUSED = "paused"
    FROZEN = "frozen"
    ENDS_SOON = "ends_soon"


class Need(NamedTuple):
    """One thing; `number` of submissions, `phase` and `evaluation` where it is of one."""

    kind: NeedKind
    number: int = 1
    phase: Phase | None = None
    evaluation: Evaluation | None = None


class PhaseFacts(NamedTuple):
    """What is known of a phase: its evaluations, the newest first, and whether it may be revealed.

    `scorable`: something scores what comes in.
    """

    phase: Phase
    scorable: bool
    may_reveal: bool
    beside: Sequence[Evaluation]


class Counts(NamedTuple):
    """How many failed submissions, unanswered questions and people who ask to take part."""

    failed: int = 0
    questions: int = 0
    approvals: int = 0


def needs_of(
    phases: Sequence[PhaseFacts], *, waiting: Waiting, counts: Counts, now: datetime
) -> list[Need]:
    """Return what needs the organiser, by how much it presses."""
    found = [need for facts in phases for need in _of_phase(facts, now)]
    kinds = (NeedKind.FAILED, NeedKind.QUESTIONS, NeedKind.APPROVALS)
    found += [Need(kind, n) for kind, n in zip(kinds, counts, strict=True) if n]
    if waiting.oldest is not None and now - waiting.oldest > LONG:
        found.append(Need(NeedKind.STUCK, waiting.waiting))
    order = list(NeedKind)
    return sorted(found, key=lambda need: order.index(need.kind))


def _of_phase(facts: PhaseFacts, now: datetime) -> Iterator[Need]:
    phase = facts.phase
    state = phase_state(starts=phase.starts, ends=phase.ends, now=now)
    opened = state is PhaseState.OPEN
    if opened and not facts.scorable:
        yield Need(NeedKind.NOT_SCORABLE, phase=phase)
    if facts.may_reveal and phase.reveal is Reveal.BY_ORGANISER:
        yield Need(NeedKind.REVEAL, phase=phase)
    if opened and phase.paused_at is not None:
        yield Need(NeedKind.PAUSED, phase=phase)
    if phase.frozen_at is not None and phase.revealed_at is None:
        yield Need(NeedKind.FROZEN, phase=phase)
    if opened and phase.ends + INCLUSIVE - now <= SOON:
        yield Need(NeedKind.ENDS_SOON, phase=phase)
    for evaluation in facts.beside:
        if evaluation.state is EvaluationState.COMPLETE:
            yield Need(NeedKind.READY, phase=phase, evaluation=evaluation)
    newest = facts.beside[0] if facts.beside else None
    if newest is not None and newest.state is EvaluationState.REFUSED:
        yield Need(NeedKind.REFUSED, phase=phase, evaluation=newest)
