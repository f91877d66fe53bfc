"""What opens an account: its password, the browsers that are signed in, tokens for programs."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from server.accounts import actions, entrance, queries, sessions, tokens
from server.accounts.attempts import accepted, back_to, limit_password_tries, limit_tokens
from server.accounts.blueprint import bp
from server.accounts.forms import PasswordForm, TokenForm
from server.accounts.second_factor_queries import factor_in_use, recovery_codes_left
from server.accounts.signin import forget_cookie, sign_browser_in, this_session
from server.shared.access import Who, access
from server.shared.web import now, reading, services, viewer, writing

Answer = str | Response | tuple[str, int]
HERE = "accounts.security"


def _page(**typed: Any) -> str:
    """Render all sections; the one that was sent keeps what was typed."""
    session, me = reading(), viewer().account_id
    return render_template(
        "accounts/security.html",
        account=queries.account_by_id(session, me),
        factor=factor_in_use(session, me),
        codes_left=recovery_codes_left(session, me),
        tokens=queries.tokens_of(session, me).rows,
        sessions=queries.sessions_of(session, me, now=now()),
        this_session=this_session(),
        password_form=typed.get("password_form") or PasswordForm(formdata=None),
        token_form=typed.get("token_form") or TokenForm(formdata=None),
    )


@bp.get("/settings/security")
@access(Who.SIGNED_IN)
def security() -> str:
    """Show what opens the account."""
    return _page()


@bp.post("/settings/password")
@access(Who.SIGNED_IN)
@limit_password_tries
def change_password() -> Answer:
    """Change the password, end every session, and begin one here."""
    form, account = PasswordForm(), queries.account_by_id(reading(), viewer().account_id)
    kept: list[Callable[[], None]] = []

    def change(session: Session) -> None:
        old, new = form.old_password.data, form.new_password.data
        entrance.change_password(session, account=account, old=old, new=new, now=now())
        kept.append(sign_browser_in(session, viewer().account_id, now=now()))

    if not accepted(form, change):
        return _page(password_form=form), 422
    kept[0]()
    return back_to(
        HERE, _("Your password is changed. Every other browser is signed out."), "password"
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
    return back_to(HERE, _("That browser is signed out."), "sessions")


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


@bp.post("/settings/tokens")
@access(Who.SIGNED_IN)
@limit_tokens
def create_token() -> Answer:
    """Make a token, and show it this once."""
    form, made = TokenForm(), []
    if not accepted(
        form,
        lambda session: made.append(
            tokens.make_token(
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
        tokens.revoke_token(session, account_id=viewer().account_id, token_id=token_id, now=now())
        session.commit()
    return back_to(HERE, _("The token is revoked."), "tokens")
