"""Pages of the organise room: one's challenges, and how one of them goes."""

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.boards.actions import reveal as reveal_phase
from server.drafts.desk import desk_of as desk_of_draft
from server.drafts.queries import creates, drafts_of
from server.organise import archive_pages, people_pages, submission_pages
from server.organise.drawing import charts_of
from server.organise.queries import desk_of, own_challenges, phase_to_reveal
from server.organise.room import bp
from server.organise.rules import diagnose
from server.shared.access import Who, access
from server.shared.web import now, reading, services, viewer, writing

__all__ = ["archive_pages", "bp", "people_pages", "submission_pages"]


@bp.get("/organise")
@access(Who.SIGNED_IN)
def index() -> str:
    """List the challenges that the viewer organises."""
    session = reading()
    found = own_challenges(session, viewer(), now=now())
    return render_template(
        "organise/index.html",
        challenges=found,
        drafts=[desk_of_draft(session, d.id or 0) for d in drafts_of(session, viewer().account_id)],
        creates=creates(session, viewer(), services().settings.create_challenges),
    )


@bp.get("/organise/<slug>")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Show what a challenge needs now and how it goes: submissions, teams, scores, failures."""
    desk = desk_of(reading(), slug, now=now())
    names = (_("scored"), _("waiting"), _("rejected or failed"))
    charts = charts_of(desk.figures, names=names, write=_written, today=now().date())
    return render_template(
        "organise/show.html",
        desk=desk,
        challenge=desk.challenge,
        charts=charts,
        diagnose=diagnose,
    )


def _written(day: date) -> str:
    return str(format_date(day, _("d MMM")))


@bp.post("/organise/<slug>/phases/<phase>/reveal")
@access(Who.ORGANISER)
def reveal(slug: str, phase: str) -> BaseResponse:
    """Show the final ranking of a phase to everybody."""
    with writing() as session:
        chosen = phase_to_reveal(session, slug, phase, now=now())
        reveal_phase(session, phase=chosen, actor_id=viewer().account_id, now=now())
        session.commit()
    flash(_("The final ranking of %(phase)s is public now.", phase=chosen.title), "success")
    return redirect(url_for("organise.show", slug=slug), 303)
