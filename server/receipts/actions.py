"""Acts of receipts: sign what a receipt states."""

import base64
from datetime import datetime

import structlog
from sqlmodel import Session

from server.receipts.keys import UnusableKey, key_id, own_key
from server.receipts.listing import is_listed
from server.receipts.queries import receipt_body
from server.receipts.schemas import ReceiptOut
from server.shared.canonical import canonical_json
from server.shared.errors import N_, Unavailable
from server.shared.settings import Settings

log = structlog.get_logger(__name__)
NO_KEY = N_(
    "This server has no key to sign receipts with. The fault is ours, and its operators find it "
    "in the log; your submission and its result are safe. Try again later."
)


def signed_receipt(
    session: Session, settings: Settings, submission_id: int, *, now: datetime
) -> ReceiptOut:
    """Return a submission's receipt, signed.

    Raises:
        NotFound, Conflict: there is no such submission, or it has no result.
        Unavailable: there is no key, or it is not listed, so that nobody could check it.
    """
    try:
        key = own_key(settings)
    except UnusableKey as error:
        log.error("receipt_key_unusable", reason=str(error))
        raise Unavailable(NO_KEY, code="no-receipt-key") from error
    kid = key_id(key.public_key())
    if not is_listed(session, kid):
        log.error("receipt_key_unlisted", kid=kid, remedy="start the web server again")
        raise Unavailable(NO_KEY, code="no-receipt-key")
    body = receipt_body(session, submission_id, issuer=settings.base_url, kid=kid, now=now)
    signature = key.sign(canonical_json(body.model_dump(mode="json")))
    return ReceiptOut(receipt=body, signature=base64.b64encode(signature).decode("ascii"))
