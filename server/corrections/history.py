"""The evaluations of a challenge's phases, one after the other: no result's history is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlmodel import Session

from server.accounts.queries import accounts_by_id
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluations_of
from server.evaluations.rules import SHOWN


@dataclass(frozen=True)
class EvaluationView:
    """An evaluation as its organisers see it in a list."""

    evaluation: Evaluation
    phase: Phase
    by: str | None
    until: datetime | None

    @property
    def spec(self) -> dict[str, Any]:
        """How it scores."""
        return self.evaluation.spec


class PhaseHistory(NamedTuple):
    """The evaluations of a phase, the newest first."""

    phase: Phase
    rows: list[EvaluationView]


def histories(session: Session, challenge: Challenge, *, shown: bool) -> list[PhaseHistory]:
    """Return the evaluations of every phase; `shown`: those alone that were ever live."""
    return [_history(session, p, shown=shown) for p in phases_of(session, challenge.id or 0)]


def _history(session: Session, phase: Phase, *, shown: bool) -> PhaseHistory:
    found = [e for e in evaluations_of(session, phase.id or 0) if not shown or e.state in SHOWN]
    people = accounts_by_id(session, [e.created_by for e in found])
    ends = _ends(found)
    rows = [
        EvaluationView(e, phase, name_of(people.get(e.created_by or 0)), ends.get(e.id or 0))
        for e in found
    ]
    return PhaseHistory(phase, rows)


def name_of(account: Any) -> str | None:
    """Return who made an evaluation; None where nobody is known to have."""
    return None if account is None else str(account.name)


def _ends(evaluations: Iterable[Evaluation]) -> dict[int, datetime]:
    """Return when each evaluation that was live was replaced: when the next one went live."""
    lived = sorted(
        (e for e in evaluations if e.live_at is not None), key=lambda e: (e.live_at, e.number)
    )
    return {
        before.id or 0: after.live_at
        for before, after in pairwise(lived)
        if after.live_at is not None
    }
