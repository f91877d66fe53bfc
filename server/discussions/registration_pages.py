"""The organisers' page of who asks to take part, where they decide."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from server.accounts.rules import RequestState
from server.challenges.queries import challenge_by_slug
from server.challenges.registration_queries import (
    every_registration,
    registrations_by_state,
    registrations_of,
)
from server.challenges.registrations import decide_registrations
from server.discussions.attempts import Answer
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.spreadsheets import ENDING, Table, moment, sent
from server.shared.web import now, reading, viewer, writing

bp = Blueprint("registrations", __name__)
REGISTRATIONS_A_PAGE = 100
DECISIONS = ("approve", "refuse")


@bp.get("/organise/<slug>/registrations")
@access(Who.JUDGE)
def index(slug: str) -> str:
    """Show who asks to take part."""
    return _registrations(slug)


def _state(name: str) -> RequestState | None:
    return next((state for state in RequestState if state.value == name), None)


def _registrations(slug: str, *, fault: str = "", reason: str = "") -> str:
    challenge = challenge_by_slug(reading(), slug)
    state = _state(request.args.get("state", RequestState.OPEN.value))
    page = registrations_of(
        reading(),
        challenge.id or 0,
        state=state,
        page=request.args.get("page", 1, int),
        per_page=REGISTRATIONS_A_PAGE,
    )
    return render_template(
        "discussions/registrations.html",
        challenge=challenge,
        page=page,
        counts=registrations_by_state(reading(), challenge.id or 0),
        state=state,
        fault=fault,
        reason=reason,
        ticked=request.form.getlist("account", int),
    )


@bp.post("/organise/<slug>/registrations")
@access(Who.ORGANISER)
def decide(slug: str) -> Answer:
    """Admit people, or not."""
    ids, reason = request.form.getlist("account", int), request.form.get("reason", "")
    decision = request.form.get("decision")
    if not ids:
        return _registrations(slug, fault=_("Tick at least one person."), reason=reason), 422
    if decision not in DECISIONS:
        return _registrations(
            slug, fault=_("Press a button below: it says whether they are admitted."), reason=reason
        ), 422
    try:
        with writing() as session:
            decided = decide_registrations(
                session,
                challenge=challenge_by_slug(session, slug),
                account_ids=[number for number in ids if 0 < number < 2**31],
                approved=decision == "approve",
                reason=reason,
                actor_id=viewer().account_id,
                now=now(),
            )
            session.commit()
    except DomainError as error:
        return _registrations(slug, fault=message_of(error), reason=reason), error.status
    flash(
        ngettext("%(num)s person is told.", "%(num)s people are told.", decided),
        "success",
    )
    return redirect(url_for("registrations.index", slug=slug), 303)


@bp.get(f"/organise/<slug>/registrations.{ENDING}")
@access(Who.JUDGE)
def table(slug: str, ending: str) -> Response:
    """Send everybody who asked, and what they answered, as a table for spreadsheets."""
    challenge = challenge_by_slug(reading(), slug)
    rows = reading().execute(every_registration(challenge.id or 0)).all()
    asks = list(dict.fromkeys([*challenge.asks, *(q for row in rows for q in row[0].answers)]))
    header = ("name", "email", "university", "state", "asked_at", "decided_at", "message", *asks)
    cells = (
        (
            account.name,
            account.email,
            university,
            row.state.value,
            moment(row.asked_at),
            moment(row.decided_at),
            row.message,
            *(row.answers.get(question, "") for question in asks),
        )
        for row, account, university in rows
    )
    return sent(Table(f"{slug}-registrations", header, cells), ending)
