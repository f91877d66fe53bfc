"""A person's page, and the settings that say what stands on it."""

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.accounts.attempts import back_to
from server.accounts.queries import account_by_id
from server.accounts.rules import PageSeenBy
from server.profiles.actions import clean_profile, keep_profile
from server.profiles.blueprint import bp
from server.profiles.forms import PageForm, values_of
from server.profiles.models import Profile
from server.profiles.portfolio import (
    PersonPage,
    page_with,
    person_page,
    profile_of,
    results_of,
)
from server.profiles.rules import label_of
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.web import now, reading, viewer, writing

Answer = str | Response | tuple[str, int]


@bp.get("/people/<int:account_id>")
@access(Who.EVERYBODY)
def person(account_id: int) -> str:
    """Show what a person shows of the own self; never the address."""
    page = person_page(reading(), account_id, viewer())
    return render_template("profiles/person.html", page=page, label_of=label_of)


@bp.route("/settings/profile", methods=["GET", "POST"])
@access(Who.SIGNED_IN)
def edit_page() -> Answer:
    """Choose what stands on one's page, and look at it before it is kept."""
    session, me = reading(), viewer().account_id
    account, kept = account_by_id(session, me), profile_of(session, me)
    challenges = [result.challenge for result in results_of(session, me)]
    form = PageForm(data=values_of(account, kept, challenges))
    form.offer(challenges)
    if form.validate_on_submit():
        typed = _typed(form)
        if typed is not None and request.form.get("act") != "preview":
            _keep(typed, PageSeenBy(form.seen_by.data))
            return back_to("profiles.edit_page", _("Your page is changed."))
        preview = page_with(session, account, typed, viewer()) if typed else None
        return _show(form, preview)
    return _show(form, None)


def _show(form: PageForm, preview: PersonPage | None) -> Answer:
    page = render_template("profiles/edit.html", form=form, preview=preview, label_of=label_of)
    return (page, 422) if form.errors else page


def _typed(form: PageForm) -> Profile | None:
    try:
        return clean_profile(
            account_id=viewer().account_id,
            bio=form.bio.data or "",
            links=form.links.data or "",
            shows_university=form.shows_university.data,
            shows_certificates=form.shows_certificates.data,
            left_out=form.left_out(),
        )
    except DomainError as error:
        form.refuse(error)
        return None


def _keep(profile: Profile, seen_by: PageSeenBy) -> None:
    with writing() as session:
        keep_profile(session, profile=profile, seen_by=seen_by, now=now())
        session.commit()
