"""Acts of receipts: list this host's key, sign what a receipt states."""

import base64
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from server.receipts.keys import UnusableKey, kept_key, key_id, own_key, public_bytes
from server.receipts.models import ReceiptKey
from server.receipts.queries import is_listed, receipt_body
from server.receipts.schemas import ReceiptOut
from server.shared.canonical import canonical_json
from server.shared.errors import N_, Unavailable
from server.shared.settings import Settings

log = structlog.get_logger(__name__)
NO_KEY = N_(
    "This server has no key to sign receipts with. The fault is ours, and its operators find it "
    "in the log; your submission and its result are safe. Try again later."
)


def list_own_key(session: Session, settings: Settings, *, now: datetime) -> str:
    """Make this host's key where it has none, list its public half, and return its name.

    The caller commits. A key that is listed stays listed: old receipts need it.

    Raises:
        UnusableKey: what is set or kept is no Ed25519 private key.
        OSError: the data folder can't be written.
    """
    public = kept_key(settings).public_key()
    kid, text = key_id(public), base64.b64encode(public_bytes(public)).decode("ascii")
    if not is_listed(session, kid):
        try:
            with session.begin_nested():
                session.add(ReceiptKey(kid=kid, public_key=text, since=now))
        except IntegrityError:
            # Another host that has the same key was first.
            log.info("receipt_key_listed_elsewhere", kid=kid)
    return kid


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
