"""Pages of standards: what levels ask for, how far one is, and who gets their certificates."""

from hashlib import sha256

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.boards.freshness import answer_tagged
from server.boards.versions import version_of
from server.certificates.actions import give_levels
from server.certificates.defining import define_standard, delete_standard
from server.certificates.definition import define
from server.certificates.forms import StandardForm, form_of, read_standard_form
from server.certificates.levels import Aim
from server.certificates.models import Standard
from server.certificates.previewing import previewed
from server.certificates.progress import may_see, seen_standards, standard_view
from server.certificates.queries import (
    about_standard,
    challenges_named,
    counts_about,
    found_certificates,
    last_job,
    may_define,
    nameable,
    require_defines,
    standard_by_slug,
)
from server.certificates.rules import JobKind, shown_code
from server.challenges.models import Challenge
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Forbidden, Invalid, NotFound
from server.shared.language import language
from server.shared.responses import message_of
from server.shared.web import now, reading, services, viewer, writing

Answer = BaseResponse | str | tuple[str, int]


def add_standard_routes(bp: Blueprint) -> None:
    """Hang the routes of this module onto the room's blueprint."""
    bp.add_url_rule("/standards", "standards", standards)
    bp.add_url_rule("/standards/new", "new_standard", new_standard)
    bp.add_url_rule("/standards/new", "make_standard", make_standard, methods=["POST"])
    one = "/standards/<standard>"
    bp.add_url_rule(one, "standard", standard)
    bp.add_url_rule(f"{one}/edit", "edit_standard", edit_standard)
    bp.add_url_rule(f"{one}/edit", "change_standard", change_standard, methods=["POST"])
    bp.add_url_rule(f"{one}/delete", "delete_standard", delete, methods=["POST"])
    bp.add_url_rule(f"{one}/certificates", "standard_certificates", certificates)
    bp.add_url_rule(f"{one}/certificates", "give_levels", give, methods=["POST"])


@access(Who.EVERYBODY)
def standards() -> str:
    """List the standards."""
    may_make = viewer().is_admin or viewer().organises_any
    return render_template(
        "certificates/standards.html",
        standards=seen_standards(reading(), viewer()),
        may_make=may_make,
    )


@access(Who.EVERYBODY)
def standard(standard: str) -> BaseResponse | str:
    """Show what each level asks for, and how far the reader is."""
    session = reading()
    row = standard_by_slug(session, standard)
    named = list(challenges_named(session, row))
    if not may_see(session, named, viewer()):
        raise NotFound(N_("There is no standard %(slug)s here."), slug=standard[:64])
    # Who is signed in sees the own results; a cookie may hold a message to show once.
    if viewer().is_authenticated or cookie:
        return _standard(row, named)
    return answer_tagged(_tag(row, named), lambda: _standard(row, named))


def _standard(row: Standard, named: list[Challenge]) -> str:
    session = reading()
    return render_template(
        "certificates/standard.html",
        view=standard_view(session, row, viewer().id),
        may_change=may_define(session, named, viewer()),
        aims=Aim,
    )


def _tag(row: Standard, named: list[Challenge]) -> str:
    versions = [version_of(reading(), challenge.id or 0) for challenge in named]
    said = f"{row.id}|{row.updated_at}|{versions}|{request.full_path}|{language()}"
    return sha256(said.encode()).hexdigest()


@access(Who.SIGNED_IN)
def new_standard() -> str:
    """Offer to define a standard."""
    _require_somebody_who_organises()
    return _form(StandardForm(issuer=services().settings.site_name), None)


@access(Who.SIGNED_IN)
def make_standard() -> Answer:
    """Define a standard; with “add”, give it one more row to fill in."""
    _require_somebody_who_organises()
    form = read_standard_form(request.form)
    if "add" in request.form:
        return _form(form, None, more=2)
    with writing() as session:
        taken = form.slug.strip().lower()
        try:
            _refuse_taken(taken)
            row = define_standard(session, define(form.values()), viewer=viewer(), now=now())
            session.commit()
        except Invalid as error:
            return _form(form, None, error=error), 422
    flash(_("The standard is defined."), "success")
    return redirect(url_for("certificates.standard", standard=row.slug), 303)


def _refuse_taken(slug: str) -> None:
    taken = {"new", *(row.slug for row in seen_standards(reading(), viewer()))}
    if slug in taken:
        raise Invalid(N_("There is a standard %(slug)s already."), field="slug", slug=slug)


def _require_somebody_who_organises() -> None:
    if not (viewer().is_admin or viewer().organises_any):
        raise Forbidden(N_("Standards are defined by organisers of challenges."))


def _form(
    form: StandardForm,
    row: str | None,
    *,
    more: int = 1,
    error: DomainError | None = None,
) -> str:
    listed = error.errors if isinstance(error, Invalid) else ()
    faults = [(fault.field, _(fault.message)) for fault in listed]
    if error is not None and not faults:
        faults = [(error.field or "slug", message_of(error))]
    return render_template(
        "certificates/standard_form.html",
        form=form,
        rows=form.shown(more=more),
        standard=row,
        nameable=nameable(reading(), viewer()),
        faults=faults,
        aims=Aim,
    )


@access(Who.SIGNED_IN)
def edit_standard(standard: str) -> str:
    """Offer to change a standard."""
    row = standard_by_slug(reading(), standard)
    require_defines(reading(), row, viewer())
    return _form(form_of(row), row.slug)


@access(Who.SIGNED_IN)
def change_standard(standard: str) -> Answer:
    """Change a standard; certificates that were handed out follow at the next hand-out."""
    row = standard_by_slug(reading(), standard)
    require_defines(reading(), row, viewer())
    form = read_standard_form(request.form, slug=row.slug)
    if "add" in request.form:
        return _form(form, row.slug, more=2)
    with writing() as session:
        try:
            define_standard(session, define(form.values()), viewer=viewer(), now=now())
            session.commit()
        except Invalid as error:
            return _form(form, row.slug, error=error), 422
    flash(_("The standard is changed. What was handed out stays until you hand out again."))
    return redirect(url_for("certificates.standard", standard=row.slug), 303)


@access(Who.SIGNED_IN)
def delete(standard: str) -> Response | BaseResponse:
    """Take away a standard that nobody has a certificate of."""
    with writing() as session:
        row = standard_by_slug(session, standard)
        require_defines(session, row, viewer())
        delete_standard(session, standard=row, actor_id=viewer().account_id, now=now())
        session.commit()
    flash(_("The standard is deleted."), "success")
    return redirect(url_for("certificates.standards"), 303)


@access(Who.SIGNED_IN)
def certificates(standard: str) -> str:
    """Show who would reach what, and what was handed out."""
    session = reading()
    row = standard_by_slug(session, standard)
    require_defines(session, row, viewer())
    about, q = about_standard(row.id), request.args.get("q", "")
    found = previewed(session, row, now=now())
    if not found.current:
        services().jobs.send("level_preview", standard_id=row.id)
    return render_template(
        "certificates/standard_certificates.html",
        standard=row,
        preview=found,
        found=found_certificates(session, about, q=q, page=request.args.get("page", 1, type=int)),
        q=q,
        states=counts_about(session, about),
        job=last_job(session, kind=JobKind.LEVELS, standard_id=row.id),
        shown_code=shown_code,
    )


@access(Who.SIGNED_IN)
def give(standard: str) -> BaseResponse:
    """Have the certificates of the levels handed out."""
    with writing() as session:
        row = standard_by_slug(session, standard)
        require_defines(session, row, viewer())
        job = give_levels(session, standard=row, actor_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("certificates", job_id=job.id)
    flash(_("The certificates are being handed out; their holders are told."), "success")
    return redirect(url_for("certificates.standard_certificates", standard=standard), 303)
