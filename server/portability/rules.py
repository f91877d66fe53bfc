"""Pure decisions on copies of somebody's own data."""

from datetime import datetime, timedelta
from enum import StrEnum

EXPORT_LASTS = timedelta(days=7)
MOST_INTERRUPTIONS = 3


class ExportState(StrEnum):
    """Where a copy of somebody's data stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


def expires(made_at: datetime) -> datetime:
    """Return the moment from which a copy can't be fetched any more."""
    return made_at + EXPORT_LASTS
