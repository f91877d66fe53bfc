"""What the list of challenges accepts: a filter in its address."""

from collections.abc import Mapping
from typing import NamedTuple

from server.challenges.rules import ChallengeState

LONGEST_SEARCH = 200
STATES = (ChallengeState.OPEN, ChallengeState.UPCOMING, ChallengeState.ENDED)


class ChallengeFilter(NamedTuple):
    """Words to find, a tag and a state; empty ones leave everything in."""

    q: str
    tag: str
    state: str

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "ChallengeFilter":
        """Read an address's arguments; a state that there is not is passed over."""
        state = arguments.get("state", "")
        return cls(
            q=arguments.get("q", "").strip()[:LONGEST_SEARCH],
            tag=arguments.get("tag", "").strip()[:LONGEST_SEARCH],
            state=state if state in STATES else "",
        )

    def __bool__(self) -> bool:
        """Whether anything is filtered at all."""
        return any(self)
