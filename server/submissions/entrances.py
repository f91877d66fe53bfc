"""The way into a phase that takes the first teams of the one before it, and nobody else."""

from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.shared.errors import N_, Forbidden
from server.submissions.models import Admission


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
