"""Tables of accounts, their tokens and what they ask of universities."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.accounts.rules import PageSeenBy, RequestState
from server.shared.database import UTCDateTime, enum_column


class Account(SQLModel, table=True):
    """A person. `email` is kept in lower case; `session_version` voids links when it moves."""

    # Says, of few rows, when a university's page last had another name on it: each request asks.
    __table_args__ = (
        sa.Index(
            "ix_account_listed",
            "university_id",
            "listed_at",
            sqlite_where=sa.text("listed_at IS NOT NULL"),
            postgresql_where=sa.text("listed_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=120)
    password_hash: str = Field(default="", max_length=255)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    university_id: int | None = Field(default=None, foreign_key="university.id", index=True)
    is_admin: bool = False
    session_version: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    # Agreed to be named on the university's page.
    listed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    # Empty: what the browser says.
    language: str = Field(default="", max_length=8)
    time_zone: str = Field(default="", max_length=64)
    # What the browser asked for at the last sign-in: letters to whoever chose none are in it.
    language_seen: str = Field(default="", max_length=8)
    # Who sees the person's page; it stands here because every link to it has to know.
    page_seen_by: PageSeenBy = Field(default=PageSeenBy.EVERYBODY, sa_type=enum_column(PageSeenBy))


class UniversityManager(SQLModel, table=True):
    """An account that confirms a university's members."""

    __tablename__ = "university_manager"

    university_id: int = Field(foreign_key="university.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True)


class AffiliationRequest(SQLModel, table=True):
    """An account asks to belong to a university whose domain its address is not of."""

    __tablename__ = "affiliation_request"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    university_id: int = Field(foreign_key="university.id", index=True)
    note: str = Field(default="", max_length=500)
    state: RequestState = Field(default=RequestState.OPEN, sa_type=enum_column(RequestState))
    created_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    decided_by: int | None = Field(default=None, foreign_key="account.id")


class ApiToken(SQLModel, table=True):
    """A token for programs: shown once, kept as the sha256 of its 256 random bits."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=80)
    hint: str = Field(max_length=16)
    digest: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    used_on: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class BrowserSession(SQLModel, table=True):
    """A browser that is signed in: kept as the sha256 of the 256 random bits in its cookie."""

    __tablename__ = "browser_session"

    digest: str = Field(max_length=64, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    browser: str = Field(default="", max_length=64)
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_on: datetime = Field(sa_type=UTCDateTime, index=True)


class Sighting(SQLModel, table=True):
    """Address and device of a sign-in or an upload, apart from the log; purged after 90 days."""

    __table_args__ = (sa.Index("ix_sighting_account_id_at", "account_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    what: str = Field(max_length=32)
    address: str = Field(default="", max_length=64)
    device: str = Field(default="", max_length=300)


class SecondFactor(SQLModel, table=True):
    """The secret of an account's codes, encrypted; in use once `confirmed_at` is set.

    `last_step` is the number of the 30 seconds whose code was accepted last: none of it or of
    before is accepted again.
    """

    __tablename__ = "second_factor"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    secret: str = Field(max_length=255)
    begun_at: datetime = Field(sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_step: int = 0
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RecoveryCode(SQLModel, table=True):
    """A code that opens the account once without the device: kept as the sha256 of its bits."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    digest: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
