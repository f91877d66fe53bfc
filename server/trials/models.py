"""Table of trials: two small files and a metric, scored once and forgotten after a day."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases
from server.trials.rules import TrialState

WAITING = sa.text("state IN ('queued', 'scoring')")


class Trial(SQLModel, table=True):
    """A solution and a submission to try a metric on: the row is the job.

    `truth`, `prediction`: the bytes of the files; `pasted`: whether they were typed into the page;
    `draft_id` the draft whose metric page asked, if any; `report` what came out.
    """

    __table_args__ = (
        sa.Index(
            "ix_trial_waiting",
            "state",
            "lease_until",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    draft_id: int | None = None
    scorer: str = Field(max_length=120)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    kind: str | None = Field(default=None, max_length=32)
    id_columns: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    truth: bytes = Field(sa_type=sa.LargeBinary)
    prediction: bytes = Field(sa_type=sa.LargeBinary)
    pasted: bool = True
    state: TrialState = Field(default=TrialState.QUEUED, sa_type=enum_column(TrialState))
    asked_at: datetime = Field(sa_type=UTCDateTime, index=True)
    report: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    trace: str | None = Field(default=None, sa_type=sa.Text)
    attempts: int = 0
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


TRIALS = Leases(Trial, TrialState.QUEUED, TrialState.SCORING)
