"""Pages of the classes room: a course's settings and gradebook, and a student's own grade."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.accounts.addresses import read_addresses
from server.challenges.actions import invite
from server.challenges.queries import challenge_by_slug, challenge_frame, phases_of
from server.classes.actions import publish, set_up, wanted_of
from server.classes.exports import COLUMNS, MOODLE, gradebook, moodle_cells
from server.classes.forms import read_wanted, rows_for_bands
from server.classes.queries import own_grades, phase_to_grade, scheme_of
from server.classes.views import class_page, scale_of, standing_of
from server.shared.access import Who, access
from server.shared.errors import N_, Conflict, Invalid, NotFound
from server.shared.responses import message_of
from server.shared.spreadsheets import ENDING, Table, sent
from server.shared.stamps import require_same
from server.shared.web import now, reading, services, viewer, writing

bp = Blueprint("classes", __name__)
LONGEST_LIST = 60_000
CHANGED = N_(
    "Somebody has changed these settings since you opened the page. Load it again to see them, or"
    " save again to replace them by yours."
)


@bp.get("/organise/<slug>/class")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Show how the challenge is run as a class, and its gradebook."""
    return _page(slug)


def _page(slug: str, **more: Any) -> str:
    challenge = challenge_by_slug(reading(), slug)
    page = class_page(reading(), challenge, request.args.get("phase"), now=now())
    rows = rows_for_bands(more.get("filled", page.settings))
    return render_template(
        "classes/show.html",
        challenge=challenge,
        page=page,
        band_rows=rows,
        standing=standing_of(challenge),
        **more,
    )


@bp.post("/organise/<slug>/class")
@access(Who.ORGANISER)
def change(slug: str) -> BaseResponse:
    """Set the class up; a form that can't be read comes back as it was filled in."""
    try:
        with writing() as session:
            challenge = challenge_by_slug(session, slug)
            wanted = read_wanted(request.form)
            # Pressed twice, the second says what holds already.
            if wanted != wanted_of(challenge):
                require_same(request.form.get("seen", ""), standing_of(challenge), said=CHANGED)
            set_up(
                session, challenge=challenge, wanted=wanted, actor_id=viewer().account_id, now=now()
            )
            session.commit()
    except (Conflict, Invalid) as refusal:
        return _refused(slug, refusal)
    flash(_("The class is set up."), "success")
    return redirect(url_for("classes.show", slug=slug), 303)


def _refused(slug: str, refusal: Conflict | Invalid) -> BaseResponse:
    filled = request.form.to_dict()
    page = _page(slug, filled=filled, error=message_of(refusal), at=refusal.field or "")
    return Response(page, 422)


@bp.post("/organise/<slug>/class/invite")
@access(Who.ORGANISER)
def enrol(slug: str) -> BaseResponse:
    """Put addresses on the list of those who may take part, and write to each."""
    text = request.form.get("addresses", "")[:LONGEST_LIST]
    try:
        with writing() as session:
            added = invite(
                session,
                challenge=challenge_by_slug(session, slug),
                emails=read_addresses(text, field="addresses"),
                base_url=services().settings.base_url,
                now=now(),
            )
            session.commit()
    except Invalid as refusal:
        return Response(_page(slug, addresses=text, enrol_error=message_of(refusal)), 422)
    flash(
        _("Invited: %(count)s. The others were on the list already.", count=len(added)), "success"
    )
    return redirect(url_for("classes.show", slug=slug), 303)


@bp.post("/organise/<slug>/class/phases/<phase>/publish")
@access(Who.ORGANISER)
def publish_grades(slug: str, phase: str) -> BaseResponse:
    """Publish the grades of a phase; every student is told."""
    try:
        with writing() as session:
            challenge = challenge_by_slug(session, slug)
            chosen = phase_to_grade(session, challenge, phase)
            assert chosen is not None
            by = viewer().account_id
            publish(session, challenge=challenge, phase=chosen, actor_id=by, now=now())
            session.commit()
        flash(_("The grades are published."), "success")
    except Conflict as refusal:
        flash(message_of(refusal), "danger")
    return redirect(url_for("classes.show", slug=slug, phase=phase), 303)


@bp.get(f"/organise/<slug>/class/grades.{ENDING}")
@access(Who.JUDGE)
def export(slug: str, ending: str) -> Response:
    """Send the gradebook as a table; with `form=moodle` as Moodle imports it."""
    challenge = challenge_by_slug(reading(), slug)
    page = class_page(reading(), challenge, request.args.get("phase"), now=now())
    if page.book is None:
        raise NotFound(page.problem)
    name = f"{slug}-{page.book.phase.slug}"
    if request.args.get("form") == "moodle":
        columns, rows = (*MOODLE, challenge.title), moodle_cells(page.book)
        return sent(Table(f"{name}-moodle", columns, rows), ending)
    return sent(Table(f"{name}-grades", COLUMNS, gradebook(page.book, ending)), ending)


@bp.get("/challenges/<slug>/grade")
@access(Who.SEES_CHALLENGE)
def grade(slug: str) -> str:
    """Show somebody's own published grade, and how it was found."""
    session, asker = reading(), viewer()
    frame = challenge_frame(session, slug=slug, viewer=asker, now=now(), active="grade")
    return render_template(
        "classes/grade.html",
        **frame.context(),
        grades=own_grades(session, frame.challenge, asker.account_id),
        phases_graded=phases_of(session, frame.challenge.id or 0),
        scale_of=scale_of,
        scheme=scheme_of(frame.challenge.grading) if frame.challenge.grading else None,
    )
