"""A submission's receipt as a file, and the public keys that it is checked with."""

from flask import Blueprint, Response, jsonify

from server.receipts.actions import signed_receipt
from server.receipts.queries import listed_keys
from server.shared.access import Who, access
from server.shared.web import now, reading, services

bp = Blueprint("receipts", __name__)


@bp.get("/submissions/<int:submission_id>/receipt.json")
@access(Who.SUBMISSION_TEAM)
def receipt(submission_id: int) -> Response:
    """Send the signed receipt of a submission as a file."""
    made = signed_receipt(reading(), services().settings, submission_id, now=now())
    response = Response(made.model_dump_json(indent=2) + "\n", mimetype="application/json")
    name = f"receipt-{submission_id}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.get("/.well-known/varsity-keys.json")
@access(Who.EVERYBODY)
def keys() -> Response:
    """List the public keys of receipts."""
    listed = listed_keys(reading(), issuer=services().settings.base_url)
    return jsonify(listed.model_dump(mode="json"))
