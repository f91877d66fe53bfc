"""Codes of a device and on paper, against the library's own and the RFC's examples."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from server.accounts import codes

KEY = "a-secret-that-only-the-tests-know-0123456789"
# RFC 6238, appendix B: the secret in base32, moments and the last six digits for SHA-1.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(seconds, code) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert codes.matching_step(RFC_SECRET, code, moment) == seconds // 30


def test_a_code_counts_one_step_before_and_behind_and_no_further() -> None:
    secret = codes.new_secret()
    totp = pyotp.TOTP(secret)
    steps = {
        n: codes.matching_step(secret, totp.at(NOON + timedelta(seconds=30 * n)), NOON)
        for n in range(-3, 4)
    }
    present = codes.step_of(NOON)
    assert [steps[n] for n in (-1, 0, 1)] == [present - 1, present, present + 1]
    assert [steps[n] for n in (-3, -2, 2, 3)] == [None] * 4


def test_what_is_kept_of_a_secret_tells_nothing_without_the_key() -> None:
    secret = codes.new_secret()
    kept = codes.sealed(secret, KEY)
    assert secret not in kept
    assert codes.sealed(secret, KEY) != kept
    assert codes.unsealed(kept, KEY) == secret
    with pytest.raises(codes.UnreadableSecret):
        codes.unsealed(kept, KEY + "!")


def test_a_recovery_code_is_long_and_of_one_account() -> None:
    made = {codes.new_recovery_code() for _ in range(100)}
    assert len(made) == 100
    code = made.pop()
    assert len(code.replace("-", "")) == 16
    assert codes.recovery_digest(1, code) == codes.recovery_digest(1, f" {code.upper()} ")
    assert codes.recovery_digest(1, code) == codes.recovery_digest(1, code.replace("-", ""))
    assert codes.recovery_digest(1, code) != codes.recovery_digest(2, code)


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("123456", True),
        ("123 456", True),
        ("12345", False),
        ("abcd-efgh-ijkl-mnop", False),
        ("١٢٣٤٥٦", False),
        ("", False),
    ],
)
def test_a_device_code_is_six_digits(text, is_code) -> None:
    assert codes.is_device_code(text) is is_code


def test_the_address_for_the_app_names_the_site_and_the_person() -> None:
    address = codes.enrolment_address(
        RFC_SECRET,
        email="wei@tsinghua.example",
        site_name="Varsity",
        base_url="https://ai.tum.example/",
    )
    parsed = pyotp.parse_uri(address)
    assert parsed.name == "wei@tsinghua.example"
    assert parsed.issuer == "Varsity (ai.tum.example)"
    assert parsed.secret == RFC_SECRET
