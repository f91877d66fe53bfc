"""Refusals that carry a message for their reader.

A message is an English sentence and the id of its translation; values are filled in
when it is shown, so that the same exception can be read in any language.
"""

from typing import NamedTuple


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class FieldError(NamedTuple):
    """One field of a form or a body that was not accepted."""

    field: str
    message: str


class DomainError(Exception):
    """A refusal. `message` may hold `%(name)s` places, filled from `values`."""

    status = 400
    code = "bad-request"

    def __init__(
        self, message: str, *, code: str | None = None, field: str | None = None, **values: object
    ) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
        self.field = field
        self.code = code or type(self).code


class Invalid(DomainError):
    """The input is not acceptable as it stands: the sender can mend it."""

    status = 422
    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        errors: tuple[FieldError, ...] = (),
        code: str | None = None,
        field: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(message, code=code, field=field, **values)
        self.errors = errors


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token is unknown or revoked."""

    status = 401
    code = "not-signed-in"


class Forbidden(DomainError):
    """Signed in, but not the one who may."""

    status = 403
    code = "forbidden"


class SecondFactorNeeded(Forbidden):
    """Signed in and the right one, but with a password alone where this asks for more."""

    code = "second-factor-needed"


class NotFound(DomainError):
    """There is no such thing, or none that the asker may know of."""

    status = 404
    code = "not-found"


class Conflict(DomainError):
    """The state of things does not allow it now (a quota, a closed phase, a taken name)."""

    status = 409
    code = "conflict"


class TooSlow(DomainError):
    """What was sent did not arrive whole in the time that it may take."""

    status = 408
    code = "upload-timeout"


class TooLarge(DomainError):
    """More bytes than allowed."""

    status = 413
    code = "too-large"


class TooFast(DomainError):
    """More requests than allowed in the time."""

    status = 429
    code = "too-fast"


class Unavailable(DomainError):
    """We can't serve it now; trying again later helps."""

    status = 503
    code = "unavailable"
