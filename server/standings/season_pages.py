"""Where administrators say which challenges are a season, and what each weighs."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlmodel import Session
from werkzeug.wrappers import Response

from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing
from server.standings import actions
from server.standings.forms import ChangeSeasonForm, SeasonForm
from server.standings.queries import seasons, weights_of

bp = Blueprint("seasons", __name__)
Answer = Response | str | tuple[str, int]


@bp.get("/admin/seasons")
@access(Who.ADMINISTRATOR)
def index() -> str:
    """List the seasons, and offer to make one."""
    return _index(SeasonForm(formdata=None))


def _index(form: FlaskForm) -> str:
    return render_template("standings/seasons.html", seasons=seasons(reading()), form=form)


@bp.post("/admin/seasons")
@access(Who.ADMINISTRATOR)
def create() -> Answer:
    """Make a season."""
    form = SeasonForm()
    if not _carried_out(form, actions.create_season, slug=form.slug.data or ""):
        return _index(form), 422
    flash(_("The season was made. Its standings appear within seconds."), "success")
    return redirect(url_for("seasons.index"), 303)


@bp.get("/admin/seasons/<season>")
@access(Who.ADMINISTRATOR)
def show(season: str) -> str:
    """Show one season with its challenges."""
    row = actions.season_row(reading(), season)
    lines = (f"{slug} = {weight:g}" for slug, weight in weights_of(reading(), row.id or 0))
    form = ChangeSeasonForm(formdata=None, title=row.title, challenges="\n".join(lines))
    return render_template("standings/season.html", season=row, form=form)


@bp.post("/admin/seasons/<season>")
@access(Who.ADMINISTRATOR)
def change(season: str) -> Answer:
    """Give a season another title or other challenges."""
    form, row = ChangeSeasonForm(), actions.season_row(reading(), season)
    if not _carried_out(form, actions.change_season, slug=season):
        return render_template("standings/season.html", season=row, form=form), 422
    flash(_("The season was changed. Its standings follow within seconds."), "success")
    return redirect(url_for("seasons.index"), 303)


@bp.post("/admin/seasons/<season>/delete")
@access(Who.ADMINISTRATOR)
def delete(season: str) -> Response:
    """Take a season away."""
    with writing() as session:
        actions.delete_season(session, slug=season, actor_id=viewer().account_id, now=now())
        session.commit()
    flash(_("The season was deleted; its challenges stay as they are."), "success")
    return redirect(url_for("seasons.index"), 303)


def _carried_out(form: FlaskForm, act: Callable[..., Any], *, slug: str) -> bool:
    """Do what a form asks for, or say at its field why not."""
    if not form.validate_on_submit():
        return False
    try:
        with writing() as session:
            _do(session, form, act, slug)
            session.commit()
    except DomainError as error:
        field = form._fields.get(error.field or "title", form.title)
        field.errors = [*field.errors, message_of(error)]
        return False
    return True


def _do(session: Session, form: FlaskForm, act: Callable[..., Any], slug: str) -> None:
    act(
        session,
        slug=slug,
        title=form.title.data or "",
        challenges=dict(actions.read_weights(form.challenges.data or "")),
        actor_id=viewer().account_id,
        now=now(),
    )
