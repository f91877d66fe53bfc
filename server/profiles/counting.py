"""How many submissions teams have sent: counted once, and then those alone that came since."""

import threading

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.submissions.models import Submission

# Numbers are given out before they are committed: so many of the newest are counted again.
LATE = 1_000
BYTES = 1_000


class Sent:
    """What teams have sent up to some submission; for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settled, self._counted = 0, 0

    def count(self, session: Session) -> int:
        """Return how many submissions of teams there are: O(those since the last time)."""
        with self._lock:
            newest = session.execute(sa.select(func.max(col(Submission.id)))).scalar() or 0
            settled = max(self._settled, newest - LATE)
            since, unsettled = _after(session, self._settled), _after(session, settled)
            self._counted += since - unsettled
            self._settled = settled
            return self._counted + unsettled


def _after(session: Session, number: int) -> int:
    query = sa.select(func.count()).where(col(Submission.team_id).is_not(None))
    if number:
        # Of all of them an index tells.
        query = query.where(col(Submission.id) > number)
    return int(session.execute(query).scalar_one())
