"""Pages of the challenges room."""

from functools import lru_cache

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.challenges import actions
from server.challenges.downloads import send_picture, send_stored
from server.challenges.file_queries import file_to_download, files_of, image_by_name
from server.challenges.page_queries import accepted_rules, tab_page
from server.challenges.queries import challenge_by_slug, challenge_frame
from server.challenges.tab_contexts import given_to
from server.shared.access import Who, access
from server.shared.markdown import render_markdown
from server.shared.web import now, reading, safe_path, services, viewer, writing

bp = Blueprint("challenges", __name__)
TEMPLATES = {"data": "challenges/data.html", "rules": "challenges/rules.html"}
# A page is read far more often than it is written: its HTML is kept by its text.
rendered = lru_cache(maxsize=256)(render_markdown)


@bp.get("/challenges/<slug>")
@access(Who.SEES_CHALLENGE)
def show(slug: str) -> str:
    """Show a challenge's first page."""
    return _page(slug, None)


@bp.get("/challenges/<slug>/<tab>")
@access(Who.SEES_CHALLENGE)
def tab(slug: str, tab: str) -> str | BaseResponse:
    """Show another of a challenge's pages; the first has one address only."""
    challenge = challenge_by_slug(reading(), slug)
    if tab_page(reading(), challenge, tab).is_first:
        return redirect(url_for("challenges.show", slug=slug), 301)
    return _page(slug, tab)


@bp.get("/challenges/<slug>/files/<path:name>")
@access(Who.SEES_CHALLENGE)
def download(slug: str, name: str) -> Response:
    """Send a file to somebody who takes part."""
    file = file_to_download(reading(), slug=slug, name=name, viewer=viewer())
    return send_stored(request, services().files, sha256=file.sha256, name=file.name)


@bp.get("/challenges/<slug>/images/<name>")
@access(Who.SEES_CHALLENGE)
def image(slug: str, name: str) -> Response:
    """Send a picture of the pages to whoever may read them."""
    challenge = challenge_by_slug(reading(), slug)
    found = image_by_name(reading(), challenge.id or 0, name)
    return send_picture(request, services().files, sha256=found.sha256, name=found.name)


def _images(slug: str) -> str:
    return url_for("challenges.image", slug=slug, name="-").removesuffix("-")


@bp.post("/challenges/<slug>/join")
@access(Who.CONFIRMED)
def join(slug: str) -> BaseResponse:
    """Take part, and accept the rules by that."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        actions.join(session, challenge=challenge, account_id=viewer().account_id, now=now())
        session.commit()
    flash(_("You take part in %(title)s.", title=challenge.title), "success")
    after = url_for("challenges.tab", slug=slug, tab="data")
    return redirect(safe_path(request.form.get("next"), after), 303)


def _page(slug: str, tab: str | None) -> str:
    session = reading()
    challenge = challenge_by_slug(session, slug)
    page = tab_page(session, challenge, tab)
    frame = challenge_frame(session, slug=slug, viewer=viewer(), now=now(), active=page.slug)
    assert challenge.id is not None
    return render_template(
        TEMPLATES.get(page.slug, "challenges/page.html"),
        **frame.context(),
        html=rendered(page.body(challenge.title), _images(slug)),
        files=files_of(session, challenge.id) if page.slug == "data" else (),
        accepted=accepted_rules(session, frame.participation),
        base_url=services().settings.base_url.rstrip("/"),
        **given_to(frame, page.slug),
    )
