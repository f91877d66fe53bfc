"""Pure decisions on evaluations and the two boards."""

from enum import StrEnum


class Board(StrEnum):
    """Which rows of the hidden test set a number speaks of."""

    PUBLIC = "public"
    PRIVATE = "private"


class EvaluationState(StrEnum):
    """It waits for its solution to be looked at, is scored, could go live, is or was live.

    `refused` says that its solution does not fit; `discarded` that the organiser gave it up.
    """

    RECEIVED = "received"
    REFUSED = "refused"
    SCORING = "scoring"
    COMPLETE = "complete"
    LIVE = "live"
    PAST = "past"
    DISCARDED = "discarded"


class RescoreState(StrEnum):
    """Where one submission stands under an evaluation that is not live."""

    QUEUED = "queued"
    SCORING = "scoring"
    SCORED = "scored"
    REJECTED = "rejected"
    FAILED = "failed"
