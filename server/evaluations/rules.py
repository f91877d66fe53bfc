"""Pure decisions on evaluations and the two boards."""

from enum import StrEnum


class Board(StrEnum):
    """Which rows of the hidden test set a number speaks of.

    `frozen` is no third part of them: entries of it are a copy of the public board's, which is
    what everybody but the organisers is served while that is frozen.
    """

    PUBLIC = "public"
    PRIVATE = "private"
    FROZEN = "frozen"


# The boards that scores are computed for, and that can be asked for.
SCORED_BOARDS = (Board.PUBLIC, Board.PRIVATE)


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


# Everybody can see, or could see, a board of these.
SHOWN = (EvaluationState.LIVE, EvaluationState.PAST)
# New submissions are scored under these too.
BESIDE = (EvaluationState.SCORING, EvaluationState.COMPLETE)
UNDECIDED = (EvaluationState.RECEIVED, *BESIDE)


class RescoreState(StrEnum):
    """Where one submission stands under an evaluation that is not live."""

    QUEUED = "queued"
    SCORING = "scoring"
    SCORED = "scored"
    REJECTED = "rejected"
    FAILED = "failed"
