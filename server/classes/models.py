"""Tables of grades that were published."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.shared.database import UTCDateTime


class GradeBook(SQLModel, table=True):
    """Grades of a phase as they were published; the newest of a phase is the one that holds.

    `scheme` is the grading they were found by, `anchors` the scores that it named then.
    """

    __tablename__ = "grade_book"

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    phase_id: int = Field(foreign_key="phase.id", index=True)
    evaluation_id: int = Field(foreign_key="evaluation.id")
    scheme: dict[str, Any] = Field(sa_type=sa.JSON)
    anchors: dict[str, float] = Field(sa_type=sa.JSON)
    late_days: int = 0
    published_at: datetime = Field(sa_type=UTCDateTime)
    published_by: int = Field(foreign_key="account.id")


class PublishedGrade(SQLModel, table=True):
    """A person's grade in a book."""

    __tablename__ = "published_grade"
    __table_args__ = (sa.UniqueConstraint("book_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    book_id: int = Field(foreign_key="grade_book.id", ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    submission_id: int | None = Field(default=None, foreign_key="submission.id")
    grade: str = Field(max_length=40)
    worst: str | None = Field(default=None, max_length=40)
    best: str | None = Field(default=None, max_length=40)
    share: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    late_days: int = 0
