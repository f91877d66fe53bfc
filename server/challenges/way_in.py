"""Which way into a challenge somebody finds who does not take part: by where it stands now."""

from collections.abc import Sequence
from enum import StrEnum

from server.challenges.models import Phase
from server.challenges.rules import ChallengeState, PhaseState


class WayIn(StrEnum):
    """What taking part means now: competing, waiting, practising, or nothing any more."""

    OPEN = "open"
    BEFORE = "before"
    BETWEEN = "between"
    ADMITTED = "admitted"
    ENDED = "ended"
    PRACTICE = "practice"
    OVER = "over"

    @property
    def leads(self) -> bool:
        """Whether a newcomer can do something by it."""
        return self not in (WayIn.ADMITTED, WayIn.ENDED, WayIn.OVER)


def way_in(state: ChallengeState, phases: Sequence[Phase], states: Sequence[PhaseState]) -> WayIn:
    """Return the way in; a phase that admits the best of the one before it has none for others.

    After the reveal files are practice, in the last phase, unless it is paused.
    """
    if state is ChallengeState.ENDED:
        return WayIn.ENDED
    if state is ChallengeState.REVEALED:
        last = phases[-1]
        closed = last.paused_at is not None or last.admit_top is not None
        return WayIn.OVER if closed else WayIn.PRACTICE
    ahead = [phase for phase, at in zip(phases, states, strict=True) if at is not PhaseState.ENDED]
    if ahead and all(phase.admit_top is not None for phase in ahead):
        return WayIn.ADMITTED
    if state is ChallengeState.OPEN:
        return WayIn.OPEN
    return WayIn.BETWEEN if PhaseState.ENDED in states else WayIn.BEFORE
