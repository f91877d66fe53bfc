"""The table of entries: what a board shows, kept up to date with every score."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.evaluations.rules import Board
from server.shared.database import UTCDateTime, enum_column


class Entry(SQLModel, table=True):
    """A row of a board. `key` is the score to 12 significant digits, turned: lower is better.

    `ranked` is false for baselines and for teams taken off the board.
    """

    __table_args__ = (
        sa.UniqueConstraint("phase_id", "board", "team_id"),
        sa.Index(
            "ix_entry_board", "phase_id", "board", "ranked", "key", "submitted_at", "submission_id"
        ),
        sa.Index("ix_entry_university_id_phase_id", "university_id", "phase_id", "board"),
        # A university's teams in the order of the board, and each university's best.
        sa.Index(
            "ix_entry_board_university",
            *("phase_id", "board", "ranked", "university_id"),
            *("key", "submitted_at", "submission_id"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    phase_id: int = Field(foreign_key="phase.id")
    board: Board = Field(sa_type=enum_column(Board))
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    university_id: int | None = Field(default=None, foreign_key="university.id")
    submission_id: int = Field(foreign_key="submission.id", index=True)
    evaluation_id: int = Field(foreign_key="evaluation.id")
    ranked: bool = True
    key: float
    value: float
    low: float | None = None
    high: float | None = None
    method: str = Field(default="", max_length=300)
    submitted_at: datetime = Field(sa_type=UTCDateTime)
    submissions: int = 1
    last_submitted_at: datetime = Field(sa_type=UTCDateTime)
    rank_best: int | None = None
    rank_worst: int | None = None
    rank_group: int | None = None
    first_share: float | None = None
    ranges_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class KeptEntry(SQLModel, table=True):
    """A row of a board under an evaluation that is not live, in its order from 1.

    It shows what going live would change, or how the board stood when another replaced it.
    """

    __tablename__ = "kept_entry"

    evaluation_id: int = Field(foreign_key="evaluation.id", primary_key=True)
    board: Board = Field(sa_type=enum_column(Board), primary_key=True)
    position: int = Field(primary_key=True)
    rank: int | None = None
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    key: float
    value: float
    low: float | None = None
    high: float | None = None
    method: str = Field(default="", max_length=300)
    submitted_at: datetime = Field(sa_type=UTCDateTime)
    submissions: int = 1
    last_submitted_at: datetime = Field(sa_type=UTCDateTime)
    rank_best: int | None = None
    rank_worst: int | None = None
    first_share: float | None = None


class NextPlace(SQLModel, table=True):
    """How far a team's counted submission is from the next place up, and what could be seen.

    `detectable`: the smallest difference of the two that the test set detects (95 % confidence,
    80 % power), None where they have no replicates to tell it by.
    """

    __tablename__ = "next_place"

    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE", primary_key=True)
    board: Board = Field(sa_type=enum_column(Board), primary_key=True)
    team_id: int = Field(foreign_key="team.id", primary_key=True, index=True)
    submission_id: int = Field(foreign_key="submission.id")
    difference: float
    detectable: float | None = None
    made_at: datetime = Field(sa_type=UTCDateTime)


class TeamMove(SQLModel, table=True):
    """A team's rank on both boards after the reveal, under an evaluation.

    `within`: the fewest places that 95 % of the moves by chance alone stay within, if known.
    """

    __tablename__ = "team_move"
    __table_args__ = (sa.Index("ix_team_move_private_rank", "phase_id", "private_rank", "team_id"),)

    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE", primary_key=True)
    team_id: int = Field(foreign_key="team.id", primary_key=True, index=True)
    evaluation_id: int = Field(foreign_key="evaluation.id")
    public_rank: int
    private_rank: int
    within: int | None = None


# For many rows at once: as objects they take several times as long.
ENTRIES: sa.Table = sa.inspect(Entry).local_table  # type: ignore[assignment]
KEPT_ENTRIES: sa.Table = sa.inspect(KeptEntry).local_table  # type: ignore[assignment]
