"""The check of a live challenge as it is: asked for, made by a worker, read by its people."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.archives.holdings import held_files
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug
from server.drafts.mirroring import as_draft_files, ask_live_check
from server.drafts.progress import TITLES
from server.drafts.queries import latest_live_check
from server.drafts.rules import Step
from server.drafts.telling import told
from server.shared.access import Who, access
from server.shared.web import now, reading, services, viewer, writing

bp = Blueprint("draft_checks", __name__)
ENDED = ("done", "failed")
# What is corrected by an evaluation where teams have submitted, and by no change.
CORRECTED = (Step.METRIC, Step.SOLUTION)


@bp.get("/organise/<slug>/check")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Show what the last check of a challenge found."""
    return render_template("drafts/live_check.html", **_context(slug))


@bp.get("/organise/<slug>/check/state")
@access(Who.JUDGE)
def state(slug: str) -> Response:
    """Say how far the check is, for the page that waits."""
    values = _context(slug)
    html = render_template("drafts/_live_check.html", **values)
    return jsonify({"state": values["state"], "html": html})


@bp.post("/organise/<slug>/check")
@access(Who.ORGANISER)
def ask(slug: str) -> BaseResponse:
    """Have a worker check the challenge as it is now."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        job = ask_live_check(session, challenge, actor_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("draft", job_id=job.id)
    return redirect(url_for("draft_checks.show", slug=slug), 303)


def _context(slug: str) -> dict[str, Any]:
    session = reading()
    challenge = challenge_by_slug(session, slug)
    job = latest_live_check(session, challenge.id or 0)
    report = (job.report or {}) if job is not None else {}
    files = as_draft_files(held_files(session, challenge), now=now())
    as_of = report.get("as_of")
    return {
        "challenge": challenge,
        "job": job,
        "report": report,
        "state": job.state.value if job is not None else "none",
        "until": ",".join(ENDED),
        "as_of": datetime.fromisoformat(as_of) if as_of else (job.asked_at if job else None),
        "way_to": lambda step: _way(challenge, Step(step)),
        **told(report, files),
    }


def _way(challenge: Challenge, step: Step) -> tuple[str, str]:
    """Where what a step is about is mended once a challenge runs."""
    if step in CORRECTED:
        return _("Evaluations"), url_for("corrections.index", slug=challenge.slug)
    words = _("Change it: %(step)s", step=_(TITLES[step]))
    return words, url_for("draft_changes.show", slug=challenge.slug)
