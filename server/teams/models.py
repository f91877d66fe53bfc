"""Tables of teams and their members."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.accounts.rules import RequestState
from server.shared.database import UTCDateTime, enum_column


class Team(SQLModel, table=True):
    """A competitor. `university_id` is fixed with its first submission (`fixed_at`).

    `disqualified_shown`: boards say of it "withdrawn by the organiser", and not why.
    """

    __table_args__ = (sa.UniqueConstraint("challenge_id", "name_key"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str = Field(max_length=80)
    name_key: str = Field(max_length=120)
    captain_id: int = Field(foreign_key="account.id", index=True)
    university_id: int | None = Field(default=None, foreign_key="university.id", index=True)
    fixed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    code: str = Field(max_length=32, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    merged_into: int | None = Field(default=None, foreign_key="team.id")
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    disqualified_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    disqualified_reason: str = Field(default="", max_length=1000)
    disqualified_shown: bool = False


class Membership(SQLModel, table=True):
    """A person in a team; one team a person a challenge, kept by the database."""

    __table_args__ = (sa.UniqueConstraint("challenge_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id")
    account_id: int = Field(foreign_key="account.id", index=True)
    joined_at: datetime = Field(sa_type=UTCDateTime)


class JoinRequest(SQLModel, table=True):
    """Somebody, or a whole team that would merge, asks the captain to be let in."""

    __tablename__ = "join_request"

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    merging_team_id: int | None = Field(default=None, foreign_key="team.id")
    state: RequestState = Field(default=RequestState.OPEN, sa_type=enum_column(RequestState))
    created_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class TeamInvitation(SQLModel, table=True):
    """An address the captain invited, where a challenge lets in the invited only."""

    __tablename__ = "team_invitation"

    team_id: int = Field(foreign_key="team.id", primary_key=True)
    email: str = Field(primary_key=True, max_length=254)
    invited_at: datetime = Field(sa_type=UTCDateTime)


class TeamOrigin(SQLModel, table=True):
    """The university of a member as of the team's first submission, where teams may be mixed."""

    __tablename__ = "team_origin"

    team_id: int = Field(foreign_key="team.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True)
    university_id: int = Field(foreign_key="university.id", index=True)


class ExtraSubmissions(SQLModel, table=True):
    """What the organisers gave a team beyond a phase's quotas; `day` begins at 00:00 UTC."""

    __tablename__ = "extra_submissions"
    __table_args__ = (sa.Index("ix_extra_submissions_team_id_phase_id", "team_id", "phase_id"),)

    id: int | None = Field(default=None, primary_key=True)
    phase_id: int = Field(foreign_key="phase.id")
    team_id: int = Field(foreign_key="team.id")
    total: int = 0
    per_day: int = 0
    day: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: str = Field(max_length=1000)
    given_at: datetime = Field(sa_type=UTCDateTime)


class Adviser(SQLModel, table=True):
    """A member of the university's staff who advises a team: named with it, without any right."""

    team_id: int = Field(foreign_key="team.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True, index=True)
    named_by: int | None = Field(default=None, foreign_key="account.id")
    named_at: datetime = Field(sa_type=UTCDateTime)
