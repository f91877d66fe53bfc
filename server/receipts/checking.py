"""Checks a receipt without a server: the list of keys is all that it needs."""

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ValidationError

from server.receipts.keys import key_id
from server.receipts.schemas import FORMAT, KeysOut, ReceiptBody, ReceiptReceived
from server.shared.canonical import canonical_json

Model = TypeVar("Model", bound=BaseModel)
# Of receipts and lists of keys; nobody's is near it.
LARGEST = 1_000_000


class NotConfirmed(Exception):
    """What a receipt says is not confirmed; the message says why."""


class OtherFile(NotConfirmed):
    """The receipt is right, and is not that of the file."""


class Key(NamedTuple):
    """A public key of a list, and since when the server had it."""

    public: Ed25519PublicKey
    since: str


class Keys(NamedTuple):
    """The keys of a server, by name."""

    issuer: str
    by_kid: Mapping[str, Key]


def read_keys(data: bytes) -> Keys:
    """Read a list of keys. Raises NotConfirmed where it is none."""
    listed = _model(KeysOut, _json(data, "The list of keys"), "The list of keys")
    by_kid = {}
    for entry in listed.keys:
        try:
            public = Ed25519PublicKey.from_public_bytes(_base64(entry.key))
        except ValueError as error:
            raise NotConfirmed(f"The list of keys: {entry.kid} is no Ed25519 key.") from error
        if key_id(public) != entry.kid:
            raise NotConfirmed(f"The list of keys: {entry.kid} is not the name of its key.")
        by_kid[entry.kid] = Key(public, entry.since)
    return Keys(listed.issuer, by_kid)


def confirmed(data: bytes, keys: Keys) -> ReceiptBody:
    """Return what a receipt states, once its signature by one of the keys is confirmed.

    Raises:
        NotConfirmed: it is no receipt, its key is not listed, or it is not what was signed.
    """
    return signed_body(data, keys, "receipt", FORMAT, ReceiptBody)


def signed_body(data: bytes, keys: Keys, what: str, form: str, model: type[Model]) -> Model:
    """Return what a signed document states; `what` is the name of its part that is signed.

    Raises:
        NotConfirmed: it is no such document, its key is not listed, or it is not what was signed.
    """
    document = _json(data, "The file")
    # Words beside what is signed would look as if they were signed too.
    if not isinstance(document, dict) or document.keys() != {what, "signature"}:
        raise NotConfirmed(f"The file is no {what}: one has a “{what}” and a “signature”.")
    body = document[what]
    kid = body.get("kid") if isinstance(body, dict) else None
    if not isinstance(kid, str) or kid not in keys.by_kid:
        raise NotConfirmed(
            f"The {what} names the key {kid!r}, which is not among the keys of {keys.issuer}: "
            f"it is not a {what} of that server, or the list of keys is older than the key."
        )
    _verify(keys.by_kid[kid].public, body, document["signature"], what)
    if body.get("format") != form:
        raise NotConfirmed(
            f"The signature is right, and the form {body.get('format')!r} is not known here. "
            "Check it with a newer version of this program."
        )
    return _model(model, body, f"The {what}")


def require_file(received: ReceiptReceived, digest: str, size: int) -> None:
    """Raise OtherFile unless a file is, by its sha256 and size, the one that was received."""
    if (received.sha256, received.size) != (digest, size):
        raise OtherFile(
            f"The file is not the one that was received: it has {size:,} bytes and the sha256 "
            f"{digest}; received were {received.size:,} bytes with the sha256 {received.sha256}."
        )


def _verify(key: Ed25519PublicKey, body: Any, signature: Any, what: str) -> None:
    try:
        key.verify(_base64(signature), canonical_json(body))
    except (InvalidSignature, ValueError, TypeError, RecursionError) as error:
        raise NotConfirmed(
            f"The signature does not fit: the {what} is not what the server signed. Something in "
            "it was changed, or it was never signed by this key."
        ) from error


def _base64(text: Any) -> bytes:
    data = base64.b64decode(text, validate=True)
    # One value has one form: the last character may hold bits that mean nothing.
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not the one form of its bytes in base64")
    return data


def _json(data: bytes, what: str) -> Any:
    if len(data) > LARGEST:
        raise NotConfirmed(f"{what} is too large: {len(data):,} bytes.")
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise NotConfirmed(f"{what} is not JSON that can be read: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Take an object whose keys are all different: readers disagree which of two is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _model(model: type[Model], document: Any, what: str) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NotConfirmed(f"{what} can't be read: {where}: {first['msg']}") from error
