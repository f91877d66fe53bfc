"""Pages of the controls room: an organiser runs a challenge."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug, phases_of
from server.controls.actions import (
    By,
    extend,
    freeze,
    give_extra,
    pause,
    pause_all,
    resume,
    resume_all,
    unfreeze,
)
from server.controls.forms import LONGEST_SEARCH, read_gift, read_moment, read_seen
from server.controls.queries import (
    decisions_of,
    outlook_of,
    phase_in,
    run_desk,
    team_desk,
)
from server.shared.access import Who, access
from server.shared.errors import Conflict, Invalid
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing

bp = Blueprint("controls", __name__)
Decide = Callable[[Session, Challenge, By], str]
Answer = BaseResponse | tuple[str, int]


@bp.get("/organise/<slug>/controls")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Show what can be decided while a challenge runs, how it stands, and what was decided."""
    return _page(slug)


def _page(slug: str, *, of: str = "", fault: str = "") -> str:
    """Show it; `of` names the form that was refused, for the reason `fault`, with what it said."""
    q = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    desk = run_desk(reading(), slug, q=q, now=now())
    page, decisions = decisions_of(reading(), desk.challenge, page=request.args.get("page", 1, int))
    return render_template(
        "controls/show.html",
        challenge=desk.challenge,
        desk=desk,
        q=q,
        page=page,
        decisions=decisions,
        of=of,
        fault=fault,
        typed=request.form,
    )


@bp.get("/organise/<slug>/controls/teams/<int:team_id>")
@access(Who.JUDGE)
def team(slug: str, team_id: int) -> str:
    """Show what can be decided on one team."""
    return _team_page(slug, team_id)


def _team_page(slug: str, team_id: int, *, of: str = "", fault: str = "") -> str:
    desk = team_desk(reading(), slug, team_id, now=now())
    page, decisions = decisions_of(
        reading(), desk.challenge, team_id=team_id, page=request.args.get("page", 1, int)
    )
    return render_template(
        "controls/team.html",
        challenge=desk.challenge,
        desk=desk,
        page=page,
        decisions=decisions,
        of=of,
        fault=fault,
        typed=request.form,
    )


@bp.get("/organise/<slug>/controls/phases/<phase>/reveal")
@access(Who.ORGANISER)
def reveal(slug: str, phase: str) -> str:
    """Show what a reveal will do before it is done."""
    outlook = outlook_of(reading(), slug, phase, now=now())
    return render_template("controls/reveal.html", challenge=outlook.challenge, outlook=outlook)


def _decided(slug: str, decide: Decide, *, of: str = "", team_id: int | None = None) -> Answer:
    """Decide, and go back to where the present state is shown; so does a second click.

    A form named by `of`, refused, comes back as it was filled in, in the page of now.
    """
    try:
        with writing() as session:
            challenge = challenge_by_slug(session, slug)
            said = decide(session, challenge, By(viewer().account_id, now()))
            session.commit()
        flash(said, "success")
    except (Conflict, Invalid) as refusal:
        # At the head too: where a second click decided, the form is not there any more.
        flash(message_of(refusal), "danger")
        if of:
            return _refused(slug, team_id, of=of, fault=message_of(refusal)), refusal.status
    if team_id is not None:
        return redirect(url_for("controls.team", slug=slug, team_id=team_id), 303)
    return redirect(url_for("controls.show", slug=slug), 303)


def _refused(slug: str, team_id: int | None, *, of: str, fault: str) -> str:
    if team_id is not None:
        return _team_page(slug, team_id, of=of, fault=fault)
    return _page(slug, of=of, fault=fault)


@bp.post("/organise/<slug>/controls/<any(pause, resume):what>")
@access(Who.ORGANISER)
def switch_all(slug: str, what: str) -> Answer:
    """Take no files in any phase, or take them again."""

    def decide(session: Session, challenge: Challenge, by: By) -> str:
        phases = phases_of(session, challenge.id or 0)
        if what == "pause":
            pause_all(session, phases, words=request.form.get("words", ""), by=by)
            return str(_("Submissions to every phase are paused."))
        resume_all(session, phases, by=by)
        return str(_("Submissions to every phase are taken again."))

    return _decided(slug, decide)


@bp.post("/organise/<slug>/phases/<phase>/<any(pause, resume, freeze, unfreeze):what>")
@access(Who.ORGANISER)
def switch(slug: str, phase: str, what: str) -> Answer:
    """Pause or resume the submissions of a phase; freeze or unfreeze its public board."""

    def decide(session: Session, challenge: Challenge, by: By) -> str:
        chosen = phase_in(session, challenge, phase)
        if what == "pause":
            pause(session, chosen, words=request.form.get("words", ""), by=by)
        else:
            {"resume": resume, "freeze": freeze, "unfreeze": unfreeze}[what](session, chosen, by=by)
        return _said(what, chosen)

    return _decided(slug, decide, of=f"pause-{phase}" if what == "pause" else "")


def _said(what: str, phase: Phase) -> str:
    words = {
        "pause": _("Submissions to %(phase)s are paused.", phase=phase.title),
        "resume": _("Submissions to %(phase)s are taken again.", phase=phase.title),
        "freeze": _("The public board of %(phase)s is frozen.", phase=phase.title),
        "unfreeze": _("The public board of %(phase)s moves again.", phase=phase.title),
    }
    return str(words[what])


@bp.post("/organise/<slug>/phases/<phase>/extend")
@access(Who.ORGANISER)
def move_deadline(slug: str, phase: str) -> Answer:
    """Let a phase end later, and tell every team."""

    def decide(session: Session, challenge: Challenge, by: By) -> str:
        extend(
            session,
            challenge,
            phase_in(session, challenge, phase),
            until=_until(),
            reason=request.form.get("reason", ""),
            expected=read_seen(request.form.get("seen", "")),
            by=by,
        )
        return str(_("The deadline is later now; everybody in a team is told."))

    return _decided(slug, decide, of=f"extend-{phase}")


def _until() -> datetime:
    return read_moment(request.form.get("ends", ""), field="ends")


@bp.post("/organise/<slug>/controls/teams/<int:team_id>/extra")
@access(Who.ORGANISER)
def extra(slug: str, team_id: int) -> Answer:
    """Give a team submissions beyond the quotas."""

    def decide(session: Session, challenge: Challenge, by: By) -> str:
        desk = team_desk(session, slug, team_id, now=by.now)
        chosen = phase_in(session, challenge, request.form.get("phase", ""))
        give_extra(session, chosen, desk.team, gift=read_gift(request.form), by=by)
        return str(_("Given; the team is told by mail."))

    return _decided(slug, decide, of="extra", team_id=team_id)
