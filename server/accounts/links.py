"""What the links in our messages carry: signed, expiring, each good for one purpose."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from server.accounts.models import Account
from server.accounts.rules import CONFIRMATION_LASTS, RESET_LASTS, SECOND_STEP_LASTS, check_link
from server.shared.errors import N_, Invalid
from server.shared.signing import Signer

CONFIRM = "accounts.confirm"
RESET = "accounts.reset"
SECOND_STEP = "accounts.second-step"
CHANGE_EMAIL = "accounts.change-email"


class Confirmation(NamedTuple):
    """Somebody reads the mail of an address; `nonce` names the browser that signed up with it."""

    account_id: int
    email: str
    nonce: str


class ResetLink(NamedTuple):
    """Somebody who reads the mail of the account's address may choose its password, once."""

    account_id: int
    session_version: int
    email: str


class EmailChange(NamedTuple):
    """Somebody reads the mail of the address that an account wants to have, once."""

    account_id: int
    session_version: int
    before: str
    after: str


class HalfSignedIn(NamedTuple):
    """Somebody gave the account's password and has yet to type a code; a new password voids it."""

    account_id: int
    session_version: int


def sign_confirmation(signer: Signer, account: Account, nonce: str, now: datetime) -> str:
    """Return a token that proves that mail to the account's address is read."""
    return _sign(signer, CONFIRM, now, [account.id, account.email, nonce])


def read_confirmation(signer: Signer, token: str, now: datetime) -> Confirmation:
    """Return what a confirmation link says. Raises Invalid."""
    return Confirmation(*_read(signer, CONFIRM, token, now, CONFIRMATION_LASTS))


def sign_reset(signer: Signer, account: Account, now: datetime) -> str:
    """Return a token that lets its reader choose a password; using it makes it void."""
    return _sign(signer, RESET, now, [account.id, account.session_version, account.email])


def read_reset(signer: Signer, token: str, now: datetime) -> ResetLink:
    """Return what a reset link says. Raises Invalid."""
    return ResetLink(*_read(signer, RESET, token, now, RESET_LASTS))


def sign_email_change(signer: Signer, account: Account, email: str, now: datetime) -> str:
    """Return a token that proves that mail to a new address is read."""
    value = [account.id, account.session_version, account.email, email]
    return _sign(signer, CHANGE_EMAIL, now, value)


def read_email_change(signer: Signer, token: str, now: datetime) -> EmailChange:
    """Return what a link to a new address says. Raises Invalid."""
    return EmailChange(*_read(signer, CHANGE_EMAIL, token, now, CONFIRMATION_LASTS))


def sign_half(signer: Signer, account: Account, now: datetime) -> str:
    """Return a token that says whose password this browser gave; it opens nothing by itself."""
    return _sign(signer, SECOND_STEP, now, [account.id, account.session_version])


def read_half(signer: Signer, token: str, now: datetime) -> HalfSignedIn:
    """Return who has to type a code. Raises Invalid."""
    return HalfSignedIn(*_read(signer, SECOND_STEP, token, now, SECOND_STEP_LASTS))


def used() -> Invalid:
    """Return the refusal of a link that was right once."""
    return Invalid(
        N_("This link was used already, or another one took its place."), code="link-used"
    )


def _sign(signer: Signer, purpose: str, now: datetime, value: list[Any]) -> str:
    return signer.sign(purpose, [now.timestamp(), *value])


def _read(signer: Signer, purpose: str, token: str, now: datetime, lasts: timedelta) -> list[Any]:
    issued: float
    value: list[Any]
    issued, *value = signer.read(purpose, token, seconds=int(lasts.total_seconds()))
    check_link(datetime.fromtimestamp(issued, UTC), now, lasts)
    return value
