"""Two-step sign-in: set up and turned off in the settings, asked for after the password."""

from base64 import b64encode
from typing import Any

import segno
from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.accounts import codes, entrance, links, queries, second_factor
from server.accounts.attempts import HALF_KEY, back_to, limit_codes, limit_password_tries, seen_here
from server.accounts.blueprint import bp
from server.accounts.forms import ProofForm, SecondStepForm
from server.accounts.models import Account, SecondFactor
from server.accounts.proving import asks_for_code, check_code, factor_key, proved
from server.accounts.second_factor_queries import factor_in_use, recovery_codes_left
from server.accounts.signin import sign_browser_in
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Forbidden
from server.shared.language import language
from server.shared.web import now, reading, safe_path, services, viewer, writing

Answer = str | Response | tuple[str, int]


def _account() -> Account:
    return queries.account_by_id(reading(), viewer().account_id)


def _proof() -> ProofForm:
    return ProofForm(has_factor=asks_for_code(reading()))


def _page(**typed: Any) -> str:
    session, me = reading(), viewer().account_id
    factor = factor_in_use(session, me)
    return render_template(
        "accounts/second_factor.html",
        factor=factor,
        codes_left=recovery_codes_left(session, me),
        codes_made=codes.RECOVERY_CODES,
        required=viewer().lacks_second_factor,
        target=_target(""),
        form=typed.get("form") or ProofForm(has_factor=factor is not None, formdata=None),
    )


def _target(fallback: str) -> str:
    return safe_path(request.args.get("next"), fallback)


@bp.get("/settings/second-factor", endpoint="second_factor")
@access(Who.SIGNED_IN)
def second_factor_settings() -> str:
    """Say whether signing in takes a code, and what can be done about it."""
    return _page()


@bp.post("/settings/second-factor/begin")
@access(Who.SIGNED_IN)
@limit_password_tries
def begin_second_factor() -> Answer:
    """Make a secret for whoever knows the password."""
    form = _proof()
    if not proved(form, _account()):
        return _page(form=form), 422
    with writing() as session:
        second_factor.begin(session, account_id=viewer().account_id, key=factor_key(), now=now())
        session.commit()
    return redirect(url_for("accounts.set_second_factor", next=_target("") or None), 303)


@bp.route("/settings/second-factor/set-up", methods=["GET", "POST"])
@access(Who.SIGNED_IN)
@limit_password_tries
def set_second_factor() -> Answer:
    """Show the secret as a picture and as text, and take the first code."""
    if request.authorization is not None and request.authorization.type == "bearer":
        # The secret opens the account for good, which a token does not.
        raise Forbidden(
            N_("Two-step sign-in is set up in a browser; a token can't read this page.")
        )
    waiting = second_factor.pending(reading(), viewer().account_id, now=now())
    if waiting is None:
        return redirect(url_for("accounts.second_factor", next=_target("") or None), 303)
    form = SecondStepForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                made = second_factor.confirm(
                    session,
                    account_id=viewer().account_id,
                    code=form.code.data,
                    key=factor_key(),
                    now=now(),
                )
                session.commit()
        except DomainError as error:
            form.refuse(error)
        else:
            return _recovery_codes(made)
    page = render_template("accounts/set_second_factor.html", form=form, **_secret(waiting))
    return (page, 422) if form.errors else page


def _secret(waiting: SecondFactor) -> dict[str, str]:
    settings = services().settings
    secret = codes.unsealed(waiting.secret, factor_key())
    address = codes.enrolment_address(
        secret, email=viewer().email, site_name=settings.site_name, base_url=settings.base_url
    )
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    return {"picture": picture, "secret": groups, "address": address}


def _recovery_codes(made: list[str]) -> str:
    text = "\n".join([f"{services().settings.site_name} · {viewer().email}", "", *made, ""])
    return render_template(
        "accounts/recovery_codes.html",
        codes=made,
        file=f"data:text/plain;charset=utf-8;base64,{b64encode(text.encode()).decode()}",
        target=_target(url_for("accounts.security")),
    )


@bp.post("/settings/second-factor/recovery-codes")
@access(Who.SIGNED_IN)
@limit_password_tries
def renew_recovery_codes() -> Answer:
    """Make new recovery codes: those of before open nothing any more."""
    form = _proof()
    if not proved(form, _account()):
        return _page(form=form), 422
    with writing() as session:
        me = viewer().account_id
        made = second_factor.renew_recovery_codes(session, account_id=me, now=now())
        session.commit()
    return _recovery_codes(made)


@bp.post("/settings/second-factor/off")
@access(Who.SIGNED_IN)
@limit_password_tries
def end_second_factor() -> Answer:
    """Turn it off for whoever has the password and a code."""
    form = _proof()
    if not proved(form, _account()):
        return _page(form=form), 422
    with writing() as session:
        second_factor.disable(session, account_id=viewer().account_id, now=now())
        session.commit()
    return back_to("accounts.security", _("Two-step sign-in is off."), "second-factor")


def ask_for_code(account: Account, target: str) -> Response:
    """Remember for five minutes that the password was right, and ask for a code."""
    # Nothing that was in the cookie before goes along.
    cookie.clear()
    cookie[HALF_KEY] = links.sign_half(services().signer, account, now())
    return redirect(url_for("accounts.second_step", next=target), 303)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@access(Who.EVERYBODY)
@limit_codes
def second_step() -> Answer:
    """Ask for a code after the password; until it is right nobody is signed in."""
    target = _target(url_for("profiles.home"))
    if viewer().is_authenticated:
        return redirect(target, 303)
    account = _half_signed_in()
    if account is None:
        flash(_("Sign in again: a code has to follow the password within five minutes."), "info")
        return redirect(url_for("accounts.sign_in", next=target), 303)
    form = SecondStepForm()
    if form.validate_on_submit() and _enter(account, form):
        return redirect(target, 303)
    page = render_template("accounts/second_step.html", form=form, target=target)
    return (page, 422) if form.errors else page


def _half_signed_in() -> Account | None:
    """Return whose password this browser gave, if that still counts."""
    try:
        half = links.read_half(services().signer, str(cookie.get(HALF_KEY, "")), now())
        account = queries.account_by_id(reading(), half.account_id)
    except DomainError:
        return None
    return account if account.session_version == half.session_version else None


def _enter(account: Account, form: SecondStepForm) -> bool:
    account_id = account.id or 0
    try:
        check_code(account_id, form.code.data)
        with writing() as session:
            proof = entrance.Proof(account, new_hash=None)
            entrance.sign_in(session, proof=proof, seen=seen_here(), language=language(), now=now())
            keep = sign_browser_in(session, account_id, now=now())
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return False
    keep()
    return True
