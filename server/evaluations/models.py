"""Tables of evaluations and of what they say."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from scorers.ladder import Form
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.shared.database import UTCDateTime, enum_column
from server.shared.leases import Leases

LIVE = sa.text("state = 'live'")
WAITING = sa.text("state IN ('queued', 'scoring')")


class Evaluation(SQLModel, table=True):
    """One numbered way to score a phase. The database allows one live one a phase.

    `solution_changes`: how its solution differs from the one that was live when it was looked at, a
    `server.evaluations.differing.SolutionChanges`; None: it is the same, or they weren't compared.
    `taken_in`: its solution has left the files that the web can read. `to_tidy`: what counts on
    no board may still have replicates under it. `compared_version` and
    `compared_at` say of which state of things its board beside the live one was made, and when.
    """

    __table_args__ = (
        sa.UniqueConstraint("phase_id", "number"),
        sa.Index(
            "uq_evaluation_live", "phase_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    phase_id: int = Field(foreign_key="phase.id", index=True)
    number: int
    state: EvaluationState = Field(sa_type=enum_column(EvaluationState))
    solution_sha256: str = Field(max_length=64)
    spec: dict[str, Any] = Field(sa_type=sa.JSON)
    scorer: str = Field(max_length=120)
    scorer_version: str = Field(max_length=40)
    has_private: bool
    rows_public: int = 0
    rows_private: int = 0
    reason: str = Field(default="", max_length=1000)
    problem: str | None = Field(default=None, sa_type=sa.Text)
    # The problem as `scorers.sentences.to_json` has it, for readers of other languages.
    problem_said: Any = Field(default=None, sa_type=sa.JSON)
    solution_changes: Any = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    created_by: int | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    live_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    taken_in: bool = False
    to_tidy: bool = False
    compared_version: str | None = Field(default=None, max_length=200)
    compared_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Score(SQLModel, table=True):
    """What an evaluation says of a submission on one board: one row, kept by the database."""

    __table_args__ = (
        sa.UniqueConstraint("submission_id", "evaluation_id", "board"),
        # All submissions in the order of their scores, from any place on.
        sa.Index(
            "ix_score_evaluation_id_board_value", "evaluation_id", "board", "value", "submission_id"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    evaluation_id: int = Field(foreign_key="evaluation.id")
    board: Board = Field(sa_type=enum_column(Board))
    value: float
    low: float | None = None
    high: float | None = None
    method: str = Field(default="", max_length=300)
    also: dict[str, float] = Field(default_factory=dict, sa_type=sa.JSON)
    rows: int = 0
    scored_at: datetime = Field(sa_type=UTCDateTime)


# Stands for replicates that were computed again in vain: nobody asks for them once more.
NONE_TO_BE_HAD = b""


class Replicates(SQLModel, table=True):
    """The metric on the evaluation's resamples, float64 little-endian; for counted ones only."""

    score_id: int = Field(foreign_key="score.id", primary_key=True)
    data: bytes = Field(sa_type=sa.LargeBinary)


class Rung(SQLModel, table=True):
    """A score of the public board on the ladder, in phases that rank by it.

    `form`, `power`, `per_unit` and `evidence` (float64, little-endian) are those of
    `scorers.ladder.Rung`. `released` is what its team is told with it (None: it has no place on the
    ladder, or waits for an earlier one); `error` that of the difference to the score `against`.
    """

    score_id: int = Field(foreign_key="score.id", primary_key=True)
    form: Form | None = Field(default=None, sa_type=enum_column(Form))
    power: int = 1
    per_unit: float | None = None
    evidence: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    against: int | None = Field(default=None, index=True)
    error: float | None = None
    released: float | None = None
    improved: bool = False


class Rescore(SQLModel, table=True):
    """A submission to score under an evaluation that is not live: the row is the job."""

    __table_args__ = (
        sa.Index(
            "ix_rescore_waiting",
            "evaluation_id",
            "submission_id",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    submission_id: int = Field(foreign_key="submission.id", primary_key=True)
    evaluation_id: int = Field(foreign_key="evaluation.id", primary_key=True, index=True)
    state: RescoreState = Field(default=RescoreState.QUEUED, sa_type=enum_column(RescoreState))
    attempts: int = 0
    interruptions: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=128)
    message: str | None = Field(default=None, sa_type=sa.Text)
    faults: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    fault_count: int = 0
    trace: str | None = Field(default=None, sa_type=sa.Text)
    # What the trace says first, where that is a sentence of ours: for readers of any language.
    trace_said: Any = Field(default=None, sa_type=sa.JSON(none_as_null=True))


RESCORES = Leases(Rescore, RescoreState.QUEUED, RescoreState.SCORING)
