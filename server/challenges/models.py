"""Tables of challenges, their pages, files, phases and people."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.accounts.rules import RequestState
from server.challenges.rules import Joining, Ranking, Registering, Reveal, Role, Visibility
from server.shared.database import UTCDateTime, enum_column


class Challenge(SQLModel, table=True):
    """A task with data, a metric, rules and phases.

    `definition` is its `challenge.toml` as it was last deployed, in JSON form: it has what no
    column has (the names of the sample and of hidden files); None where it was deployed before
    this was kept.
    """

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64, unique=True)
    title: str = Field(max_length=200)
    summary: str = Field(default="", max_length=500)
    host: str = Field(default="", max_length=200)
    tags: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    visibility: Visibility = Field(sa_type=enum_column(Visibility))
    id_column: str = Field(max_length=300)
    header: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    labels: list[str] | None = Field(default=None, sa_type=sa.JSON)
    max_bytes: int = Field(sa_type=sa.BigInteger)
    scorer: str = Field(max_length=120)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    also: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    higher_is_better: bool = True
    max_size: int = 4
    same_university: bool = True
    joining: Joining = Field(default=Joining.OPEN, sa_type=enum_column(Joining))
    registering: Registering = Field(default=Registering.OPEN, sa_type=enum_column(Registering))
    # What is asked of whoever would take part, where the organisers decide.
    asks: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    lock_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    licence: str = Field(default="", max_length=200)
    citation: str = Field(default="", sa_type=sa.Text)
    personal_data: bool | None = None
    privacy_contact: str = Field(default="", max_length=200)
    privacy: str = Field(default="", sa_type=sa.Text)
    anonymous: bool = False
    late_days: int = 0
    grading: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    definition: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class ChallengePage(SQLModel, table=True):
    """A tab of Markdown."""

    __tablename__ = "challenge_page"
    __table_args__ = (sa.UniqueConstraint("challenge_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    slug: str = Field(max_length=64)
    title: str = Field(max_length=200)
    position: int
    markdown: str = Field(sa_type=sa.Text)


class ChallengeFile(SQLModel, table=True):
    """A file that participants download, stored under its sha256 among the public files."""

    __tablename__ = "challenge_file"
    __table_args__ = (sa.UniqueConstraint("challenge_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str = Field(max_length=300)
    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=sa.BigInteger)
    position: int
    description: str = Field(default="", max_length=500)


class ChallengeImage(SQLModel, table=True):
    """A picture of a challenge's pages, for whoever may read them."""

    __tablename__ = "challenge_image"
    __table_args__ = (sa.UniqueConstraint("challenge_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str = Field(max_length=100)
    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=sa.BigInteger)


class Phase(SQLModel, table=True):
    """A round with a start, an end, quotas and a ranking policy.

    `paused_by` is an account's id; `extended_from` the end of before it was extended by hand.
    """

    __table_args__ = (sa.UniqueConstraint("challenge_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    slug: str = Field(max_length=64)
    title: str = Field(max_length=200)
    position: int
    starts: datetime = Field(sa_type=UTCDateTime)
    ends: datetime = Field(sa_type=UTCDateTime, index=True)
    per_day: int
    total: int
    ranking: Ranking = Field(sa_type=enum_column(Ranking))
    select: int = 2
    reveal: Reveal = Field(sa_type=enum_column(Reveal))
    admit_top: int | None = None
    revealed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    paused_by: int | None = None
    paused_words: str = Field(default="", max_length=500)
    frozen_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    extended_from: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Organiser(SQLModel, table=True):
    """An account that runs a challenge, or judges it."""

    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True)
    role: Role = Field(default=Role.ORGANISER, sa_type=enum_column(Role))


class Invitation(SQLModel, table=True):
    """An address that may see a challenge for the invited."""

    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True)
    email: str = Field(primary_key=True, max_length=254)


class Participation(SQLModel, table=True):
    """An account joined a challenge, and the rules it accepted by that."""

    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True)
    joined_at: datetime = Field(sa_type=UTCDateTime)
    rules_sha256: str = Field(default="", max_length=64)


class Registration(SQLModel, table=True):
    """An account asks to take part where the organisers decide; `answers` by what was asked."""

    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True)
    state: RequestState = Field(default=RequestState.OPEN, sa_type=enum_column(RequestState))
    message: str = Field(default="", max_length=1000)
    answers: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    rules_sha256: str = Field(default="", max_length=64)
    asked_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    decided_by: int | None = Field(default=None, foreign_key="account.id", index=True)
    reason: str = Field(default="", max_length=500)
