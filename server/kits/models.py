"""The table of looks at the files that participants download: each row is also the worker's job."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.kits.rules import LookState
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

WAITING = sa.text("state IN ('queued', 'looking')")


class FilePreview(SQLModel, table=True):
    """What is in a public file, by its sha256; `version`: of the way in which it was looked at."""

    __tablename__ = "file_preview"
    __table_args__ = (
        sa.Index(
            "ix_file_preview_waiting",
            "state",
            "lease_until",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    sha256: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=300)
    version: int
    state: LookState = Field(default=LookState.QUEUED, sa_type=enum_column(LookState))
    asked_at: datetime = Field(sa_type=UTCDateTime)
    looked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    found: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    trace: str | None = Field(default=None, sa_type=sa.Text)
    attempts: int = 0
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


LOOKS = Leases(FilePreview, LookState.QUEUED, LookState.LOOKING)
