"""Signs certificates with the key that signs receipts, and gives them their codes."""

import base64
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.certificates.rules import new_code, shown_code
from server.certificates.schemas import CertificateBody, CertificateFacts, SignedCertificate
from server.receipts.keys import kept_key, key_id
from server.receipts.listing import list_own_key
from server.shared.canonical import canonical_json, moment_text
from server.shared.database import Database
from server.shared.settings import Settings


class Pen(NamedTuple):
    """What certificates are signed with: a listed key, and the server's address."""

    key: Ed25519PrivateKey
    issuer: str

    def sign(self, facts: CertificateFacts, *, now: datetime) -> SignedCertificate:
        """Return facts as a signed certificate with a new code."""
        body = CertificateBody(
            **facts.model_dump(),
            issuer=self.issuer,
            kid=key_id(self.key.public_key()),
            code=shown_code(new_code()),
            issued_at=moment_text(now),
        )
        signature = self.key.sign(canonical_json(body.model_dump(mode="json")))
        return SignedCertificate(
            certificate=body, signature=base64.b64encode(signature).decode("ascii")
        )


def listed_pen(database: Database, settings: Settings, *, now: datetime) -> Pen:
    """Return this host's pen, once its key is on the public list: else nobody could check it.

    Raises:
        UnusableKey: what is set or kept is no Ed25519 private key.
        OSError: the data folder can't be written.
    """
    key = kept_key(settings)
    with database.writing() as session:
        list_own_key(session, settings, now=now)
        session.commit()
    return Pen(key, settings.base_url)
