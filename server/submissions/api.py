"""JSON routes of the submissions room."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel

from server.challenges.downloads import RANGES, send_stored
from server.shared.access import Who, access
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import accepts_upload, reading, services
from server.submissions.queries import submission_by_id
from server.submissions.receiving import admit_upload, end_arrival, receive
from server.submissions.rules import SubmissionState

bp = APIBlueprint("submissions_api", __name__, url_prefix="/api/v1", tag="Submissions")
bp.teardown_request(end_arrival)

# Where the OpenAPI document takes a body from that no schema describes (a file).
UPLOAD_EXTENSION = "x-request-body"
UPLOAD_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "comment": {"type": "string", "maxLength": 500},
                    "phase": {
                        "type": "string",
                        "description": "May be left out when one phase is open.",
                    },
                },
            }
        }
    },
}


class Accepted(BaseModel):
    """A file that was taken: it is stored and queued, whatever happens from here."""

    id: int
    state: SubmissionState
    sha256: str
    size: int
    same_as: int | None


@bp.post("/challenges/<slug>/submissions")
@access(Who.CONFIRMED)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(admit_upload)
@bp.output(Accepted, status_code=202)
@bp.doc(
    summary="Submit a file of predictions",
    operation_id="submit",
    extensions={UPLOAD_EXTENSION: UPLOAD_BODY},
    responses=[401, 403, 404, 408, 409, 413, 422, 429],
)
def submit(slug: str) -> Accepted:
    """Take a file of predictions; a wrong file is taken too, and then rejected with its faults."""
    submitted = receive(slug, alone=False)
    submission, earlier = submitted
    return Accepted(
        id=submission.id or 0,
        state=submission.state,
        sha256=submission.sha256,
        size=submission.size,
        same_as=earlier.id if earlier else None,
    )


@bp.get("/submissions/<int:submission_id>/file")
@access(Who.SUBMISSION_TEAM)
@bp.doc(
    summary="Download a submitted file",
    operation_id="downloadSubmission",
    responses=RANGES,  # type: ignore[arg-type]
)
def file(submission_id: int) -> Response:
    """Give a team its own file back, with range requests."""
    submission = submission_by_id(reading(), submission_id)
    return send_stored(
        request, services().files, sha256=submission.sha256, name=submission.filename
    )
