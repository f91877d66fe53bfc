"""Pages of the universities, for administrators."""

from flask import render_template, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from server.accounts.queries import managers_of
from server.administration import actions
from server.administration.forms import (
    DomainForm,
    EmailForm,
    MergeForm,
    RenameForm,
    UniversityForm,
)
from server.administration.queries import university_lines
from server.administration.room import attempt, bp, done, page_number, perform, search_text
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer
from server.universities.models import University
from server.universities.queries import all_universities, domains_of, university_by_slug

Answer = Response | tuple[str, int]


@bp.get("/admin/universities")
@access(Who.ADMINISTRATOR)
def universities() -> str:
    """List universities by name, searched, and offer to create one."""
    return _list(UniversityForm())


def _list(form: UniversityForm) -> str:
    q = search_text()
    found = university_lines(reading(), q=q, page=page_number())
    return render_template("administration/universities.html", found=found, q=q, form=form)


@bp.post("/admin/universities")
@access(Who.ADMINISTRATOR)
def university_create() -> Answer:
    """Create a university."""
    form, actor, moment = UniversityForm(), viewer().account_id, now()
    values = {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
    made = attempt(
        form,
        lambda session: actions.add_university(session, **values, actor_id=actor, now=moment),
    )
    if not made:
        return _list(form), 422
    slug = values["slug"].strip().lower()
    return done(_("The university was created."), "administration.university", slug=slug)


@bp.get("/admin/universities/<slug>")
@access(Who.ADMINISTRATOR)
def university(slug: str) -> str:
    """Show one university with its domains and managers."""
    return _page(slug)


def _page(slug: str, refused: FlaskForm | None = None) -> str:
    session = reading()
    row = university_by_slug(session, slug)
    assert row.id is not None
    return render_template(
        "administration/university.html",
        university=row,
        universities=all_universities(session),
        domains=domains_of(session, row.id),
        managers=managers_of(session, row.id),
        forms=_forms(row, refused),
    )


def _forms(row: University, refused: FlaskForm | None) -> dict[str, FlaskForm]:
    """Return the page's forms; one that was refused stands there as it was typed."""
    fresh = {
        "rename": RenameForm(formdata=None, obj=row),
        "domain": DomainForm(formdata=None),
        "manager": EmailForm(formdata=None),
        "merge": MergeForm(formdata=None),
    }
    return {name: refused if type(refused) is type(form) else form for name, form in fresh.items()}


@bp.post("/admin/universities/<slug>/name")
@access(Who.ADMINISTRATOR)
def university_rename(slug: str) -> Answer:
    """Change a university's names and country."""
    form, actor, moment = RenameForm(), viewer().account_id, now()
    values = {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
    renamed = attempt(
        form,
        lambda session: actions.rename_university(
            session, slug=slug, **values, actor_id=actor, now=moment
        ),
    )
    return _answer(renamed, _("The names were changed."), slug, form)


def _answer(carried_out: bool, message: str, slug: str, form: FlaskForm) -> Answer:
    if not carried_out:
        return _page(slug, form), 422
    return done(message, "administration.university", slug=slug)


@bp.post("/admin/universities/<slug>/domains")
@access(Who.ADMINISTRATOR)
def university_domain(slug: str) -> Answer:
    """Give a university a domain."""
    form, actor, moment = DomainForm(), viewer().account_id, now()
    added = attempt(
        form,
        lambda session: actions.add_domain(
            session, slug=slug, domain=form.domain.data or "", actor_id=actor, now=moment
        ),
    )
    return _answer(added, _("The domain was added."), slug, form)


@bp.post("/admin/universities/<slug>/domains/remove")
@access(Who.ADMINISTRATOR)
def university_domain_remove(slug: str) -> Response:
    """Take a domain from a university."""
    actor, moment, domain = viewer().account_id, now(), request.form.get("domain", "")
    perform(
        lambda session: actions.remove_domain(
            session, slug=slug, domain=domain, actor_id=actor, now=moment
        )
    )
    return done(_("The domain was removed."), "administration.university", slug=slug)


@bp.post("/admin/universities/<slug>/managers")
@access(Who.ADMINISTRATOR)
def university_manager(slug: str) -> Answer:
    """Name a manager."""
    form, actor, moment = EmailForm(), viewer().account_id, now()
    named = attempt(
        form,
        lambda session: actions.add_manager(
            session, slug=slug, email=form.email.data or "", actor_id=actor, now=moment
        ),
    )
    return _answer(named, _("The manager was named."), slug, form)


@bp.post("/admin/universities/<slug>/managers/<int:account_id>/remove")
@access(Who.ADMINISTRATOR)
def university_manager_remove(slug: str, account_id: int) -> Response:
    """End somebody's management."""
    actor, moment = viewer().account_id, now()
    perform(
        lambda session: actions.remove_manager(
            session, slug=slug, account_id=account_id, actor_id=actor, now=moment
        )
    )
    return done(_("The manager was removed."), "administration.university", slug=slug)


@bp.post("/admin/universities/<slug>/merge")
@access(Who.ADMINISTRATOR)
def university_merge(slug: str) -> Answer:
    """Make a university part of another one."""
    form, actor, moment = MergeForm(), viewer().account_id, now()
    gone, kept = university_by_slug(reading(), slug).name, (form.kept.data or "").strip()
    merged = attempt(
        form,
        lambda session: actions.merge_universities(
            session, gone_slug=slug, kept_slug=kept, actor_id=actor, now=moment
        ),
    )
    message = _("%(gone)s was merged into %(kept)s.", gone=gone, kept=kept)
    return _answer(merged, message, kept if merged else slug, form)
