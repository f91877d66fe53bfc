"""The settings: what a person decides about the own account."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from server.accounts import actions, affiliation, closing, entrance, links, queries, sessions
from server.accounts.attempts import (
    accepted,
    back_to_settings,
    limit_letters,
    limit_password_tries,
    limit_tokens,
)
from server.accounts.blueprint import bp
from server.accounts.forms import (
    CloseForm,
    EmailForm,
    NameForm,
    PasswordForm,
    TokenForm,
    UniversityForm,
)
from server.accounts.models import Account
from server.accounts.signin import forget_cookie, sign_browser_in, this_session
from server.shared.access import Who, access
from server.shared.limits import asker, limiter
from server.shared.web import SAFE_METHODS, now, reading, services, viewer, writing
from server.universities.queries import all_universities, universities_by_id, university_by_id

Answer = str | Response | tuple[str, int]
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
        "password_form": typed.get("password_form") or PasswordForm(formdata=None),
        "email_form": typed.get("email_form") or EmailForm(formdata=None),
        "university_form": typed.get("university_form") or _university_form(),
        "token_form": typed.get("token_form") or TokenForm(formdata=None),
        "close_form": typed.get("close_form") or CloseForm(formdata=None),
    }
    return render_template(
        "accounts/settings.html",
        account=account,
        university=universities_by_id(session, [account.university_id]).get(
            account.university_id or 0
        ),
        asked=queries.open_request_of(session, viewer().account_id),
        managed=queries.managed_by(session, viewer().account_id),
        tokens=queries.tokens_of(session, viewer().account_id).rows,
        sessions=queries.sessions_of(session, viewer().account_id, now=now()),
        this_session=this_session(),
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
    return back_to_settings(named if listed else silent, "university")


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
    return back_to_settings(_("Your name is changed."), "name")


@bp.post("/settings/password")
@access(Who.SIGNED_IN)
@limit_password_tries
def change_password() -> Answer:
    """Change the password, end every session, and begin one here."""
    form, account = PasswordForm(), _account()
    kept: list[Callable[[], None]] = []

    def change(session: Session) -> None:
        old, new = form.old_password.data, form.new_password.data
        entrance.change_password(session, account=account, old=old, new=new, now=now())
        kept.append(sign_browser_in(session, viewer().account_id, now=now()))

    if not accepted(form, change):
        return _page(password_form=form), 422
    kept[0]()
    return back_to_settings(
        _("Your password is changed. Every other browser is signed out."), "password"
    )


@bp.post("/settings/sessions/end")
@access(Who.SIGNED_IN)
def end_session() -> Response:
    """Sign one of one's browsers out, this one or another."""
    digest = request.form.get("digest", "")
    with writing() as session:
        sessions.end_session(session, account_id=viewer().account_id, digest=digest, now=now())
        session.commit()
    if digest == this_session():
        return _signed_out(_("You are signed out."))
    return back_to_settings(_("That browser is signed out."), "sessions")


@bp.post("/settings/sessions/end-all")
@access(Who.SIGNED_IN)
def end_sessions() -> Response:
    """Sign every browser out, this one too."""
    with writing() as session:
        actions.sign_out_everywhere(session, account_id=viewer().account_id, now=now())
        session.commit()
    return _signed_out(_("You are signed out everywhere. Tokens of programs stay as they are."))


def _signed_out(message: str) -> Response:
    forget_cookie()
    flash(message, "success")
    return redirect(url_for("profiles.home"), 303)


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
    return back_to_settings(
        _("We sent a link to the new address. Open it to make the change."), "email"
    )


@bp.route("/settings/email/<token>", methods=["GET", "POST"])
@access(Who.SIGNED_IN)
def confirm_email(token: str) -> Answer:
    """Make the change of address: a button, because mail programs open links on their own."""
    link = links.read_email_change(services().signer, token, now())
    entrance.check_own_link(link, viewer().account_id)
    if request.method in SAFE_METHODS:
        return render_template("accounts/confirm_email.html", link=link)
    with writing() as session:
        entrance.change_email(session, link=link, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to_settings(_("Your e-mail address is changed."), "email")


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
    return back_to_settings(_("Your request is sent to the university's managers."), "university")


@bp.post("/settings/university/withdraw")
@access(Who.SIGNED_IN)
def withdraw_request() -> Response:
    """Take back what one asked."""
    with writing() as session:
        affiliation.withdraw(session, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to_settings(_("Your request is withdrawn."), "university")


@bp.post("/settings/university/leave")
@access(Who.SIGNED_IN)
def leave_university() -> Response:
    """Leave one's university."""
    with writing() as session:
        affiliation.leave(session, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to_settings(_("You belong to no university now."), "university")


@bp.post("/settings/tokens")
@access(Who.SIGNED_IN)
@limit_tokens
def create_token() -> Answer:
    """Make a token, and show it this once."""
    form, made = TokenForm(), []
    if not accepted(
        form,
        lambda session: made.append(
            actions.create_token(
                session, account_id=viewer().account_id, name=form.token_name.data, now=now()
            )
        ),
    ):
        return _page(token_form=form), 422
    token, plain = made[0]
    base_url = services().settings.base_url.rstrip("/")
    return render_template("accounts/token.html", token=token, plain=plain, base_url=base_url)


@bp.post("/settings/tokens/<int:token_id>/revoke")
@access(Who.SIGNED_IN)
def revoke_token(token_id: int) -> Response:
    """End one of one's own tokens."""
    with writing() as session:
        actions.revoke_token(session, account_id=viewer().account_id, token_id=token_id, now=now())
        session.commit()
    return back_to_settings(_("The token is revoked."), "tokens")


@bp.post("/settings/close")
@access(Who.SIGNED_IN)
@limit_password_tries
def close() -> Answer:
    """Close one's account."""
    form, account = CloseForm(), _account()
    if not accepted(
        form,
        lambda session: closing.close_own_account(
            session, account=account, password=form.close_password.data, now=now()
        ),
    ):
        return _page(close_form=form), 422
    return _signed_out(_("Your account is closed."))
