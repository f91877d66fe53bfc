"""The public list of keys: a host puts its own on it before the web starts. Loads no Flask."""

import base64
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from server.receipts.keys import UnusableKey, kept_key, key_id, own_key, public_bytes
from server.receipts.models import ReceiptKey
from server.shared.settings import Settings

log = structlog.get_logger(__name__)


def is_listed(session: Session, kid: str) -> bool:
    """Whether readers can find the public half of a key."""
    return session.get(ReceiptKey, kid) is not None


def signs_as_another(session: Session, settings: Settings) -> bool:
    """Whether receipts were signed here with keys of which this host has none: it is restored."""
    if session.exec(select(ReceiptKey.kid).limit(1)).first() is None:
        return False
    try:
        return not is_listed(session, key_id(own_key(settings).public_key()))
    except UnusableKey:
        return True


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
