"""What the administration's pages share: the blueprint, and how an act is carried out."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session
from werkzeug.wrappers import Response

from server.administration.forms import show_refusal
from server.shared.errors import DomainError
from server.shared.web import writing

bp = Blueprint("administration", __name__)


def perform(act: Callable[[Session], object]) -> None:
    """Carry out an act in a transaction of its own."""
    with writing() as session:
        act(session)
        session.commit()


def attempt(form: FlaskForm, act: Callable[[Session], object]) -> bool:
    """Carry out what a form asks for, or show at its field why not."""
    if not form.validate_on_submit():
        return False
    try:
        perform(act)
    except DomainError as error:
        show_refusal(form, error)
        return False
    return True


def done(message: str, endpoint: str, **arguments: object) -> Response:
    """Say that something was done, on the page it was asked from."""
    flash(message, "success")
    return redirect(url_for(endpoint, **arguments), 303)  # type: ignore[arg-type]


def page_number() -> int:
    """Return the page that the address asks for, 1 where it asks for none."""
    return request.args.get("page", 1, type=int)


def search_text() -> str:
    """Return what is searched for."""
    return request.args.get("q", "").strip()[:200]
