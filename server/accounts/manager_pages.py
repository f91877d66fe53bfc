"""The page of a university's managers: who asks, who belongs, who manages."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.accounts import affiliation, queries
from server.accounts.blueprint import bp
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer, writing
from server.universities.queries import domains_of, university_by_slug


@bp.get("/universities/<slug>/manage")
@access(Who.MANAGER)
def manage(slug: str) -> str:
    """Show the requests, members, managers and domains of a university."""
    session, university = reading(), university_by_slug(reading(), slug)
    assert university.id is not None
    q, page = request.args.get("q", ""), request.args.get("page", 1, type=int)
    managers = queries.managers_of(session, university.id)
    return render_template(
        "accounts/manage.html",
        university=university,
        asked=queries.requests_to(session, university.id),
        managers=managers,
        manager_ids={m.id for m in managers},
        domains=domains_of(session, university.id),
        members=queries.find_accounts(session, q=q, university_id=university.id, page=page),
        q=q,
    )


def _back(slug: str, message: str, section: str) -> Response:
    flash(message, "success")
    # Whoever ended the own role may not see the page any more.
    with_section = url_for("accounts.manage", slug=slug, _anchor=section)
    return redirect(with_section, 303)


@bp.post("/universities/<slug>/requests/<int:request_id>")
@access(Who.MANAGER)
def decide(slug: str, request_id: int) -> Response:
    """Approve or refuse a request."""
    approve = request.form.get("decision") == "approve"
    with writing() as session:
        account = affiliation.decide(
            session,
            university=university_by_slug(session, slug),
            request_id=request_id,
            approve=approve,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    welcome = _("%(name)s belongs to the university now.", name=account.name)
    refusal = _("%(name)s was refused.", name=account.name)
    return _back(slug, welcome if approve else refusal, "requests")


@bp.post("/universities/<slug>/members/<int:account_id>/remove")
@access(Who.MANAGER)
def remove_member(slug: str, account_id: int) -> Response:
    """Take a person out of the university."""
    with writing() as session:
        affiliation.remove_member(
            session,
            university=university_by_slug(session, slug),
            account_id=account_id,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    return _back(slug, _("The person no longer belongs to the university."), "members")


@bp.post("/universities/<slug>/managers/<int:account_id>")
@access(Who.MANAGER)
def name_manager(slug: str, account_id: int) -> Response:
    """Let a member confirm the others."""
    with writing() as session:
        affiliation.name_manager(
            session,
            university=university_by_slug(session, slug),
            account_id=account_id,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    return _back(slug, _("The university has one more manager."), "managers")


@bp.post("/universities/<slug>/managers/<int:account_id>/remove")
@access(Who.MANAGER)
def end_manager(slug: str, account_id: int) -> Response:
    """End a manager's role."""
    with writing() as session:
        affiliation.end_manager(
            session,
            university=university_by_slug(session, slug),
            account_id=account_id,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    if account_id == viewer().id and not viewer().is_admin:
        flash(_("You no longer manage the university."), "success")
        return redirect(url_for("profiles.university", slug=slug), 303)
    return _back(slug, _("The manager's role is ended."), "managers")
