"""The table of integrity reports: each row is also the worker's job. It holds no address."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.integrity.rules import ReportState
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

WAITING = sa.text("state IN ('queued', 'running')")


class IntegrityReport(SQLModel, table=True):
    """What was found on a phase at a moment. The database allows one under way a phase."""

    __tablename__ = "integrity_report"
    __table_args__ = (
        sa.Index("ix_integrity_report_challenge_id_id", "challenge_id", "id"),
        sa.Index(
            "uq_integrity_report_waiting",
            "phase_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id")
    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE", index=True)
    state: ReportState = Field(default=ReportState.QUEUED, sa_type=enum_column(ReportState))
    asked_by: int | None = Field(default=None, foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UTCDateTime)
    as_of: datetime | None = Field(default=None, sa_type=UTCDateTime)
    made_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    findings: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    problem: str | None = Field(default=None, sa_type=sa.Text)
    problem_said: Any = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


REPORTS = Leases(IntegrityReport, ReportState.QUEUED, ReportState.RUNNING)
