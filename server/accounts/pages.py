"""Pages before one is signed in: sign up and in, confirm an address, forgotten password."""

import secrets
from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.accounts import (
    entrance,
    links,
    manager_pages,
    second_factor_pages,
    security_pages,
    settings_pages,
)
from server.accounts.attempts import accepted, limit_letters, limit_sign_in, seen_here
from server.accounts.blueprint import bp
from server.accounts.forms import AddressForm, ResetForm, SignInForm, SignUpForm
from server.accounts.links import Confirmation
from server.accounts.models import Account
from server.accounts.second_factor_pages import ask_for_code
from server.accounts.second_factor_queries import factor_in_use
from server.accounts.sessions import end_session
from server.accounts.signin import forget_cookie, sign_browser_in, this_session
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Forbidden, NotFound
from server.shared.language import language
from server.shared.web import (
    SAFE_METHODS,
    now,
    reading,
    safe_path,
    services,
    viewer,
    writing,
)
from server.universities.naming import university_name
from server.universities.queries import university_by_id

__all__ = ["bp", "manager_pages", "second_factor_pages", "security_pages", "settings_pages"]
Answer = str | Response | tuple[str, int]
NONCE_KEY = "joining"
WANTED_KEY = "wanted"


def _target() -> str:
    return safe_path(request.args.get("next"), url_for("profiles.home"))


@bp.route("/sign-in", methods=["GET", "POST"])
@access(Who.EVERYBODY)
@limit_sign_in
def sign_in() -> Answer:
    """Ask who one is, and go where one wanted to go."""
    if viewer().is_authenticated:
        return redirect(_target(), 303)
    form = SignInForm()
    if form.validate_on_submit() and (entered := _enter(form)) is not None:
        return entered
    page = render_template("accounts/sign_in.html", form=form, target=_target())
    return (page, 422) if form.errors else page


def _enter(form: SignInForm) -> Response | None:
    """Sign in, or ask for a code where the account has a second factor."""
    try:
        proof = entrance.prove(reading(), email=form.email.data, password=form.password.data)
        if factor_in_use(reading(), proof.account.id or 0) is not None:
            return ask_for_code(proof.account, _target())
        with writing() as session:
            account = entrance.sign_in(
                session, proof=proof, seen=seen_here(), language=language(), now=now()
            )
            keep = sign_browser_in(session, account.id or 0, now=now())
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return None
    keep()
    return redirect(_target(), 303)


@bp.post("/sign-out")
@access(Who.EVERYBODY)
def sign_out() -> Response:
    """Sign this browser out: a copy of its cookie opens nothing from here on."""
    digest, account_id = this_session(), viewer().id
    if digest is not None and account_id is not None:
        # Another tab may have ended it this moment: the cookie goes all the same.
        with writing() as session, suppress(NotFound):
            end_session(session, account_id=account_id, digest=digest, now=now())
            session.commit()
    forget_cookie()
    flash(_("You are signed out."), "success")
    return redirect(url_for("profiles.home"), 303)


@bp.route("/sign-up", methods=["GET", "POST"])
@access(Who.EVERYBODY)
@limit_letters
def sign_up() -> Answer:
    """Ask who one will be, and send a letter to the address, whoever's it is."""
    if viewer().is_authenticated:
        return redirect(url_for("accounts.settings"), 303)
    form, nonce = SignUpForm(), secrets.token_urlsafe(16)
    if accepted(
        form,
        lambda session: entrance.sign_up(
            session,
            email=form.email.data,
            name=form.name.data,
            password=form.password.data,
            nonce=nonce,
            language=language(),
            now=now(),
        ),
    ):
        # This browser chose the password: it may confirm without typing it again.
        cookie[NONCE_KEY], cookie[WANTED_KEY] = nonce, _target()
        return _look_into_mail(form.email.data)
    page = render_template("accounts/sign_up.html", form=form)
    return (page, 422) if form.errors else page


def _look_into_mail(email: str) -> str:
    form = AddressForm(formdata=None, email=email.strip())
    return render_template("accounts/sent.html", form=form, email=email.strip())


@bp.post("/confirm")
@access(Who.EVERYBODY)
@limit_letters
def resend() -> Answer:
    """Send the confirmation again."""
    form = AddressForm(email=viewer().email)
    if accepted(
        form,
        lambda session: entrance.resend_confirmation(session, email=form.email.data, now=now()),
    ):
        return _look_into_mail(form.email.data)
    return render_template("accounts/sent.html", form=form, email=""), 422


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@access(Who.EVERYBODY)
def confirm(token: str) -> Answer:
    """Confirm an address: a button, because mail programs open links on their own."""
    link = links.read_confirmation(services().signer, token, now())
    if not _is_own(link):
        flash(_("Sign in to confirm your address."), "info")
        return redirect(url_for("accounts.sign_in", next=request.path), 303)
    if request.method in SAFE_METHODS:
        return render_template("accounts/confirm.html", email=link.email)
    with writing() as session:
        account = entrance.confirm(session, link=link, now=now())
        # The password that this browser chose is not enough where a code is asked for as well.
        enough = viewer().is_authenticated or factor_in_use(session, account.id or 0) is None
        keep = sign_browser_in(session, account.id or 0, now=now()) if enough else cookie.clear
        session.commit()
    wanted = safe_path(cookie.get(WANTED_KEY), url_for("profiles.home"))
    keep()
    flash(_welcome(account), "success")
    return redirect(wanted, 303)


def _welcome(account: Account) -> str:
    if account.university_id is None:
        return str(_("Your address is confirmed. Welcome!"))
    university = university_by_id(reading(), account.university_id)
    text: str = _(
        "Your address is confirmed. Welcome! You belong to %(university)s.",
        university=university_name(university),
    )
    return text


def _is_own(link: Confirmation) -> bool:
    """Whether this browser knows the account's password: it is signed in, or has just signed up.

    Reading the mail alone must not do: else somebody signs up with another's address, and the
    owner's click would open an account whose password that somebody chose.
    """
    if viewer().id is not None and viewer().id != link.account_id:
        raise Forbidden(
            N_("This link is for another account: sign out, and sign in with that one.")
        )
    kept = cookie.get(NONCE_KEY, "")
    same = bool(link.nonce) and secrets.compare_digest(str(kept), link.nonce)
    return same or viewer().id == link.account_id


@bp.route("/forgot", methods=["GET", "POST"])
@access(Who.EVERYBODY)
@limit_letters
def forgot() -> Answer:
    """Send a link to choose a new password; the answer is the same for any address."""
    form = AddressForm(email=viewer().email)
    if accepted(
        form, lambda session: entrance.ask_reset(session, email=form.email.data, now=now())
    ):
        return render_template("accounts/forgot_sent.html", email=form.email.data.strip())
    page = render_template("accounts/forgot.html", form=form)
    return (page, 422) if form.errors else page


@bp.route("/reset/<token>", methods=["GET", "POST"])
@access(Who.EVERYBODY)
def reset(token: str) -> Answer:
    """Let whoever reads the account's mail choose a new password."""
    account = entrance.account_of_reset(reading(), services().signer, token, now())
    form = ResetForm()
    if accepted(
        form,
        lambda session: entrance.reset_password(
            session, account=account, password=form.password.data, now=now()
        ),
    ):
        forget_cookie()
        flash(_("Your password is changed. Sign in with the new one."), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    page = render_template("accounts/reset.html", form=form, email=account.email)
    return (page, 422) if form.errors else page
