"""Codes of a second factor: those of a device, by the time, and those on paper, once each."""

import hashlib
import secrets
from base64 import b32encode, urlsafe_b64encode
from datetime import datetime
from urllib.parse import urlsplit

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

STEP_SECONDS = 30
# Clocks of devices are wrong by some seconds, and typing takes some.
DRIFT = 1
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
PURPOSE = b"varsity second factor"


class UnreadableSecret(Exception):
    """A secret was kept under another secret key than the present one."""


def new_secret() -> str:
    """Return 160 random bits in base32, as RFC 4226 recommends them."""
    return pyotp.random_base32(32)


def sealed(secret: str, key: str) -> str:
    """Return a secret as it is kept: encrypted by a key that is derived from the secret key."""
    return _box(key).encrypt(secret.encode()).decode()


def unsealed(kept: str, key: str) -> str:
    """Return a secret that was kept. Raises UnreadableSecret."""
    try:
        return _box(key).decrypt(kept.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def _box(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))


def step_of(now: datetime) -> int:
    """Return the number of the 30 seconds that a moment is in (T of RFC 6238, T0 = 0)."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step whose code this is: the present one, or one before or behind it."""
    generator, present = pyotp.HOTP(secret, digits=DIGITS), step_of(now)
    steps = range(present - DRIFT, present + DRIFT + 1)
    # Each is compared, so that the time tells nothing.
    found = [step for step in steps if secrets.compare_digest(generator.at(step), code)]
    return found[-1] if found else None


def enrolment_address(secret: str, *, email: str, site_name: str, base_url: str) -> str:
    """Return the otpauth:// address that an authenticator app reads from the picture."""
    host = urlsplit(base_url).hostname or ""
    issuer = site_name if host in ("", "localhost", "127.0.0.1") else f"{site_name} ({host})"
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=email, issuer_name=issuer)


def new_recovery_code() -> str:
    """Return 80 random bits, in four groups that can be read aloud and typed."""
    text = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def recovery_digest(account_id: int, code: str) -> str:
    """Return what is kept of a recovery code. 80 random bits need no slow hash."""
    return hashlib.sha256(f"{account_id}:{_typed(code)}".encode()).hexdigest()


def is_device_code(text: str) -> bool:
    """Whether a text looks like a device's code: six digits, with or without a space."""
    typed = _typed(text)
    return len(typed) == DIGITS and typed.isascii() and typed.isdigit()


def device_code(text: str) -> str:
    """Return a device's code without what apps write between its digits."""
    return _typed(text)


def _typed(text: str) -> str:
    return "".join(text.split()).replace("-", "").lower()
