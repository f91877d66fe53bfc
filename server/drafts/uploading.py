"""What the steps that take files have in common: limits, who does it, and where one goes then."""

from typing import Any

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from server.drafts.desk import Desk
from server.drafts.filing import By
from server.drafts.queries import of_kind
from server.drafts.rules import FileKind, FileState, Step
from server.drafts.serving import address
from server.shared.web import now, services, viewer

# What a page that waits for its files waits for.
UNTIL = "settled"
WAITS = (FileState.STORED, FileState.ARRIVING)


def upload_limit(_session: object, _arguments: dict[str, Any]) -> int:
    """Return the most bytes of an upload."""
    return services().settings.max_upload_bytes


def by_viewer() -> By:
    """Return who asks, and when."""
    return By(viewer().account_id, now())


def gone(draft_id: int, step: Step) -> BaseResponse:
    """Send to a step whoever uploaded, with script or without."""
    target = address(draft_id, step)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return jsonify(location=target)
    return redirect(target, 303)


def state_of(desk: Desk, kind: FileKind) -> str:
    """Return which files of a kind are still looked at, or that none is."""
    waiting = [str(f.id) for f in of_kind(desk.files, kind) if f.state in WAITS]
    return ",".join(waiting) or UNTIL
