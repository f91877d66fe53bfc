"""Signed, expiring links: what an e-mail carries to prove that it was read."""

from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from server.shared.errors import N_, Invalid


class Signer:
    """Signs small values for one purpose; a link of one purpose is no link of another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: str, value: Any) -> str:
        """Return a URL-safe token that carries the value."""
        return URLSafeTimedSerializer(self._secret, salt=purpose).dumps(value)

    def read(self, purpose: str, token: str, *, seconds: int) -> Any:
        """Return the value of a token not older than `seconds`.

        Raises:
            Invalid: it was changed, is of another purpose, or has expired.
        """
        try:
            return URLSafeTimedSerializer(self._secret, salt=purpose).loads(token, max_age=seconds)
        except SignatureExpired as error:
            raise Invalid(
                N_("This link has expired. Ask for a new one."), code="link-expired"
            ) from error
        except BadSignature as error:
            raise Invalid(
                N_("This link is damaged. Copy it whole from the message."), code="link-invalid"
            ) from error
