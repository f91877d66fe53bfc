"""Tables of drafts: challenges that are still being written, their files and their jobs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.drafts.rules import DraftState, FileKind, FileState, JobKind, JobState
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

WAITING = sa.text("state IN ('queued', 'running')")


class ChallengeDraft(SQLModel, table=True):
    """A challenge folder that is kept on the server while it is being written.

    `definition` is the JSON form of a `challenge.toml`, maybe not whole yet; `pages` the Markdown
    of each tab; `challenge_id` what it was launched as, or what it changes; `invited` addresses
    that are invited at the launch; `zone` the time zone its owner writes times in; `version`
    counts the changes.
    """

    __tablename__ = "challenge_draft"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64, index=True)
    owner_id: int = Field(foreign_key="account.id", index=True)
    challenge_id: int | None = Field(default=None, foreign_key="challenge.id", index=True)
    state: DraftState = Field(default=DraftState.EDITING, sa_type=enum_column(DraftState))
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    pages: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    invited: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    zone: str = Field(default="UTC", max_length=64)
    version: int = 1
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class DraftPerson(SQLModel, table=True):
    """An account that writes a draft with its owner, and its role once it is launched."""

    __tablename__ = "draft_person"

    draft_id: int = Field(foreign_key="challenge_draft.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True)
    role: str = Field(max_length=32)


class DraftFile(SQLModel, table=True):
    """A file of a draft: data and images and baselines lie in the public store, answers hidden.

    `phase` is of solutions and baselines, `title` a baseline's name on the board; `found` what a
    worker found in it.
    """

    __tablename__ = "draft_file"
    __table_args__ = (sa.Index("ix_draft_file_draft", "draft_id", "kind", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="challenge_draft.id")
    kind: FileKind = Field(sa_type=enum_column(FileKind))
    state: FileState = Field(default=FileState.STORED, sa_type=enum_column(FileState))
    name: str = Field(max_length=255)
    phase: str = Field(default="", max_length=64)
    title: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=500)
    position: int = 0
    sha256: str = Field(max_length=64, index=True)
    size: int = Field(sa_type=sa.BigInteger)
    found: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    created_at: datetime = Field(sa_type=UTCDateTime)


class DraftJob(SQLModel, table=True):
    """Something that a worker does with a draft: the row is the job, and keeps what came out.

    `version` is the draft's when it was asked for; `file_id` the file that is looked at.
    """

    __tablename__ = "draft_job"
    __table_args__ = (
        sa.Index("ix_draft_job_draft", "draft_id", "kind", "id"),
        sa.Index(
            "ix_draft_job_waiting",
            "state",
            "lease_until",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="challenge_draft.id")
    kind: JobKind = Field(sa_type=enum_column(JobKind))
    state: JobState = Field(default=JobState.QUEUED, sa_type=enum_column(JobState))
    file_id: int | None = None
    version: int
    asked_by: int = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    report: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    trace: str | None = Field(default=None, sa_type=sa.Text)
    attempts: int = 0
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


DRAFT_JOBS = Leases(DraftJob, JobState.QUEUED, JobState.RUNNING)
