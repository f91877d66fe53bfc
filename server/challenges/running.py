"""Who runs a challenge, as a query: those whom news of it is told to."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from server.challenges.models import Organiser
from server.challenges.rules import WRITING


def those_who_run(challenge_id: int) -> sa.Select[Any]:
    """Return the ids of a challenge's owners and organisers; judges only read."""
    return sa.select(col(Organiser.account_id)).where(
        col(Organiser.challenge_id) == challenge_id, col(Organiser.role).in_(WRITING)
    )
