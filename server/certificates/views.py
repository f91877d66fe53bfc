"""A certificate as its page shows it: the facts that may be seen, and whether they stand."""

import json
from dataclasses import dataclass

import segno
from sqlmodel import Session

from server.accounts.models import Account
from server.certificates.checking import confirmed_certificate
from server.certificates.models import Certificate
from server.certificates.paper import fingerprint, signed_json, signed_of
from server.certificates.queries import certificate_by_code, certificate_by_id, successor_of
from server.certificates.rules import Kind, State, shown_code, typed_code
from server.certificates.schemas import CertificateBody, SignedCertificate
from server.receipts.checking import NotConfirmed, read_keys
from server.receipts.queries import listed_keys
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound

NO_CODE = N_(
    "This is no code of a certificate: a character is wrong or missing. A code has four groups of "
    "four, and none of the characters 0, 1, I, L and O."
)
UNKNOWN = N_("No certificate of this server has this code.")
HIDDEN = N_("The holder of this certificate shows it to nobody at present.")


@dataclass(frozen=True)
class CertificateView:
    """What its page shows. `body` is None where the holder hides it, or the account is closed.

    `successor` and `predecessor` are the codes of the ones that took its place, or gave it.
    """

    certificate: Certificate
    body: CertificateBody | None
    fingerprint: str
    signed: bool
    own: bool
    successor: str
    predecessor: str

    @property
    def code(self) -> str:
        """The code in its groups."""
        return shown_code(self.certificate.code)

    @property
    def state(self) -> State:
        """Whether it stands; that of a closed account does not, before any job has seen to it."""
        return self.certificate.state

    @property
    def is_hidden(self) -> bool:
        """Whether its holder shows it to nobody."""
        return self.certificate.hidden_at is not None


def require_code(text: str) -> str:
    """Return a code as it is kept. Raises NotFound that says what is wrong with a mistyped one."""
    code = typed_code(text[:100])
    if code is None:
        raise NotFound(NO_CODE, code="mistyped")
    return code


def found_certificate(session: Session, text: str) -> Certificate:
    """Return the certificate of a code as somebody typed it. Raises NotFound."""
    certificate = certificate_by_code(session, require_code(text))
    if certificate is None:
        raise NotFound(UNKNOWN)
    return certificate


def certificate_view(session: Session, certificate: Certificate, viewer: Viewer) -> CertificateView:
    """Return what a viewer may see of a certificate."""
    own = viewer.id is not None and viewer.id == certificate.account_id
    hidden = certificate.hidden_at is not None and not (own or viewer.is_admin)
    signed = None if hidden else signed_certificate(session, certificate)
    before = certificate.replaces
    return CertificateView(
        certificate=certificate,
        body=signed.certificate if signed else None,
        fingerprint=fingerprint(signed) if signed else "",
        signed=signed is not None and is_confirmed(session, signed),
        own=own,
        successor=_code(successor_of(session, certificate)),
        predecessor=_code(certificate_by_id(session, before) if before else None),
    )


def _code(certificate: Certificate | None) -> str:
    return shown_code(certificate.code) if certificate else ""


def signed_certificate(session: Session, certificate: Certificate) -> SignedCertificate | None:
    """Return a certificate as it was signed; None where its holder's account is closed."""
    account = session.get(Account, certificate.account_id)
    closed = account is None or account.closed_at is not None
    if closed or certificate.state is State.WITHDRAWN:
        return None
    return signed_of(certificate)


def certificate_to_send(
    session: Session, certificate: Certificate, viewer: Viewer
) -> SignedCertificate:
    """Return a certificate that a viewer may have as a file.

    Raises:
        Forbidden: its holder hides it.
        NotFound: its holder's account is closed.
    """
    if certificate.hidden_at and viewer.id != certificate.account_id and not viewer.is_admin:
        raise Forbidden(HIDDEN)
    signed = signed_certificate(session, certificate)
    if signed is None:
        raise NotFound(N_("This certificate was withdrawn with the account of its holder."))
    return signed


def is_confirmed(session: Session, signed: SignedCertificate) -> bool:
    """Whether the signature is right and its key is on the public list."""
    issuer = signed.certificate.issuer
    keys = read_keys(json.dumps(listed_keys(session, issuer=issuer).model_dump()).encode())
    try:
        confirmed_certificate(signed_json(signed), keys)
    except NotConfirmed:
        return False
    return True


def qr_code(url: str) -> str:
    """Return a QR code as an address that an image can have."""
    return str(segno.make_qr(url, error="m").svg_data_uri(scale=4, border=2, light="#fff"))


def in_a_word(body: CertificateBody) -> str:
    """Return what a certificate is for: its challenge or its standard."""
    if body.kind is Kind.LEVEL and body.level is not None:
        return body.level.title
    return body.challenge.title if body.challenge else ""
