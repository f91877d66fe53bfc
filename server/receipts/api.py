"""JSON route of the receipts room."""

from apiflask import APIBlueprint

from server.receipts.actions import signed_receipt
from server.receipts.schemas import ReceiptOut
from server.shared.access import Who, access
from server.shared.web import now, reading, services

bp = APIBlueprint("receipts_api", __name__, url_prefix="/api/v1", tag="Submissions")


@bp.get("/submissions/<int:submission_id>/receipt")
@access(Who.SUBMISSION_TEAM)
@bp.output(ReceiptOut)
@bp.doc(summary="Get a signed receipt", operation_id="receipt", responses=[401, 404, 409, 503])
def receipt(submission_id: int) -> ReceiptOut:
    """For a submission that is scored or rejected: what was received and what was said of it."""
    return signed_receipt(reading(), services().settings, submission_id, now=now())
