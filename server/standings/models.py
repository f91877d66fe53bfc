"""Tables of seasons, and of the standings as they were last computed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.evaluations.rules import Board
from server.shared.database import UTCDateTime, enum_column
from server.standings.rules import Rule

# The season of all public challenges, each with weight 1: it has no row of its own.
EVERYTHING = 0


class Season(SQLModel, table=True):
    """A named set of challenges that universities are ranked over."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64, unique=True)
    title: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class SeasonChallenge(SQLModel, table=True):
    """A challenge of a season, and what its points are multiplied by."""

    __tablename__ = "season_challenge"

    season_id: int = Field(foreign_key="season.id", primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True, index=True)
    weight: float = 1


class StandingBoard(SQLModel, table=True):
    """The board that stands for a challenge; `version` counts the changes of its contributions."""

    __tablename__ = "standing_board"

    challenge_id: int = Field(foreign_key="challenge.id", primary_key=True)
    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE")
    board: Board = Field(sa_type=enum_column(Board))
    provisional: bool
    ranked: int
    version: int


class Contribution(SQLModel, table=True):
    """What a university reached in a challenge, by its best team. Ids of rooms below are plain."""

    __table_args__ = (sa.Index("ix_contribution_university_id", "university_id"),)

    challenge_id: int = Field(primary_key=True)
    university_id: int = Field(primary_key=True)
    best_team_id: int
    best_rank: int
    best_score: float
    share: float
    teams: int
    gold: float
    silver: float
    bronze: float


class Participant(SQLModel, table=True):
    """A person of a university with a scored submission in a team; `share` is the team's."""

    __table_args__ = (sa.Index("ix_participant_university_id", "university_id", "challenge_id"),)

    team_id: int = Field(primary_key=True)
    account_id: int = Field(primary_key=True)
    challenge_id: int = Field(index=True)
    university_id: int
    share: float
    submissions: int


class Standing(SQLModel, table=True):
    """A university's place under one rule; `rules_best` and `rules_worst` are over all rules."""

    __table_args__ = (sa.Index("ix_standing_position", "season_id", "rule", "position"),)

    season_id: int = Field(primary_key=True)
    rule: Rule = Field(sa_type=enum_column(Rule), primary_key=True)
    university_id: int = Field(primary_key=True)
    position: int
    rank: int
    value: float
    challenges: int
    gold: float
    silver: float
    bronze: float
    accounts: int
    teams: float
    submissions: int
    rules_best: int
    rules_worst: int


class StandingRange(SQLModel, table=True):
    """The 95 % range of a university's rank over the replicates of all boards of the season."""

    __tablename__ = "standing_range"

    season_id: int = Field(primary_key=True)
    rule: Rule = Field(sa_type=enum_column(Rule), primary_key=True)
    university_id: int = Field(primary_key=True)
    low: int
    high: int


class StandingMoment(SQLModel, table=True):
    """Where a university stood at a moment: once a day, and at the reveal of a challenge."""

    __tablename__ = "standing_moment"

    season_id: int = Field(primary_key=True)
    university_id: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, primary_key=True)
    revealed_id: int | None = None
    universities: int
    points: float
    points_rank: int
    medals_rank: int
    geometric_rank: int
    percentile_rank: int
    participation_rank: int


class Snapshot(SQLModel, table=True):
    """What a season's stored standings are: `version` grows with every change of a number.

    `turn` is the turn of `Reading` whose contributions they are made of.
    """

    season_id: int = Field(primary_key=True)
    turn: int = 0
    version: int = 0
    as_of: datetime = Field(sa_type=UTCDateTime)
    challenges: int = 0
    provisional: int = 0
    total_weight: float = 0
    universities: int = 0
    ranges_version: int = 0
    ranges_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ranges_seconds: float = 0
    replicates: int = 0
    moment_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Reading(SQLModel, table=True):
    """How far the log was read for the standings. One row.

    Events commit out of order where several processes write: those after `settled` are read again,
    and the ids in `seen` are known already. `turn` counts the changes of contributions,
    participants and seasons: a writer that finds another turn than it read gives way.
    """

    __tablename__ = "standing_reading"

    id: int = Field(primary_key=True)
    turn: int = 0
    settled: int = 0
    newest: int = 0
    newest_at: datetime = Field(sa_type=UTCDateTime)
    seen: list[int] = Field(default_factory=list, sa_type=sa.JSON)


def table_of(model: type[SQLModel]) -> sa.Table:
    """Return a model's table, for many rows at once: as objects they take several times as long."""
    table: sa.Table = sa.inspect(model).local_table
    return table
