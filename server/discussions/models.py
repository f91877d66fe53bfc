"""Tables of announcements, and of questions with what is said to them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.discussions.rules import LONGEST_TITLE, QuestionState
from server.shared.database import UTCDateTime, enum_column


class Announcement(SQLModel, table=True):
    """News of a challenge's organisers.

    People are told by a worker, some at a time: `told_to` is the last account that was, and
    `told_at` when there was nobody left. `by_mail`: letters go out as well.
    """

    __table_args__ = (sa.Index("ix_announcement_challenge_id_id", "challenge_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id")
    author_id: int = Field(foreign_key="account.id")
    title: str = Field(max_length=LONGEST_TITLE)
    markdown: str = Field(sa_type=sa.Text)
    by_mail: bool = True
    # What a form carries, so that pressing its button twice publishes once.
    ticket: str = Field(max_length=32, unique=True)
    published_at: datetime = Field(sa_type=UTCDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    told_to: int = 0
    told: int = 0
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class Question(SQLModel, table=True):
    """What a participant asks; private to the one who asked and the organisers.

    `named`: the asker agreed to be named where it is published, in the words that the organisers
    give the question and its answer there.
    """

    __table_args__ = (sa.Index("ix_question_challenge_id_state_id", "challenge_id", "state", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id")
    account_id: int = Field(foreign_key="account.id", index=True)
    title: str = Field(max_length=LONGEST_TITLE)
    state: QuestionState = Field(default=QuestionState.OPEN, sa_type=enum_column(QuestionState))
    named: bool = False
    asked_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    published_question: str = Field(default="", sa_type=sa.Text)
    published_answer: str = Field(default="", sa_type=sa.Text)


class QuestionPost(SQLModel, table=True):
    """What was said to a question, its own words first."""

    __tablename__ = "question_post"

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    by_organiser: bool = False
    markdown: str = Field(sa_type=sa.Text)
    posted_at: datetime = Field(sa_type=UTCDateTime)
