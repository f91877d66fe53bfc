"""Tables of certificates, of the standards that levels are of, and of the jobs that make them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.certificates.rules import JobKind, JobState, Kind, Reason, State
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

VALID = sa.text("state = 'valid'")
WAITING = sa.text("state IN ('queued', 'running')")


class Standard(SQLModel, table=True):
    """An evaluation standard: up to three levels, each with conditions over named challenges."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64, unique=True)
    title: str = Field(max_length=200)
    issuer: str = Field(max_length=200)
    summary: str = Field(default="", max_length=1000)
    levels: dict[str, Any] = Field(sa_type=sa.JSON)
    created_by: int | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class StandardChallenge(SQLModel, table=True):
    """A challenge that a standard names."""

    __tablename__ = "standard_challenge"

    standard_id: int = Field(foreign_key="standard.id", primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True, index=True)


class Certificate(SQLModel, table=True):
    """What is certified of a person: `body` is what was signed, as it was signed.

    `about` names what it is of ("challenge:3", "standard:1"); the database allows a person one
    valid certificate of each. `replaces`: the one that was superseded by it. `by_hand`: revoked
    by somebody, so that no job gives it again. `hidden_at`: since then its holder shows its page
    to nobody.
    """

    __table_args__ = (
        sa.Index(
            "uq_certificate_valid",
            "account_id",
            "about",
            unique=True,
            sqlite_where=VALID,
            postgresql_where=VALID,
        ),
        sa.Index("ix_certificate_about_state", "about", "state", "id"),
        sa.Index("ix_certificate_university_id", "university_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=16, unique=True)
    about: str = Field(max_length=40)
    kind: Kind = Field(sa_type=enum_column(Kind))
    account_id: int = Field(foreign_key="account.id", index=True)
    challenge_id: int | None = Field(default=None, foreign_key="challenge.id")
    standard_id: int | None = Field(default=None, foreign_key="standard.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    university_id: int | None = Field(default=None, foreign_key="university.id")
    body: dict[str, Any] = Field(sa_type=sa.JSON)
    signature: str = Field(max_length=100)
    issued_at: datetime = Field(sa_type=UTCDateTime)
    state: State = Field(default=State.VALID, sa_type=enum_column(State))
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: Reason | None = Field(default=None, sa_type=enum_column(Reason))
    reason_words: str = Field(default="", max_length=500)
    by_hand: bool = False
    replaces: int | None = Field(default=None, foreign_key="certificate.id", index=True)
    hidden_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class LevelPreview(SQLModel, table=True):
    """What a hand-out of a standard's levels would change, as the worker found it.

    `version` of what it was made of; `counts` of steps by what they do; `first`: some of the
    steps, those that change something before the others.
    """

    __tablename__ = "level_preview"

    standard_id: int = Field(foreign_key="standard.id", primary_key=True)
    version: str = Field(max_length=64)
    as_of: datetime = Field(sa_type=UTCDateTime)
    counts: dict[str, int] = Field(sa_type=sa.JSON)
    first: list[dict[str, Any]] = Field(sa_type=sa.JSON)


class CertificateJob(SQLModel, table=True):
    """Certificates to hand out, or a file of many to make: the row is the job.

    `rules` of the newest hand-out that is done are those by which a challenge's certificates
    follow its board. `made` has the counts, `sha256` the file of a bundle.
    """

    __tablename__ = "certificate_job"
    __table_args__ = (
        sa.Index(
            "ix_certificate_job_waiting",
            "state",
            "lease_until",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        sa.Index("ix_certificate_job_challenge_id", "challenge_id", "kind", "id"),
        sa.Index("ix_certificate_job_standard_id", "standard_id", "id"),
        sa.Index("ix_certificate_job_university_id", "university_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: JobKind = Field(sa_type=enum_column(JobKind))
    challenge_id: int | None = Field(default=None, foreign_key="challenge.id")
    standard_id: int | None = Field(default=None, foreign_key="standard.id")
    university_id: int | None = Field(default=None, foreign_key="university.id")
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    state: JobState = Field(default=JobState.QUEUED, sa_type=enum_column(JobState))
    asked_by: int | None = Field(default=None, foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    made: dict[str, int] | None = Field(default=None, sa_type=sa.JSON)
    sha256: str | None = Field(default=None, max_length=64)
    size: int = Field(default=0, sa_type=sa.BigInteger)
    problem: str | None = Field(default=None, sa_type=sa.Text)
    problem_said: Any = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


JOBS = Leases(CertificateJob, JobState.QUEUED, JobState.RUNNING)


class CertificateReading(SQLModel, table=True):
    """How far the log was read for what changes certificates; `waiting` challenges are next."""

    __tablename__ = "certificate_reading"

    id: int | None = Field(default=None, primary_key=True)
    settled: int
    seen: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    waiting: list[int] = Field(default_factory=list, sa_type=sa.JSON)
