"""Pages of a challenge's news and questions, for whoever may see the challenge."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug, challenge_frame
from server.challenges.views import Frame
from server.discussions import asking
from server.discussions.attempts import Answer, limit_questions, tried
from server.discussions.formatting import render_words
from server.discussions.forms import QuestionForm, ReplyForm
from server.discussions.queries import (
    announcements_of,
    may_ask,
    own_question,
    own_questions,
    published_questions,
    readable_question,
    thread_of,
)
from server.shared.access import Who, access
from server.shared.markdown import render_markdown
from server.shared.web import now, reading, services, viewer

bp = Blueprint("discussions", __name__)
A_PAGE = 20
IN_A_FEED = 30


def _frame(slug: str) -> Frame:
    return challenge_frame(reading(), slug=slug, viewer=viewer(), now=now(), active="news")


@bp.get("/challenges/<slug>/news")
@access(Who.SEES_CHALLENGE)
def news(slug: str) -> str:
    """Show what the organisers announced, newest first."""
    frame = _frame(slug)
    page = announcements_of(
        reading(),
        frame.challenge.id or 0,
        page=request.args.get("page", 1, int),
        per_page=A_PAGE,
    )
    return render_template(
        "discussions/news.html",
        **frame.context(),
        page=page,
        render=render_markdown,
        here="news",
    )


@bp.get("/challenges/<slug>/announcements.atom")
@access(Who.SEES_CHALLENGE)
def feed(slug: str) -> Response:
    """Send the news as an Atom feed (RFC 4287)."""
    challenge = challenge_by_slug(reading(), slug)
    page = announcements_of(reading(), challenge.id or 0, per_page=IN_A_FEED)
    rows = page.rows
    body = render_template(
        "discussions/feed.xml",
        challenge=challenge,
        rows=rows,
        render=render_markdown,
        updated=max([a.edited_at or a.published_at for a in rows], default=challenge.created_at),
        base_url=services().settings.base_url.rstrip("/"),
    )
    return Response(body, mimetype="application/atom+xml")


@bp.get("/challenges/<slug>/questions")
@access(Who.SEES_CHALLENGE)
def questions(slug: str) -> str:
    """Show published questions, the viewer's own, and the form to ask."""
    return _questions(slug, QuestionForm(formdata=None))


@bp.post("/challenges/<slug>/questions")
@access(Who.CONFIRMED)
@limit_questions
def ask(slug: str) -> Answer:
    """Ask the organisers something."""
    form = QuestionForm()
    if not tried(form, lambda session: _ask(session, slug, form)):
        return _questions(slug, form), 422
    flash(_("Your question is sent. You are told when the organisers answer."), "success")
    return redirect(url_for("discussions.questions", slug=slug), 303)


def _ask(session: Session, slug: str, form: QuestionForm) -> None:
    asking.ask(
        session,
        challenge=challenge_by_slug(session, slug),
        viewer=viewer(),
        title=form.title.data,
        text=form.text.data,
        named=form.named.data,
        now=now(),
    )


def _questions(slug: str, form: QuestionForm) -> str:
    session, frame = reading(), _frame(slug)
    number, me = frame.challenge.id or 0, viewer().id
    page = published_questions(
        session, number, page=request.args.get("page", 1, int), per_page=A_PAGE
    )
    return render_template(
        "discussions/questions.html",
        **frame.context(),
        page=page,
        own=own_questions(session, number, me) if me else [],
        form=form,
        may_ask=may_ask(session, frame.challenge, viewer()),
        render=render_words,
        render_answer=render_markdown,
        here="questions",
    )


@bp.get("/challenges/<slug>/questions/<int:question_id>")
@access(Who.SEES_CHALLENGE)
def question(slug: str, question_id: int) -> str:
    """Show a question and what was said to it, to who asked it and the organisers."""
    return _thread(slug, question_id, ReplyForm(formdata=None))


@bp.post("/challenges/<slug>/questions/<int:question_id>")
@access(Who.CONFIRMED)
@limit_questions
def reply(slug: str, question_id: int) -> Answer:
    """Say more to one's own question."""
    own_question(reading(), challenge_by_slug(reading(), slug), question_id, viewer())
    form = ReplyForm()
    if not tried(form, lambda session: _reply(session, slug, question_id, form)):
        return _thread(slug, question_id, form), 422
    flash(_("Your reply is sent."), "success")
    here = url_for("discussions.question", slug=slug, question_id=question_id)
    return redirect(here, 303)


def _reply(session: Session, slug: str, question_id: int, form: ReplyForm) -> None:
    challenge: Challenge = challenge_by_slug(session, slug)
    found = own_question(session, challenge, question_id, viewer())
    asking.reply(session, challenge, found, text=form.text.data, viewer=viewer(), now=now())


def _thread(slug: str, question_id: int, form: ReplyForm) -> str:
    frame = _frame(slug)
    found = readable_question(reading(), frame.challenge, question_id, viewer())
    return render_template(
        "discussions/question.html",
        **frame.context(),
        question=found,
        thread=thread_of(reading(), found),
        form=form,
        is_own=found.account_id == viewer().id,
        render=render_words,
        here="questions",
    )
