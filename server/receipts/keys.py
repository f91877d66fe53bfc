"""The key that signs receipts: read from the setting or the data folder, made where it is missing.

An Ed25519 key (RFC 8032). Its name, the `kid`, is made from the public half, so that no list can
give a key another's name.
"""

import base64
import binascii
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.shared.kept import kept_text
from server.shared.settings import Settings

KEY_FILE = "receipt_key.pem"
KEY_BYTES = 32
KID_DIGITS = 16


class UnusableKey(Exception):
    """The private key is missing or is none; said to operators."""


def own_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key of this host. Raises UnusableKey where it is missing or can't be read."""
    if settings.receipt_key:
        return _read(settings.receipt_key, "VARSITY_RECEIPT_KEY")
    path = settings.data_dir / KEY_FILE
    try:
        return _read(path.read_text("ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableKey(f"{path} can't be read: {error}") from error


def kept_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key of this host, made and kept in the data folder where none is set.

    Raises:
        UnusableKey: what is set or kept is no Ed25519 private key.
        OSError: the data folder can't be written.
    """
    if settings.receipt_key:
        return own_key(settings)
    path = settings.data_dir / KEY_FILE
    return _read(kept_text(path, _new_pem), str(path))


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """Return the 32 bytes of a public key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key."""
    return sha256(public_bytes(key)).hexdigest()[:KID_DIGITS]


def _new_pem() -> str:
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode("ascii")
    )


def _read(text: str, where: str) -> Ed25519PrivateKey:
    try:
        if "BEGIN" not in text:
            return Ed25519PrivateKey.from_private_bytes(_seed(text))
        # Where a setting must be one line, its line ends are written as backslash and n.
        pem = text.replace("\\n", "\n").encode("ascii")
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # What is wrong with it is not said: the words might hold a part of the key.
        raise UnusableKey(f"{where} is no Ed25519 private key in PEM or base64.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"{where} is a private key, and not an Ed25519 one.")
    return key


def _seed(text: str) -> bytes:
    try:
        seed = base64.b64decode(text.strip().translate({45: "+", 95: "/"}), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(seed) != KEY_BYTES:
        raise ValueError(f"{len(seed)} bytes")
    return seed
