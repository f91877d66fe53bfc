"""Pages of kits: what is in a challenge's files, and its starter kit."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.blueprints import BlueprintSetupState

from server.challenges.file_queries import file_to_download, files_of, require_files
from server.challenges.queries import challenge_by_slug, challenge_frame
from server.challenges.tab_contexts import add_to_tab
from server.challenges.views import Frame
from server.kits.kit import Contents, kit_of
from server.kits.queries import views_of_files
from server.kits.snippets import Snippets, snippets_of
from server.kits.views import COLUMNS_ON_TAB, ROWS_ON_TAB, contents_for, data_tab
from server.kits.zipping import version_of, zip_stream
from server.shared.access import Who, access
from server.shared.limits import asker, limiter
from server.shared.paging import clamp
from server.shared.web import now, reading, services, viewer

bp = Blueprint("kits", __name__)
COLUMNS_A_PAGE = 50
# Each is packed anew.
KITS = "30 per minute"


@bp.record_once
def _add_to_the_tab(state: BlueprintSetupState) -> None:
    # The tab's route is in a lower room, since any page of Markdown can be a challenge's first.
    add_to_tab(state.app, "data", _of_the_data)
    add_to_tab(state.app, "submit", _of_the_form)


def _of_the_data(frame: Frame) -> dict[str, Any]:
    data = data_tab(reading(), frame)
    return {
        "data": data,
        "snippets": _snippets(data.contents),
        "columns_on_tab": COLUMNS_ON_TAB,
        "rows_on_tab": ROWS_ON_TAB,
    }


def _of_the_form(frame: Frame) -> dict[str, Any]:
    files = files_of(reading(), frame.challenge.id or 0)
    return {"snippets": _snippets(contents_for(frame, files))}


def _snippets(contents: Contents) -> Snippets:
    return snippets_of(contents, base_url=services().settings.base_url.rstrip("/"))


@bp.get("/challenges/<slug>/preview/<path:name>")
@access(Who.SEES_CHALLENGE)
def preview(slug: str, name: str) -> str:
    """Show what is in a file, to somebody who may download it."""
    session = reading()
    file = file_to_download(session, slug=slug, name=name, viewer=viewer())
    frame = challenge_frame(session, slug=slug, viewer=viewer(), now=now(), active="data")
    page, per_page = clamp(request.args.get("page", 1, int), COLUMNS_A_PAGE)
    return render_template(
        "kits/preview.html",
        **frame.context(),
        view=views_of_files(session, [file])[0],
        page=page,
        per_page=per_page,
    )


@bp.get("/challenges/<slug>/starter-kit.zip")
@access(Who.SEES_CHALLENGE)
@limiter.limit(KITS, key_func=asker)
def starter_kit(slug: str) -> Response:
    """Send a challenge's starter kit to somebody who may download its files."""
    session = reading()
    require_files(session, challenge_by_slug(session, slug), viewer())
    frame = challenge_frame(session, slug=slug, viewer=viewer(), now=now(), active="data")
    base_url = services().settings.base_url.rstrip("/")
    members = kit_of(session, frame, base_url=base_url)
    version = version_of(members)
    headers = {"ETag": f'"{version}"', "Cache-Control": "private, no-cache"}
    if request.if_none_match.contains_weak(version):
        return Response(status=304, headers=headers)
    body = () if request.method == "HEAD" else zip_stream(members, services().files)
    response = Response(body, mimetype="application/zip", headers=headers)
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug}-starter-kit.zip")
    return response
