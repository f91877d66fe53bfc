"""Passwords as they are kept: Argon2id, a few at a time."""

from threading import BoundedSemaphore
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.accounts.password_rules import prepared

HASHER = PasswordHasher()
# Each hash takes 64 MB for a sixth of a second: a burst must wait, not exhaust the machine.
AT_ONCE = BoundedSemaphore(4)
# Verified when the account is unknown, so that the answer takes as long as for a known one.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5IGhhcyB0aGlzIQ"
    "$4bxKFffSNNr/GNIN3iMDSYT4+AxYaZJNzNZOC7vFzHU"
)


class Verdict(NamedTuple):
    """Whether a password is right, and what to keep from now on if the parameters changed."""

    right: bool
    new_hash: str | None = None


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with AT_ONCE:
        return HASHER.hash(prepared(password))


def judge_password(kept: str | None, password: str) -> Verdict:
    """Compare a password with what is kept of it; nothing kept takes as long and is wrong."""
    text = prepared(password)
    try:
        with AT_ONCE:
            HASHER.verify(kept or NOBODY, text)
    except (VerificationError, InvalidHashError):
        return Verdict(right=False)
    if not kept:
        return Verdict(right=False)
    return Verdict(right=True, new_hash=hash_password(password) if _outdated(kept) else None)


def _outdated(kept: str) -> bool:
    return HASHER.check_needs_rehash(kept)
