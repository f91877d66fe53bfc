"""The key of receipts: kept, set, listed for ever; and what is none is said without its text."""

import base64
import stat
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.receipts.keys import KEY_FILE, UnusableKey, kept_key, key_id, own_key
from server.receipts.listing import list_own_key
from server.receipts.queries import listed_keys
from tests.cast import NOON

SEED = bytes(range(32))


def pem(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def test_a_key_is_made_once_and_readable_by_its_owner_alone(settings):
    made = key_id(kept_key(settings).public_key())
    path = settings.data_dir / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_id(kept_key(settings).public_key()) == made
    assert key_id(own_key(settings).public_key()) == made


def test_a_key_is_not_made_by_looking_for_it(settings):
    with pytest.raises(UnusableKey, match=r"receipt_key\.pem can't be read"):
        own_key(settings)
    assert not (settings.data_dir / KEY_FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(SEED).decode(),
        base64.urlsafe_b64encode(SEED).decode() + "\n",
        pem(Ed25519PrivateKey.from_private_bytes(SEED)),
        pem(Ed25519PrivateKey.from_private_bytes(SEED)).replace("\n", "\\n"),
    ],
    ids=["base64", "urlsafe", "pem", "pem on one line"],
)
def test_a_key_may_be_set_in_several_forms(settings, text):
    settings.receipt_key = text
    expected = key_id(Ed25519PrivateKey.from_private_bytes(SEED).public_key())
    assert key_id(own_key(settings).public_key()) == expected
    assert key_id(kept_key(settings).public_key()) == expected
    assert not (settings.data_dir / KEY_FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        "not base64 at all!",
        base64.b64encode(SEED[:31]).decode(),
        pem(generate_private_key(SECP256R1())),
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
        "-----BEGIN ключ-----",
    ],
    ids=["words", "too short", "another kind", "broken", "not ascii"],
)
def test_what_is_no_key_is_refused_without_a_word_of_it(settings, text):
    settings.receipt_key = text
    with pytest.raises(UnusableKey, match="VARSITY_RECEIPT_KEY is") as refused:
        kept_key(settings)
    assert text.splitlines()[-1][:20] not in str(refused.value)


def test_a_new_key_is_listed_before_the_old_one_which_stays(session, settings):
    old = list_own_key(session, settings, now=NOON)
    assert list_own_key(session, settings, now=NOON + timedelta(days=1)) == old
    (settings.data_dir / KEY_FILE).unlink()
    new = list_own_key(session, settings, now=NOON + timedelta(days=2))
    listed = listed_keys(session, issuer="http://localhost").keys
    assert [(k.kid, k.since) for k in listed] == [
        (new, "2026-11-22T12:00:00.000000Z"),
        (old, "2026-11-20T12:00:00.000000Z"),
    ]


def test_hosts_with_keys_of_their_own_are_all_listed(session, settings, tmp_path):
    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    kids = {list_own_key(session, each, now=NOON) for each in (settings, other)}
    assert {k.kid for k in listed_keys(session, issuer="").keys} == kids
    assert len(kids) == 2
