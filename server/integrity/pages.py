"""Pages of integrity: have a report made, watch it being made, read it. It changes nothing else."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.queries import challenge_by_slug, phases_of
from server.challenges.roles import may_run
from server.integrity.actions import ask_for_report
from server.integrity.queries import Shown, shown_report
from server.integrity.views import view_of_report
from server.shared.access import Who, access
from server.shared.errors import N_, NotFound
from server.shared.web import now, reading, services, viewer, writing

bp = Blueprint("integrity", __name__)


@bp.get("/organise/<slug>/integrity")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Show the newest report of a challenge, or of one of its phases."""
    return render_template("integrity/show.html", **_context(slug, None))


@bp.get("/organise/<slug>/integrity/<int:report_id>")
@access(Who.JUDGE)
def report(slug: str, report_id: int) -> str:
    """Show a report."""
    return render_template("integrity/show.html", **_context(slug, report_id))


@bp.get("/organise/<slug>/integrity/<int:report_id>/live")
@access(Who.JUDGE)
def live(slug: str, report_id: int) -> Response:
    """Return the state of a report, and the part of its page that changes."""
    values = _context(slug, report_id)
    html = render_template("integrity/_report.html", **values)
    return jsonify({"state": values["shown"].report.state.value, "html": html})


@bp.post("/organise/<slug>/integrity")
@access(Who.ORGANISER)
def make(slug: str) -> BaseResponse:
    """Have a report made on a phase; a second press finds the one under way."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        wanted = request.form.get("phase", "")
        phases = [p for p in phases_of(session, challenge.id or 0) if p.slug == wanted]
        if not phases:
            raise NotFound(N_("This challenge has no phase %(slug)s."), slug=wanted)
        made = ask_for_report(session, phase=phases[0], actor_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("integrity", report_id=made.id)
    flash(_("The report is being made. Nothing else happens by it."), "success")
    return redirect(url_for("integrity.report", slug=slug, report_id=made.id), 303)


def _context(slug: str, report_id: int | None) -> dict[str, Any]:
    session = reading()
    challenge = challenge_by_slug(session, slug)
    shown: Shown = shown_report(
        session, challenge, report_id=report_id, phase_slug=request.args.get("phase")
    )
    # Who reads along need not know where people were.
    places = may_run(session, challenge.id or 0, viewer())
    view = view_of_report(session, shown.report, places=places, now=now()) if shown.report else None
    return {"challenge": challenge, "shown": shown, "view": view}
