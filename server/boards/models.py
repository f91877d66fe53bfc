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
    first_share: float | None = None
    ranges_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
