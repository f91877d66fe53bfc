"""The table of submissions: each row is also the worker's job."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases
from server.submissions.rules import SubmissionState

RARE = {
    "late": "late IS true",
    "withdrawn": "withdrawn_at IS NOT NULL",
    "disqualified": "disqualified_at IS NOT NULL",
}
CLAIMABLE = sa.text("state IN ('queued', 'scoring')")


class Submission(SQLModel, table=True):
    """A file of predictions. A baseline has a name and no team."""

    __table_args__ = (
        sa.Index(
            "ix_submission_team_id_phase_id_received_at", "team_id", "phase_id", "received_at"
        ),
        sa.Index("ix_submission_challenge_id_id", "challenge_id", "id"),
        # How many of each state, since when, on which days and by whom: read without the rows.
        sa.Index(
            "ix_submission_challenge_id_state_received_at",
            "challenge_id",
            "state",
            "received_at",
            "team_id",
        ),
        # What is rare, and looked for: nothing else has a place in these.
        *(
            sa.Index(
                f"ix_submission_{name}",
                "challenge_id",
                "id",
                sqlite_where=sa.text(condition.replace("true", "1")),
                postgresql_where=sa.text(condition),
            )
            for name, condition in RARE.items()
        ),
        sa.Index("ix_submission_phase_id_state", "phase_id", "state"),
        # What waits, and what failed last: how the machine does, without a look at what is done.
        sa.Index("ix_submission_state_scored_at", "state", "scored_at", "id"),
        sa.Index(
            "ix_submission_waiting",
            "state",
            "lease_until",
            sqlite_where=CLAIMABLE,
            postgresql_where=CLAIMABLE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id")
    phase_id: int = Field(foreign_key="phase.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    baseline: str | None = Field(default=None, max_length=120)
    state: SubmissionState = Field(
        default=SubmissionState.QUEUED, sa_type=enum_column(SubmissionState)
    )
    filename: str = Field(max_length=255)
    size: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64, index=True)
    comment: str = Field(default="", max_length=500)
    received_at: datetime = Field(sa_type=UTCDateTime)
    scored_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    late: bool = False
    selected: bool = False
    message: str | None = Field(default=None, sa_type=sa.Text)
    faults: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    fault_count: int = 0
    trace: str | None = Field(default=None, sa_type=sa.Text)
    # What the trace says first, where that is a sentence of ours: for readers of any language.
    trace_said: Any = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    attempts: int = 0
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    disqualified_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    disqualified_reason: str = Field(default="", max_length=1000)


SUBMISSIONS = Leases(Submission, SubmissionState.QUEUED, SubmissionState.SCORING)


class Arrival(SQLModel, table=True):
    """An upload under way close to a deadline: a reveal waits for it, within the time allowed."""

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    began_at: datetime = Field(sa_type=UTCDateTime)
    until: datetime = Field(sa_type=UTCDateTime)


class Admission(SQLModel, table=True):
    """A team that the result of the phase before admitted to a phase with `admit_top`."""

    phase_id: int = Field(foreign_key="phase.id", primary_key=True)
    team_id: int = Field(foreign_key="team.id", primary_key=True)


class SubmissionNote(SQLModel, table=True):
    """What a team noted of one of its submissions, for itself; by whom last, and when."""

    __tablename__ = "submission_note"

    submission_id: int = Field(foreign_key="submission.id", ondelete="CASCADE", primary_key=True)
    text: str = Field(max_length=4000)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    written_at: datetime = Field(sa_type=UTCDateTime)


class DeadlineReminder(SQLModel, table=True):
    """A reminder of a phase's end was sent, so many hours before; an end that moves is another."""

    __tablename__ = "deadline_reminder"

    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE", primary_key=True)
    ends: datetime = Field(sa_type=UTCDateTime, primary_key=True)
    hours: int = Field(primary_key=True)
    sent_at: datetime = Field(sa_type=UTCDateTime)
