"""Pages of the organisers: announcements, and the questions that wait."""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug
from server.discussions import announcing, asking
from server.discussions.attempts import Answer, tried
from server.discussions.formatting import render_words
from server.discussions.forms import AnnouncementForm, AnswerForm, PublishForm
from server.discussions.models import Question
from server.discussions.queries import (
    Said,
    announcement_in,
    announcements_of,
    question_in,
    questions_by_state,
    questions_of,
    standing_of,
    thread_of,
)
from server.discussions.rules import QuestionState
from server.shared.access import Who, access
from server.shared.markdown import pictures_elsewhere, render_markdown
from server.shared.web import now, reading, viewer, writing

bp = Blueprint("discussing", __name__)
A_PAGE = 30
Decide = Callable[[Session, Challenge, Question], None]


@bp.get("/organise/<slug>/announcements")
@access(Who.JUDGE)
def announcements(slug: str) -> str:
    """Show what was announced, and the form for more."""
    return _announcements(slug, _new_form())


def _new_form() -> AnnouncementForm:
    form = AnnouncementForm(formdata=None)
    form.by_mail.data, form.ticket.data = True, announcing.new_ticket()
    return form


@bp.post("/organise/<slug>/announcements")
@access(Who.ORGANISER)
def publish(slug: str) -> Answer:
    """Publish news, or show how it will look."""
    form = AnnouncementForm()
    preview = request.form.get("act") == "preview"
    if preview or not tried(form, lambda session: _publish(session, slug, form)):
        return _announcements(slug, form, preview=preview), 200 if preview else 422
    flash(_("Published. Those who take part are told within a few seconds."), "success")
    return redirect(url_for("discussing.announcements", slug=slug), 303)


def _publish(session: Session, slug: str, form: AnnouncementForm) -> None:
    announcing.publish(
        session,
        challenge=challenge_by_slug(session, slug),
        author_id=viewer().account_id,
        title=form.title.data,
        markdown=form.text.data,
        by_mail=form.by_mail.data,
        ticket=form.ticket.data or announcing.new_ticket(),
        now=now(),
    )


def _announcements(slug: str, form: AnnouncementForm, *, preview: bool = False) -> str:
    challenge = challenge_by_slug(reading(), slug)
    asked = request.args.get("page", 1, int)
    page = announcements_of(
        reading(), challenge.id or 0, withdrawn=True, page=asked, per_page=A_PAGE
    )
    return render_template(
        "discussions/announcements.html",
        challenge=challenge,
        page=page,
        form=form,
        preview=preview,
        render=render_markdown,
        elsewhere=pictures_elsewhere,
    )


@bp.get("/organise/<slug>/announcements/<int:announcement_id>")
@access(Who.JUDGE)
def announcement(slug: str, announcement_id: int) -> str:
    """Show an announcement, to change its words."""
    found = announcement_in(reading(), challenge_by_slug(reading(), slug), announcement_id)
    form = AnnouncementForm(formdata=None, title=found.title, text=found.markdown)
    return _announcement(slug, announcement_id, form)


@bp.post("/organise/<slug>/announcements/<int:announcement_id>")
@access(Who.ORGANISER)
def edit(slug: str, announcement_id: int) -> Answer:
    """Change the words of an announcement, or show how they will look."""
    announcement_in(reading(), challenge_by_slug(reading(), slug), announcement_id)
    form = AnnouncementForm()
    preview = request.form.get("act") == "preview"
    if preview or not tried(form, lambda s: _edit(s, slug, announcement_id, form)):
        shown = _announcement(slug, announcement_id, form, preview=preview)
        return shown, 200 if preview else 422
    flash(_("The announcement is changed; it says that it was edited."), "success")
    return redirect(url_for("discussing.announcements", slug=slug), 303)


def _edit(session: Session, slug: str, number: int, form: AnnouncementForm) -> None:
    announcing.edit(
        session,
        announcement_in(session, challenge_by_slug(session, slug), number),
        title=form.title.data,
        markdown=form.text.data,
        actor_id=viewer().account_id,
        now=now(),
    )


def _announcement(slug: str, number: int, form: AnnouncementForm, *, preview: bool = False) -> str:
    challenge = challenge_by_slug(reading(), slug)
    return render_template(
        "discussions/announcement.html",
        challenge=challenge,
        announcement=announcement_in(reading(), challenge, number),
        form=form,
        preview=preview,
        render=render_markdown,
        elsewhere=pictures_elsewhere,
    )


@bp.post("/organise/<slug>/announcements/<int:announcement_id>/withdraw")
@access(Who.ORGANISER)
def withdraw(slug: str, announcement_id: int) -> BaseResponse:
    """Take an announcement back."""
    with writing() as session:
        found = announcement_in(session, challenge_by_slug(session, slug), announcement_id)
        announcing.withdraw(session, found, actor_id=viewer().account_id, now=now())
        session.commit()
    flash(_("The announcement is taken back."), "success")
    return redirect(url_for("discussing.announcements", slug=slug), 303)


@bp.get("/organise/<slug>/questions")
@access(Who.JUDGE)
def questions(slug: str) -> str:
    """Show the questions of participants, those that wait first."""
    challenge = challenge_by_slug(reading(), slug)
    state = _state(request.args.get("state", ""))
    page = questions_of(
        reading(),
        challenge.id or 0,
        state=state,
        page=request.args.get("page", 1, int),
        per_page=A_PAGE,
    )
    counts = questions_by_state(reading(), challenge.id or 0)
    return render_template(
        "discussions/asked.html",
        challenge=challenge,
        page=page,
        counts=counts,
        state=state,
    )


def _state(name: str) -> QuestionState | None:
    return next((state for state in QuestionState if state.value == name), None)


@bp.get("/organise/<slug>/questions/<int:question_id>")
@access(Who.JUDGE)
def question(slug: str, question_id: int) -> str:
    """Show a question with what was said to it, and what can be done."""
    return _thread(slug, question_id)


@bp.post("/organise/<slug>/questions/<int:question_id>/answer")
@access(Who.ORGANISER)
def answer(slug: str, question_id: int) -> Answer:
    """Answer whoever asked."""
    form = AnswerForm()
    done = tried(
        form,
        _on(
            slug,
            question_id,
            lambda s, c, q: asking.answer(
                s,
                c,
                q,
                text=form.text.data,
                actor_id=viewer().account_id,
                now=now(),
                seen=form.seen.data or "",
            ),
        ),
    )
    if not done:
        return _thread(slug, question_id, reply=form), 422
    return _done(slug, question_id, _("Your answer is sent."))


@bp.post("/organise/<slug>/questions/<int:question_id>/publish")
@access(Who.ORGANISER)
def publish_answer(slug: str, question_id: int) -> Answer:
    """Show a question and its answer to everybody."""
    form = PublishForm()
    done = tried(
        form,
        _on(
            slug,
            question_id,
            lambda s, c, q: asking.publish_answer(
                s,
                c,
                q,
                asked=form.asked.data,
                answered=form.answered.data,
                actor_id=viewer().account_id,
                now=now(),
                seen=form.seen.data or "",
            ),
        ),
    )
    if not done:
        return _thread(slug, question_id, publish=form), 422
    return _done(slug, question_id, _("Everybody can read the question and its answer now."))


@bp.post("/organise/<slug>/questions/<int:question_id>/<any(unpublish, close, reopen):what>")
@access(Who.ORGANISER)
def move(slug: str, question_id: int, what: str) -> BaseResponse:
    """Take a publication back, close a thread, or let it go on."""
    act = {"unpublish": asking.unpublish, "close": asking.close, "reopen": asking.reopen}[what]
    with writing() as session:
        found = question_in(session, challenge_by_slug(session, slug), question_id)
        act(session, found, actor_id=viewer().account_id, now=now())
        session.commit()
    return _done(slug, question_id, _("Done."))


def _on(slug: str, number: int, decide: Decide) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        challenge = challenge_by_slug(session, slug)
        decide(session, challenge, question_in(session, challenge, number))

    return act


def _done(slug: str, number: int, message: str) -> BaseResponse:
    flash(message, "success")
    return redirect(url_for("discussing.question", slug=slug, question_id=number), 303)


def _thread(
    slug: str,
    number: int,
    *,
    reply: AnswerForm | None = None,
    publish: PublishForm | None = None,
) -> str:
    challenge = challenge_by_slug(reading(), slug)
    found = question_in(reading(), challenge, number)
    thread = thread_of(reading(), found)
    reply_form = reply or AnswerForm(formdata=None)
    publish_form = publish or _words_for_all(found, thread)
    # Whoever was refused reads the page as it is now, and decides on that.
    reply_form.seen.data = publish_form.seen.data = standing_of(found, thread)
    return render_template(
        "discussions/asked_question.html",
        challenge=challenge,
        question=found,
        thread=thread,
        reply_form=reply_form,
        publish_form=publish_form,
        opened=publish is not None,
        render=render_words,
    )


def _words_for_all(found: Question, thread: Sequence[Said]) -> PublishForm:
    answers = [said.post.markdown for said in thread if said.post.by_organiser]
    return PublishForm(
        formdata=None,
        asked=found.published_question or thread[0].post.markdown,
        answered=found.published_answer or (answers[-1] if answers else ""),
    )
