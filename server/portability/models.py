"""The table of copies of people's own data: each row is also the worker's job."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.portability.rules import ExportState
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

WAITING = sa.text("state IN ('queued', 'running')")


class DataExport(SQLModel, table=True):
    """A copy of what is kept of a person. The database allows one under way an account."""

    __tablename__ = "data_export"
    __table_args__ = (
        sa.Index(
            "uq_data_export_waiting",
            "account_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    state: ExportState = Field(default=ExportState.QUEUED, sa_type=enum_column(ExportState))
    asked_at: datetime = Field(sa_type=UTCDateTime)
    made_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    sha256: str | None = Field(default=None, max_length=64)
    size: int = 0
    problem: str | None = Field(default=None, sa_type=sa.Text)
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


EXPORTS = Leases(DataExport, ExportState.QUEUED, ExportState.RUNNING)
