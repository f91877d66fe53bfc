"""An organiser's page of certificates: preview, hand out, look up, revoke."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.certificates import actions
from server.certificates.awarding import awards_of, final_board
from server.certificates.forms import read_hand_out
from server.certificates.issuing import What, changes_first, steps_to
from server.certificates.models import Certificate
from server.certificates.queries import (
    about_challenge,
    certificate_by_id,
    counts_about,
    found_certificates,
    last_job,
    rules_at_last,
)
from server.certificates.rules import (
    ACTIVE,
    HandOut,
    JobKind,
    Placing,
    check_hand_out,
    shown_code,
)
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug
from server.challenges.roles import may_run
from server.shared.access import Who, access
from server.shared.errors import N_, Conflict, Invalid, NotFound
from server.shared.responses import message_of
from server.shared.web import now, reading, services, viewer, writing

MOST_PREVIEWED = 100


def add_organiser_routes(bp: Blueprint) -> None:
    """Hang the routes of this module onto the room's blueprint."""
    base = "/organise/<slug>/certificates"
    bp.add_url_rule(base, "organiser", organiser)
    bp.add_url_rule(f"{base}/live", "organiser_live", organiser_live)
    bp.add_url_rule(base, "hand_out", hand_out, methods=["POST"])
    one = f"{base}/<int:certificate_id>"
    bp.add_url_rule(f"{one}/revoke", "revoke", revoke, methods=["POST"])
    bp.add_url_rule(f"{one}/allow", "allow_again", allow_again, methods=["POST"])


@access(Who.JUDGE)
def organiser(slug: str) -> str:
    """Show who would get what, what was handed out, and what became of it."""
    session = reading()
    challenge = challenge_by_slug(session, slug)
    return render_template(
        "certificates/organiser.html",
        challenge=challenge,
        may_hand_out=may_run(session, challenge.id or 0, viewer()),
        **_preview(session, challenge),
        **_handed_out(session, challenge),
    )


def _preview(session: Session, challenge: Challenge) -> dict[str, Any]:
    """Return what would be done by the rules that are chosen, or why nothing can be."""
    asked = "placing" in request.args
    rules = read_hand_out(request.args) if asked else rules_at_last(session, challenge.id or 0)
    chosen = rules or HandOut()
    values: dict[str, Any] = {"rules": chosen, "problem": "", "steps": [], "counts": {}}
    try:
        board = final_board(session, challenge)
        check_hand_out(chosen)
    except (Conflict, Invalid) as error:
        return values | {"problem": message_of(error), "placings": Placing}
    about = about_challenge(challenge.id)
    steps = steps_to(session, about, awards_of(session, board, chosen))
    return values | {
        "placings": Placing,
        "steps": changes_first(steps)[:MOST_PREVIEWED],
        "counts": Counter(step.what.value for step in steps),
        "kinds": Counter(step.body["kind"] for step in steps if step.what is not What.REVOKE),
        "more": max(0, len(steps) - MOST_PREVIEWED),
    }


def _handed_out(session: Session, challenge: Challenge) -> dict[str, Any]:
    about, q = about_challenge(challenge.id), request.args.get("q", "")
    page = request.args.get("page", 1, type=int)
    job = last_job(session, kind=JobKind.HAND_OUT, challenge_id=challenge.id)
    return {
        "found": found_certificates(session, about, q=q, page=page),
        "q": q,
        "states": counts_about(session, about),
        "job": job,
        "is_busy": job is not None and job.state in ACTIVE,
        "shown_code": shown_code,
    }


@access(Who.JUDGE)
def organiser_live(slug: str) -> Response:
    """Say how far the hand-out is, for the page that waits."""
    session = reading()
    challenge = challenge_by_slug(session, slug)
    job = last_job(session, kind=JobKind.HAND_OUT, challenge_id=challenge.id)
    html = render_template(
        "certificates/_job.html", job=job, page=url_for("certificates.organiser", slug=slug)
    )
    return jsonify({"state": job.state.value if job else "none", "html": html})


@access(Who.ORGANISER)
def hand_out(slug: str) -> BaseResponse:
    """Have the certificates handed out by the rules that were previewed."""
    with writing() as session:
        job = actions.hand_out(
            session,
            challenge=challenge_by_slug(session, slug),
            rules=read_hand_out(request.form),
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    services().jobs.send("certificates", job_id=job.id)
    flash(_("The certificates are being handed out; their holders are told."), "success")
    return redirect(url_for("certificates.organiser", slug=slug, _anchor="job"), 303)


@access(Who.ORGANISER)
def revoke(slug: str, certificate_id: int) -> BaseResponse:
    """Revoke a certificate for a reason that its page says."""
    with writing() as session:
        actions.revoke(
            session,
            certificate=_own(session, slug, certificate_id),
            reason=request.form.get("reason", ""),
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    flash(_("The certificate is revoked: its page says so, and its holder is told."), "success")
    return redirect(url_for("certificates.organiser", slug=slug, _anchor="handed-out"), 303)


@access(Who.ORGANISER)
def allow_again(slug: str, certificate_id: int) -> BaseResponse:
    """Let the next hand-out give one to whom it was revoked."""
    with writing() as session:
        certificate = _own(session, slug, certificate_id)
        actions.allow_again(
            session, certificate=certificate, actor_id=viewer().account_id, now=now()
        )
        session.commit()
    flash(_("The next hand-out gives a new one, where the result deserves it."), "success")
    return redirect(url_for("certificates.organiser", slug=slug, _anchor="handed-out"), 303)


def _own(session: Session, slug: str, certificate_id: int) -> Certificate:
    """Return a certificate of this challenge. Raises NotFound."""
    challenge = challenge_by_slug(session, slug)
    certificate = certificate_by_id(session, certificate_id)
    if certificate.challenge_id != challenge.id:
        raise NotFound(N_("There is no such certificate."))
    return certificate
