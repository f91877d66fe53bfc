"""What the pages of accounts share: one try of a form, and how often somebody may try."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import flash, redirect, request, url_for
from flask import session as cookie
from sqlmodel import Session
from werkzeug.wrappers import Response

from server.accounts.addresses import LONGEST_ADDRESS
from server.accounts.forms import Form
from server.accounts.sightings import Seen
from server.shared.errors import DomainError
from server.shared.limits import address, asker, by_setting, limiter
from server.shared.web import writing

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
POST = ["POST"]
# Where the cookie of a browser keeps whose password it gave, until a code follows.
HALF_KEY = "second-step"


def accepted(form: Form, act: Callable[[Session], object]) -> bool:
    """Run an action in one transaction if the form is complete; show a refusal in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with writing() as session:
            act(session)
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def back_to(endpoint: str, message: str, section: str = "") -> Response:
    """Return to a page, or to a section of it, with good news."""
    flash(message, "success")
    return redirect(url_for(endpoint, _anchor=section or None), 303)


def seen_here() -> Seen:
    """Return from where this request came."""
    return Seen(request.remote_addr or "", request.headers.get("User-Agent", ""))


def typed_address() -> str:
    """Return the key of the address that somebody typed: guesses at one account are counted."""
    body = request.get_json(silent=True) if request.is_json else None
    typed = body.get("email") if isinstance(body, dict) else request.form.get("email")
    text = typed if isinstance(typed, str) else ""
    return f"email:{text.strip().lower()[:LONGEST_ADDRESS]}"


def _by_address_and_account(setting: str, scope: str) -> Decorator:
    by_address = limiter.shared_limit(
        by_setting(setting), scope=scope, key_func=address, methods=POST
    )
    by_account = limiter.shared_limit(
        by_setting(setting), scope=scope, key_func=typed_address, methods=POST
    )
    return lambda view: by_address(by_account(view))


def half_signed_in() -> str:
    """Return the key of the browser that gave a password; the account counts its own failures."""
    kept = str(cookie.get(HALF_KEY, ""))
    return f"half:{sha256(kept.encode()).hexdigest()}"


def _by_address_and_half() -> Decorator:
    limits = [
        limiter.shared_limit(
            by_setting("rate_limit_sign_in"), scope="second-step", key_func=key, methods=POST
        )
        for key in (address, half_signed_in)
    ]
    return lambda view: limits[0](limits[1](view))


limit_sign_in = _by_address_and_account("rate_limit_sign_in", "sign-in")
# Whoever makes us write letters: new accounts, forgotten passwords, confirmations again.
limit_letters = _by_address_and_account("rate_limit_sign_up", "letters")
limit_password_tries: Decorator = limiter.shared_limit(
    by_setting("rate_limit_sign_in"), scope="own-password", key_func=asker, methods=POST
)
limit_codes = _by_address_and_half()
limit_tokens: Decorator = limiter.shared_limit(
    by_setting("rate_limit_tokens"), scope="tokens", key_func=asker, methods=POST
)
