"""Pages of the notifications room: what one was told, what one wants, no more letters."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from server.notifications import actions
from server.notifications.kinds import KINDS
from server.notifications.links import read_ending
from server.notifications.models import Notification
from server.notifications.queries import (
    Wish,
    gets_letters,
    notifications_of,
    unread_count,
    wishes_of,
)
from server.notifications.rules import Section
from server.notifications.words import words_of
from server.shared.access import Who, access, own_credentials
from server.shared.web import now, reading, safe_path, services, viewer, writing

bp = Blueprint("notifications", __name__)
A_PAGE = 30


class Line(NamedTuple):
    """A notification as its page shows it."""

    row: Notification
    text: str


@bp.get("/notifications")
@access(Who.SIGNED_IN)
def index() -> str:
    """Show what the viewer was told, newest first."""
    unread = request.args.get("show") == "unread"
    asked = request.args.get("page", 1, int)
    page = notifications_of(
        reading(), viewer().account_id, unread=unread, page=asked, per_page=A_PAGE
    )
    lines = [Line(row, words_of(row.kind, row.data)) for row in page.rows]
    return render_template(
        "notifications/index.html", page=page, lines=lines, only_unread=unread, waiting=unread_now()
    )


@bp.post("/notifications/<int:notification_id>/open")
@access(Who.SIGNED_IN)
def open_one(notification_id: int) -> Response:
    """Go where a notification points: it is read by that."""
    return redirect(safe_path(_read(notification_id).link, url_for("notifications.index")), 303)


@bp.post("/notifications/<int:notification_id>/read")
@access(Who.SIGNED_IN)
def read_one(notification_id: int) -> Response:
    """Mark one as read, and stay."""
    _read(notification_id)
    return _back()


@bp.post("/notifications/seen")
@access(Who.SIGNED_IN)
def seen() -> Response:
    """Mark as read what points to a page that was looked at; say what the bell shows now."""
    with writing() as session:
        me, link = viewer().account_id, request.form.get("link", "")
        actions.mark_seen(session, account_id=me, link=link, now=now())
        session.commit()
    return jsonify({"html": render_template("notifications/_bell.html", unread=unread_now())})


@bp.post("/notifications/read")
@access(Who.SIGNED_IN)
def read_all() -> Response:
    """Mark everything as read."""
    with writing() as session:
        read = actions.mark_all_read(session, account_id=viewer().account_id, now=now())
        session.commit()
    flash(
        ngettext("%(num)s notification is marked as read.", "%(num)s are marked as read.", read),
        "success",
    )
    return redirect(url_for("notifications.index"), 303)


def _read(number: int) -> Notification:
    with writing() as session:
        me = viewer().account_id
        found = actions.mark_read(session, account_id=me, number=number, now=now())
        session.commit()
    return found


def _back() -> Response:
    here = url_for("notifications.index")
    return redirect(safe_path(request.form.get("next"), here), 303)


def unread_now() -> int:
    """Return how many notifications wait for the viewer: the bell of every page asks."""
    asker = viewer().id
    return unread_count(reading(), asker) if asker is not None else 0


@bp.get("/settings/notifications")
@access(Who.SIGNED_IN)
def preferences() -> str:
    """Show what the viewer is told of, and how."""
    wishes = wishes_of(reading(), viewer().account_id)
    return render_template("notifications/preferences.html", sections=_sections(wishes))


@bp.post("/settings/notifications")
@access(Who.SIGNED_IN)
def choose() -> Response:
    """Keep what the viewer wants to be told of, and how."""
    with writing() as session:
        actions.choose(
            session,
            account_id=viewer().account_id,
            in_product=request.form.getlist("product"),
            by_mail=request.form.getlist("mail"),
        )
        session.commit()
    flash(_("Your choice is saved."), "success")
    return redirect(url_for("notifications.preferences"), 303)


def _sections(wishes: Sequence[Wish]) -> list[tuple[str, list[Wish]]]:
    titles = {
        Section.RESULTS: _("Your submissions and results"),
        Section.CHALLENGES: _("Challenges you take part in"),
        Section.TEAM: _("Your team"),
        Section.ORGANISING: _("Challenges you organise"),
    }
    return [(title, [w for w in wishes if w.kind.section is s]) for s, title in titles.items()]


@bp.get("/unsubscribe/<token>")
@access(Who.EVERYBODY)
@own_credentials
def confirm_unsubscribe(token: str) -> str:
    """Ask whether letters of a kind are to end: mail programs open links on their own."""
    ending = read_ending(services().signer, token)
    done = not gets_letters(reading(), ending.account_id, kind=ending.kind)
    return render_template(
        "notifications/unsubscribe.html", kind=KINDS.get(ending.kind), token=token, done=done
    )


@bp.post("/unsubscribe/<token>")
@access(Who.EVERYBODY)
@own_credentials
def unsubscribe(token: str) -> str:
    """End letters of a kind: by the button of that page, or by a mail program (RFC 8058).

    The signed link is the proof: a mail program has no cookie and no token of a form.
    """
    ending = read_ending(services().signer, token)
    with writing() as session:
        actions.unsubscribe(session, account_id=ending.account_id, kind=ending.kind)
        session.commit()
    return render_template(
        "notifications/unsubscribe.html", kind=KINDS.get(ending.kind), token=token, done=True
    )
