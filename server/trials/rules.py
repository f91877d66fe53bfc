"""Pure decisions on trials: their states, and how much may be tried."""

from datetime import timedelta
from enum import StrEnum

MOST_PASTED = 200_000
MOST_UPLOADED = 5_000_000
KEPT = timedelta(days=1)
MOST_ATTEMPTS = 3


class TrialState(StrEnum):
    """Where a trial stands: it has a score, or whose mistake it is that it has none."""

    QUEUED = "queued"
    SCORING = "scoring"
    SCORED = "scored"
    REJECTED = "rejected"
    SOLUTION = "solution"
    FAILED = "failed"


ENDED = (TrialState.SCORED, TrialState.REJECTED, TrialState.SOLUTION, TrialState.FAILED)
