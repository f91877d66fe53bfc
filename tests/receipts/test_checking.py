"""A receipt is confirmed by its server's key alone, and only as it was signed, byte for byte."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.receipts.checking import NotConfirmed, confirmed, read_keys, require_file
from server.receipts.keys import key_id, public_bytes
from server.receipts.schemas import KeyOut, KeysOut, ReceiptBody
from server.shared.canonical import canonical_json

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
BODY = {
    "format": "varsity-receipt/1",
    "issuer": "https://varsity.example",
    "kid": key_id(KEY.public_key()),
    "issued_at": "2026-11-20T12:00:00.000000Z",
    "received": {
        "submission": 7,
        "challenge": "digits",
        "phase": "a",
        "team": {"id": 1, "name": "熊猫 “Pandas”"},
        "filename": "predictions.csv",
        "size": 12,
        "sha256": "a" * 64,
        "received_at": "2026-11-20T11:00:00.123456Z",
        "late": False,
    },
    "result": {
        "state": "scored",
        "scored_at": "2026-11-20T11:00:02.000001Z",
        "evaluation": 1,
        "scorer": "accuracy",
        "scorer_version": "1",
        "score": {"value": 1.0, "interval": [0.1 + 0.2, 1e-7], "method": "x", "also": {}},
        "private_score": None,
        "message": None,
        "withdrawn_at": None,
        "disqualified_at": None,
    },
    "log_head": {"number": 3, "hash": "b" * 64},
}


def listed(*keys: Ed25519PrivateKey) -> bytes:
    entries = [
        KeyOut(
            kid=key_id(key.public_key()),
            key=base64.b64encode(public_bytes(key.public_key())).decode(),
            since="2026-11-01T00:00:00.000000Z",
        )
        for key in keys
    ]
    return KeysOut(issuer="https://varsity.example", keys=entries).model_dump_json().encode()


def signed(body, key=KEY) -> dict:
    signature = base64.b64encode(key.sign(canonical_json(body))).decode()
    return {"receipt": body, "signature": signature}


def text(document, **options) -> bytes:
    return json.dumps(document, ensure_ascii=False, **options).encode()


# The last digit of a number that no float64 tells from its neighbour: it says the same.
SAME_NUMBER = text(signed(BODY)).replace(b"0.30000000000000004", b"0.30000000000000005")


def check(data: bytes, keys: bytes = b"") -> ReceiptBody:
    return confirmed(data, read_keys(keys or listed(KEY)))


def refused(data: bytes, keys: bytes = b"") -> str:
    with pytest.raises(NotConfirmed) as error:
        check(data, keys)
    return str(error.value)


@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"sort_keys": True, "indent": 7}])
def test_a_receipt_is_confirmed_however_its_text_is_laid_out(options):
    assert check(text(signed(BODY), **options)).model_dump(mode="json") == BODY


def test_no_byte_of_a_receipt_can_be_changed_in_what_it_says():
    whole = text(signed(BODY))
    assert check(whole)
    for place, byte in enumerate(whole):
        # The neighbour of a digit is a digit, of a letter mostly a letter.
        changed = whole[:place] + bytes([byte ^ 1]) + whole[place + 1 :]
        if changed != SAME_NUMBER:
            assert refused(changed), place
    assert json.loads(SAME_NUMBER) == json.loads(whole)
    assert check(SAME_NUMBER)


def test_a_key_of_another_server_confirms_nothing():
    assert "not among the keys" in refused(text(signed(BODY)), listed(OTHER))


def test_a_signature_by_another_listed_key_confirms_nothing():
    forged = text(signed(BODY, OTHER))
    assert "signature does not fit" in refused(forged, listed(KEY, OTHER))


def test_an_older_key_still_confirms_after_a_newer_one():
    assert check(text(signed(BODY)), listed(OTHER, KEY)).received.submission == 7


def test_a_list_can_not_give_a_key_the_name_of_another():
    entry = json.loads(listed(OTHER))
    entry["keys"][0]["kid"] = key_id(KEY.public_key())
    assert "is not the name of its key" in refused(text(signed(BODY, OTHER)), text(entry))


ODD = {
    "nothing": b"",
    "no object": b"[]",
    "no receipt": b'{"receipt": {}, "signature": ""}',
    "no text": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "a word for the body": b'{"receipt": "x", "signature": "x"}',
    "a number for the signature": text({**signed(BODY), "signature": 7}),
    "an empty signature": text({**signed(BODY), "signature": ""}),
    "words beside it": text({**signed(BODY), "note": "the score is 2.0"}),
    "a key twice": text(signed(BODY)).replace(b'"size": 12', b'"size": 12, "size": 12'),
    "no number": text(signed(BODY)).replace(b'"size": 12', b'"size": NaN'),
    "too large": b" " * 1_000_001,
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_what_is_no_receipt_is_refused_in_words(data):
    assert refused(data)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"issuer": "x", "keys": [{"kid": "x", "key": "x", "since": ""}]}']
)
def test_what_is_no_list_of_keys_is_refused_in_words(data):
    assert "list of keys" in refused(text(signed(BODY)), data or b"x")


def test_a_form_that_is_not_known_is_told_from_a_forgery():
    later = {**BODY, "format": "varsity-receipt/2"}
    assert "newer version" in refused(text(signed(later)))


def test_base64_has_one_form():
    document = signed(BODY)
    for character in "ABCDEFGH":
        other = document["signature"][:-3] + character + "=="
        if other != document["signature"]:
            assert refused(text({**document, "signature": other}))


@pytest.mark.parametrize(("digest", "size"), [("b" * 64, 12), ("a" * 64, 13)])
def test_another_file_is_not_the_one_that_was_received(digest, size):
    received = check(text(signed(BODY))).received
    require_file(received, "a" * 64, 12)
    with pytest.raises(NotConfirmed, match="not the one that was received"):
        require_file(received, digest, size)
