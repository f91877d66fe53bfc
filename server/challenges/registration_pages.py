"""The page on which one asks to take part, where the organisers decide."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.accounts.queries import account_by_id
from server.challenges.queries import challenge_by_slug, challenge_frame, rules_digest
from server.challenges.registration_queries import registration_of
from server.challenges.registrations import (
    LONGEST_ANSWER,
    LONGEST_MESSAGE,
    ask_to_take_part,
    withdraw_registration,
)
from server.challenges.rules import Registering
from server.shared.access import Who, access
from server.shared.errors import DomainError, Invalid
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing

bp = Blueprint("registration", __name__)


class Typed(NamedTuple):
    """What was typed, and what is wrong with it: by field, and in all."""

    message: str = ""
    answers: Sequence[str] = ()
    faults: dict[str, str] = {}  # noqa: RUF012 - a default that nobody writes to
    fault: str = ""


@bp.get("/challenges/<slug>/registration")
@access(Who.SEES_CHALLENGE)
def show(slug: str) -> str | BaseResponse:
    """Show what is asked of whoever would take part, or where the own request stands."""
    challenge = challenge_by_slug(reading(), slug)
    if challenge.registering is Registering.OPEN:
        return redirect(url_for("challenges.show", slug=slug), 302)
    return _page(slug, Typed())


@bp.post("/challenges/<slug>/registration")
@access(Who.CONFIRMED)
def ask(slug: str) -> BaseResponse | tuple[str, int]:
    """Ask to take part."""
    message, answers = request.form.get("message", ""), request.form.getlist("answer")
    try:
        with writing() as session:
            ask_to_take_part(
                session,
                challenge=challenge_by_slug(session, slug),
                account=account_by_id(session, viewer().account_id),
                message=message,
                answers=answers,
                now=now(),
            )
            session.commit()
    except Invalid as error:
        return _page(slug, Typed(message, answers, _faults(error), message_of(error))), 422
    flash(_("You have asked to take part. The organisers will answer."), "success")
    return redirect(url_for("registration.show", slug=slug), 303)


def _faults(error: DomainError) -> dict[str, str]:
    found = {error.field: message_of(error)} if error.field else {}
    return found | {e.field: _(e.message) for e in getattr(error, "errors", ())}


@bp.post("/challenges/<slug>/registration/withdraw")
@access(Who.CONFIRMED)
def withdraw(slug: str) -> BaseResponse:
    """Take back what one asked."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        me = viewer().account_id
        withdraw_registration(session, challenge=challenge, account_id=me, now=now())
        session.commit()
    flash(_("Your request is taken back."), "success")
    return redirect(url_for("challenges.show", slug=slug), 303)


def _page(slug: str, typed: Typed) -> str:
    session = reading()
    frame = challenge_frame(session, slug=slug, viewer=viewer(), now=now(), active="")
    assert frame.challenge.id is not None
    return render_template(
        "challenges/registration.html",
        **frame.context(),
        asked=registration_of(session, frame.challenge.id, viewer().id),
        has_rules=bool(rules_digest(session, frame.challenge.id)),
        typed=typed,
        longest_message=LONGEST_MESSAGE,
        longest_answer=LONGEST_ANSWER,
        way_in_below=True,
    )
