"""Tables of comparisons: two submissions on one board, and both boards of a phase."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.comparisons.rules import ComparisonState
from server.evaluations.rules import Board
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

WAITING = sa.text("state IN ('queued', 'comparing')")


class Comparison(SQLModel, table=True):
    """Two teams' counted submissions on a board, `first_team_id` < `second_team_id`: also the job.

    Or any two of one team's own: then both teams are that one, and the older submission is first.

    What was found speaks of first - second and never changes: for another submission or another
    evaluation there is another row.
    """

    __table_args__ = (
        sa.UniqueConstraint(
            "first_submission_id",
            "second_submission_id",
            "evaluation_id",
            "board",
            name="uq_comparison_submissions",
        ),
        sa.Index(
            "ix_comparison_teams", "first_team_id", "second_team_id", "phase_id", "board", "id"
        ),
        sa.Index(
            "ix_comparison_waiting",
            "state",
            "lease_until",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE")
    board: Board = Field(sa_type=enum_column(Board))
    evaluation_id: int = Field(foreign_key="evaluation.id")
    first_team_id: int = Field(foreign_key="team.id")
    second_team_id: int = Field(foreign_key="team.id")
    first_submission_id: int = Field(foreign_key="submission.id")
    second_submission_id: int = Field(foreign_key="submission.id", index=True)
    state: ComparisonState = Field(
        default=ComparisonState.QUEUED, sa_type=enum_column(ComparisonState)
    )
    asked_at: datetime = Field(sa_type=UTCDateTime)
    compared_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    found: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    trace: str | None = Field(default=None, sa_type=sa.Text)
    attempts: int = 0
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)


COMPARISONS = Leases(Comparison, ComparisonState.QUEUED, ComparisonState.COMPARING)


class ShakeUp(SQLModel, table=True):
    """How the ranks of a phase changed at its reveal, beside what chance alone would give.

    `board_version`: of the boards that it was made from; another one asks for a new one.
    """

    __tablename__ = "shake_up"

    phase_id: int = Field(foreign_key="phase.id", ondelete="CASCADE", primary_key=True)
    evaluation_id: int = Field(foreign_key="evaluation.id")
    board_version: str = Field(max_length=200)
    found: dict[str, Any] = Field(sa_type=sa.JSON)
    made_at: datetime = Field(sa_type=UTCDateTime)
