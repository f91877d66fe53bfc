"""JSON routes of the discussions room: a challenge's news, and its questions."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from server.challenges.queries import challenge_by_slug
from server.discussions import asking
from server.discussions.attempts import limit_questions
from server.discussions.models import Announcement, Question
from server.discussions.queries import (
    Answered,
    announcements_of,
    own_questions,
    published_questions,
)
from server.discussions.rules import LONGEST_QUESTION, LONGEST_TITLE, QuestionState
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer, writing

bp = APIBlueprint("discussions_api", __name__, url_prefix="/api/v1", tag="News and questions")


class NewsIn(BaseModel):
    """Which page of a list."""

    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(20, ge=1, description="At most 100 are given.")


class AnnouncementOut(BaseModel):
    """News of a challenge."""

    id: int
    title: str
    markdown: str
    published_at: datetime
    edited_at: datetime | None


class AnnouncementsOut(BaseModel):
    """A page of news, newest first."""

    total: int
    page: int
    per_page: int
    rows: list[AnnouncementOut]


class PublishedOut(BaseModel):
    """A question that the organisers published with its answer."""

    id: int
    title: str
    question: str
    answer: str
    asked_by: str | None = Field(description="Null where the one who asked is not to be named.")
    published_at: datetime


class OwnOut(BaseModel):
    """A question of the caller's."""

    id: int
    title: str
    state: QuestionState
    asked_at: datetime
    changed_at: datetime


class QuestionsOut(BaseModel):
    """A page of the published questions, and the caller's own."""

    total: int
    page: int
    per_page: int
    rows: list[PublishedOut]
    own: list[OwnOut]


class QuestionIn(BaseModel):
    """A question to the organisers."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    text: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    named: bool = Field(False, description="Whether a publication may name the caller.")


@bp.get("/challenges/<slug>/announcements")
@access(Who.SEES_CHALLENGE)
@bp.input(NewsIn, location="query")
@bp.output(AnnouncementsOut)
@bp.doc(summary="List a challenge's news", operation_id="listAnnouncements", responses=[404])
def list_announcements(slug: str, query_data: NewsIn) -> dict[str, Any]:
    """List what the organisers announced, newest first."""
    challenge = challenge_by_slug(reading(), slug)
    found = announcements_of(
        reading(), challenge.id or 0, page=query_data.page, per_page=query_data.per_page
    )
    return {
        "total": found.total,
        "page": found.page,
        "per_page": found.per_page,
        "rows": [_announced(row) for row in found.rows],
    }


@bp.get("/challenges/<slug>/questions")
@access(Who.SEES_CHALLENGE)
@bp.input(NewsIn, location="query")
@bp.output(QuestionsOut)
@bp.doc(summary="List published questions", operation_id="listQuestions", responses=[404])
def list_questions(slug: str, query_data: NewsIn) -> dict[str, Any]:
    """List the questions that were published with their answers, and the caller's own."""
    challenge = challenge_by_slug(reading(), slug)
    number, me = challenge.id or 0, viewer().id
    found = published_questions(
        reading(), number, page=query_data.page, per_page=query_data.per_page
    )
    return {
        "total": found.total,
        "page": found.page,
        "per_page": found.per_page,
        "rows": [_published(row) for row in found.rows],
        "own": [_own(q) for q in own_questions(reading(), number, me)] if me else [],
    }


@bp.post("/challenges/<slug>/questions")
@access(Who.CONFIRMED)
@limit_questions
@bp.input(QuestionIn)
@bp.output(OwnOut, status_code=201)
@bp.doc(
    summary="Ask the organisers",
    operation_id="askQuestion",
    responses=[401, 403, 404, 422, 429],
)
def ask_question(slug: str, json_data: QuestionIn) -> dict[str, Any]:
    """Ask the organisers something: between them and the caller."""
    with writing() as session:
        made = asking.ask(
            session,
            challenge=challenge_by_slug(session, slug),
            viewer=viewer(),
            title=json_data.title,
            text=json_data.text,
            named=json_data.named,
            now=now(),
        )
        session.commit()
    return _own(made)


def _announced(row: Announcement) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "markdown": row.markdown,
        "published_at": row.published_at,
        "edited_at": row.edited_at,
    }


def _published(row: Answered) -> dict[str, Any]:
    return {
        "id": row.question.id,
        "title": row.question.title,
        "question": row.question.published_question,
        "answer": row.question.published_answer,
        "asked_by": row.asker.name if row.asker else None,
        "published_at": row.question.published_at,
    }


def _own(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "title": question.title,
        "state": question.state,
        "asked_at": question.asked_at,
        "changed_at": question.changed_at,
    }
