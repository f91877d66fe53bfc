"""JSON route of the certificates room."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.certificates.models import Certificate
from server.certificates.queries import successor_of
from server.certificates.rules import Reason, State, shown_code
from server.certificates.schemas import SignedCertificate
from server.certificates.views import certificate_to_send, found_certificate
from server.shared.access import Who, access
from server.shared.errors import Forbidden, NotFound
from server.shared.web import reading, viewer

bp = APIBlueprint("certificates_api", __name__, url_prefix="/api/v1", tag="Certificates")


class CertificateOut(BaseModel):
    """Whether a certificate stands, and what was signed."""

    code: str
    state: State
    issued_at: datetime
    ended_at: datetime | None
    reason: Reason | None = Field(description="Why it stands no more.")
    reason_words: str
    replaced_by: str | None = Field(description="The code of the one that took its place.")
    signed: SignedCertificate | None = Field(
        description="Null where its holder hides it, or closed the account."
    )


@bp.get("/certificates/<code>")
@access(Who.EVERYBODY)
@bp.output(CertificateOut)
@bp.doc(summary="Check a certificate", operation_id="certificate", responses=[404])
def certificate(code: str) -> CertificateOut:
    """By its code, in whatever case and with or without dashes: the code is the permission."""
    session = reading()
    found = found_certificate(session, code)
    after = successor_of(session, found)
    return CertificateOut(
        code=shown_code(found.code),
        state=found.state,
        issued_at=found.issued_at,
        ended_at=found.ended_at,
        reason=found.reason,
        reason_words=found.reason_words,
        replaced_by=shown_code(after.code) if after else None,
        signed=_signed(found),
    )


def _signed(found: Certificate) -> SignedCertificate | None:
    try:
        return certificate_to_send(reading(), found, viewer())
    except (Forbidden, NotFound):
        return None
