"""The settings: what a person decides about the own account."""

from contextlib import nullcontext
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.accounts import actions, affiliation, entrance, links, queries
from server.accounts.attempts import accepted, back_to, limit_letters, limit_password_tries
from server.accounts.blueprint import bp
from server.accounts.forms import EmailForm, LanguageForm, NameForm, UniversityForm
from server.accounts.models import Account
from server.shared.access import Who, access
from server.shared.errors import N_, NotFound
from server.shared.language import COOKIE, LANGUAGES, speaking
from server.shared.limits import asker, limiter
from server.shared.web import (
    SAFE_METHODS,
    now,
    reading,
    safe_path,
    services,
    viewer,
    writing,
)
from server.universities.queries import all_universities, universities_by_id, university_by_id

Answer = str | Response | tuple[str, int]
COOKIE_SECONDS = 365 * 86_400
# Each is a letter to every manager; asked and withdrawn in turn it would bury them.
REQUESTS = "10 per hour"


def _account() -> Account:
    return queries.account_by_id(reading(), viewer().account_id)


def _university_form() -> UniversityForm:
    form = UniversityForm()
    form.offer([u for u in all_universities(reading()) if u.id != viewer().university_id])
    return form


def _page(**typed: Any) -> str:
    """Render all sections; the one that was sent keeps what was typed."""
    session, account = reading(), _account()
    forms = {
        "name_form": typed.get("name_form") or NameForm(formdata=None, name=account.name),
        "email_form": typed.get("email_form") or EmailForm(formdata=None),
        "university_form": typed.get("university_form") or _university_form(),
        "language_form": typed.get("language_form") or LanguageForm(formdata=None, obj=account),
    }
    return render_template(
        "accounts/settings.html",
        account=account,
        university=universities_by_id(session, [account.university_id]).get(
            account.university_id or 0
        ),
        asked=queries.open_request_of(session, viewer().account_id),
        managed=queries.managed_by(session, viewer().account_id),
        **forms,
    )


@bp.get("/settings")
@access(Who.SIGNED_IN)
def settings() -> str:
    """Show the account and what can be changed."""
    return _page()


@bp.post("/settings/listing")
@access(Who.SIGNED_IN)
def change_listing() -> Response:
    """Be named on the page of one's university, or no more."""
    me, listed = viewer().account_id, request.form.get("listed") == "yes"
    with writing() as session:
        actions.set_listed(session, account_id=me, listed=listed, now=now())
        session.commit()
    named, silent = _("Your university's page names you now."), _("It names you no more.")
    return back_to("accounts.settings", named if listed else silent, "university")


@bp.post("/settings/name")
@access(Who.SIGNED_IN)
def change_name() -> Answer:
    """Change the name that others see."""
    form, me = NameForm(), viewer().account_id
    if not accepted(
        form,
        lambda session: actions.change_name(session, account_id=me, name=form.name.data, now=now()),
    ):
        return _page(name_form=form), 422
    return back_to("accounts.settings", _("Your name is changed."), "name")


@bp.post("/settings/email")
@access(Who.SIGNED_IN)
@limit_password_tries
@limit_letters
def change_email() -> Answer:
    """Send a link to the new address."""
    form, account = EmailForm(), _account()
    if not accepted(
        form,
        lambda session: entrance.ask_email(
            session,
            account=account,
            email=form.email.data,
            password=form.email_password.data,
            now=now(),
        ),
    ):
        return _page(email_form=form), 422
    return back_to(
        "accounts.settings",
        _("We sent a link to the new address. Open it to make the change."),
        "email",
    )


@bp.route("/settings/email/<token>", methods=["GET", "POST"])
@access(Who.SIGNED_IN)
def confirm_email(token: str) -> Answer:
    """Make the change of address: a button, because mail programs open links on their own."""
    link = links.read_email_change(services().signer, token, now())
    entrance.check_own_link(link, viewer().account_id)
    if request.method in SAFE_METHODS:
        return _question_of_address(link)
    with writing() as session:
        entrance.change_email(session, link=link, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to("accounts.settings", _("Your e-mail address is changed."), "email")


def _question_of_address(link: links.EmailChange) -> str:
    """Ask whether to make the change; its reader knows what becomes of the university."""
    session, account = reading(), _account()
    joined = actions.university_joined_by(session, account, link.after)
    present = universities_by_id(session, [account.university_id])
    return render_template(
        "accounts/confirm_email.html",
        link=link,
        joined=joined,
        present=present.get(account.university_id or 0),
    )


@bp.post("/settings/university")
@access(Who.SIGNED_IN)
@limiter.limit(REQUESTS, key_func=asker)
def ask_university() -> Answer:
    """Ask to belong to a university."""
    form, me = _university_form(), viewer().account_id
    if not accepted(
        form,
        lambda session: affiliation.ask(
            session,
            account_id=me,
            university=university_by_id(session, form.university_id.data),
            note=form.note.data or "",
            now=now(),
        ),
    ):
        return _page(university_form=form), 422
    return back_to(
        "accounts.settings", _("Your request is sent to the university's managers."), "university"
    )


@bp.post("/settings/university/withdraw")
@access(Who.SIGNED_IN)
def withdraw_request() -> Response:
    """Take back what one asked."""
    with writing() as session:
        affiliation.withdraw(session, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to("accounts.settings", _("Your request is withdrawn."), "university")


@bp.post("/settings/university/leave")
@access(Who.SIGNED_IN)
def leave_university() -> Response:
    """Leave one's university."""
    with writing() as session:
        affiliation.leave(session, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to("accounts.settings", _("You belong to no university now."), "university")


@bp.post("/settings/language")
@access(Who.SIGNED_IN)
def change_language() -> Answer:
    """Choose the language of pages and letters, and the zone of their times."""
    form, me = LanguageForm(), viewer().account_id
    if not accepted(
        form,
        lambda session: actions.set_language(
            session,
            account_id=me,
            language=form.language.data,
            time_zone=form.time_zone.data,
            now=now(),
        ),
    ):
        return _page(language_form=form), 422
    # The page that follows is the first in the new language, and so is what it says.
    with speaking(form.language.data) if form.language.data else nullcontext():
        return back_to("accounts.settings", _("Your language and time zone are kept."), "language")


@bp.get("/language/<spoken>")
@access(Who.EVERYBODY)
def speak(spoken: str) -> Response:
    """Speak a language to this browser, and go on where one was; an account has a setting."""
    if spoken not in LANGUAGES:
        raise NotFound(N_("This language is not spoken here."))
    target = safe_path(request.args.get("next"), url_for("profiles.home"))
    response = make_response(redirect(target, 303))
    response.set_cookie(
        COOKIE,
        spoken,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=services().settings.secure_cookies,
    )
    return response
