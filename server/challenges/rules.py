"""Pure decisions on challenges: who sees one, and where it and its phases stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

# The deadline is inclusive to the second.
INCLUSIVE = timedelta(seconds=1)
DAY = timedelta(days=1)
# What submissions rely on: another value would make them wrong or reorder a board silently.
BREAKING = ("id_column", "header", "labels", "scorer", "params")
BREAKING_IN_PHASE = ("ranking", "select")


class Visibility(StrEnum):
    """Who may see a challenge."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    UNIVERSITY = "university"
    INVITED = "invited"


class Joining(StrEnum):
    """How one gets into a team: by its link; by link and captain; by the captain's invitation."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITED = "invited"


class Ranking(StrEnum):
    """Which of a team's submissions counts."""

    BEST = "best"
    LATEST = "latest"
    SELECTED = "selected"
    LADDER = "ladder"


class Registering(StrEnum):
    """Who may take part: whoever wants to, or whom the organisers approve."""

    OPEN = "open"
    APPROVAL = "approval"


class Reveal(StrEnum):
    """What reveals the private board."""

    AT_END = "at_end"
    BY_ORGANISER = "by_organiser"


class Role(StrEnum):
    """What an organiser of a challenge may do: an owner names the people, a judge reads only."""

    OWNER = "owner"
    ORGANISER = "organiser"
    JUDGE = "judge"


# Who may change something; everybody of a challenge's people may read what its organisers read.
WRITING = frozenset({Role.OWNER, Role.ORGANISER})


class PhaseState(StrEnum):
    """Where a phase stands on the clock (the reveal is a fact of its own)."""

    UPCOMING = "upcoming"
    OPEN = "open"
    ENDED = "ended"


class ChallengeState(StrEnum):
    """Where a challenge stands: between two phases it is upcoming again."""

    UPCOMING = "upcoming"
    OPEN = "open"
    ENDED = "ended"
    REVEALED = "revealed"


def phase_state(*, starts: datetime, ends: datetime, now: datetime) -> PhaseState:
    """Return where a phase stands: it opens at `starts` and closes one second after `ends`."""
    if now < starts:
        return PhaseState.UPCOMING
    return PhaseState.OPEN if now < ends + INCLUSIVE else PhaseState.ENDED


def challenge_state(phases: Sequence[PhaseState], *, last_revealed: bool) -> ChallengeState:
    """Return where a challenge stands, from its phases in their order."""
    if PhaseState.OPEN in phases:
        return ChallengeState.OPEN
    if PhaseState.UPCOMING in phases or not phases:
        return ChallengeState.UPCOMING
    return ChallengeState.REVEALED if last_revealed else ChallengeState.ENDED


def current_phase(phases: Sequence[PhaseState]) -> int:
    """Return the index of the phase to show first: the last open, else the last ended, else 0."""
    for wanted in (PhaseState.OPEN, PhaseState.ENDED):
        found = [index for index, state in enumerate(phases) if state is wanted]
        if found:
            return found[-1]
    return 0


def late_days(*, received_at: datetime, ends: datetime) -> int:
    """Return how many days late a file came; like the deadline, each ends with its last second."""
    days = 0
    while received_at >= ends + days * DAY + INCLUSIVE:
        days += 1
    return days


def reopens(*, revealed: bool, ends: datetime, now: datetime) -> bool:
    """Whether a new end would open a phase again whose private scores everybody has seen."""
    return revealed and now < ends + INCLUSIVE


def may_see(
    *,
    visibility: Visibility,
    is_organiser: bool,
    is_admin: bool,
    university_id: int | None,
    open_to_universities: frozenset[int],
    is_invited: bool,
    is_participant: bool,
) -> bool:
    """Whether somebody may see a challenge and take part in it."""
    if is_organiser or is_admin or is_participant:
        return True
    if visibility is Visibility.UNIVERSITY:
        return university_id is not None and university_id in open_to_universities
    return visibility is not Visibility.INVITED or is_invited
