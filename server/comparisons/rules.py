"""Pure decisions on comparisons: what may be compared, and how a result reads from either side."""

from enum import StrEnum
from typing import NamedTuple

from server.challenges.rules import Ranking
from server.evaluations.rules import Board
from server.shared.errors import N_, Conflict, Invalid

MOST_ATTEMPTS = 3
MOST_INTERRUPTIONS = 3
SHOWN_FROM = 0.005
LEVEL = 0.05
LADDER = N_(
    "On this board a score changes only when it is better by more than noise. What lies between "
    "two teams would tell more than that, so that they can be compared on the final board alone."
)


class ComparisonState(StrEnum):
    """Where a comparison stands; the row is the worker's job."""

    QUEUED = "queued"
    COMPARING = "comparing"
    COMPARED = "compared"
    FAILED = "failed"


ENDED = (ComparisonState.COMPARED, ComparisonState.FAILED)


def hides_differences(*, ranking: Ranking, board: Board, revealed: bool) -> bool:
    """Whether raw differences on a board would tell what the phase's policy hides."""
    return ranking is Ranking.LADDER and not (board is Board.PRIVATE and revealed)


def require_comparable(*, ranking: Ranking, board: Board, revealed: bool) -> None:
    """Let two teams of a board be compared. Raises Conflict where the ladder hides differences."""
    if hides_differences(ranking=ranking, board=board, revealed=revealed):
        raise Conflict(LADDER, code="ladder")


def require_two(a: int, b: int) -> None:
    """Refuse a team beside itself. Raises Invalid."""
    if a == b:
        raise Invalid(N_("Choose two different teams."), code="same-team", field="b")


def require_two_submissions(a: int, b: int) -> None:
    """Refuse a submission beside itself. Raises Invalid."""
    if a == b:
        raise Invalid(N_("Choose two different submissions."), code="same-submission", field="b")


def in_order(a: int, b: int) -> tuple[int, int]:
    """Return two teams as a comparison keeps them: asked either way it is the same row."""
    return (a, b) if a < b else (b, a)


class Side(NamedTuple):
    """What the board says of one of two files."""

    value: float
    interval: tuple[float, float] | None
    method: str


class Difference(NamedTuple):
    """a - b with its 95 % interval and the p-value of no difference, on so many rows."""

    a: Side
    b: Side
    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    method: str
    rows: int

    @property
    def withheld(self) -> str | None:
        """Why there is no interval, in the scorer's words, or None."""
        if self.interval is not None:
            return None
        return self.method.removeprefix("withheld: ")

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out no difference."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]

    @property
    def borderline(self) -> bool:
        """Whether the interval and the test disagree, as two methods do close to 5 %."""
        if self.interval is None or self.p_value is None:
            return False
        return self.significant != (self.p_value < LEVEL)

    def turned(self) -> "Difference":
        """The same from the other side: b - a."""
        turned = None if self.interval is None else (-self.interval[1], -self.interval[0])
        return self._replace(a=self.b, b=self.a, difference=0.0 - self.difference, interval=turned)


def share_first(share: float | None) -> float | None:
    """Return the share of resamples in which a team is first, where it is worth a word."""
    return share if share is not None and share >= SHOWN_FROM else None
