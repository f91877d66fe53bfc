"""The way into a phase that takes the first teams of the one before it, and nobody else."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.challenges.rules import PhaseState, phase_state
from server.shared.errors import N_, Forbidden
from server.submissions.models import Admission
from server.teams.queries import team_of


class Way(StrEnum):
    """Whether a team may send to a phase; it waits as long as the result is not out."""

    OPEN = "open"
    WAITS = "waits"
    CLOSED = "closed"


class Entrance(NamedTuple):
    """The way in, and the title of the phase whose result says who finds it."""

    way: Way = Way.OPEN
    by: str = ""


def entrance_to(session: Session, phase: Phase, team_id: int | None) -> Entrance:
    """Return a team's way into a phase; without a team it is that of whoever founds one."""
    if phase.admit_top is None or _is_admitted(session, phase, team_id):
        return Entrance()
    phases = phases_of(session, phase.challenge_id)
    before = next((p for p in phases if p.position == phase.position - 1), phase)
    waits = before is not phase and before.revealed_at is None
    return Entrance(Way.WAITS if waits else Way.CLOSED, before.title)


def entrance_now(
    session: Session, challenge_id: int, *, asker: int | None, at: datetime
) -> Entrance:
    """Return an account's way into the phases of a challenge that are open: the best of several."""
    opened = [p for p in phases_of(session, challenge_id) if _is_open(p, at)]
    if asker is None or any(phase.admit_top is None for phase in opened):
        return Entrance()
    team = team_of(session, challenge_id, asker)
    ways = [entrance_to(session, phase, team.id if team else None) for phase in opened]
    return min(ways, key=lambda found: list(Way).index(found.way), default=Entrance())


def _is_open(phase: Phase, at: datetime) -> bool:
    return phase_state(starts=phase.starts, ends=phase.ends, now=at) is PhaseState.OPEN


def require_entrance(session: Session, phase: Phase, team_id: int) -> None:
    """Refuse a team that a result did not admit, or can't have admitted yet.

    Raises:
        Forbidden: which of the two it is.
    """
    entrance = entrance_to(session, phase, team_id)
    if entrance.way is Way.WAITS:
        raise Forbidden(
            N_(
                "This phase is for the teams that the result of %(phase)s admits, and that result"
                " is not out yet. Nobody can submit before."
            ),
            code="not-admitted-yet",
            phase=entrance.by,
        )
    if entrance.way is Way.CLOSED:
        raise Forbidden(
            N_("Your team was not admitted to this phase by the result of the one before."),
            code="not-admitted",
        )


def _is_admitted(session: Session, phase: Phase, team_id: int | None) -> bool:
    return team_id is not None and session.get(Admission, (phase.id, team_id)) is not None
