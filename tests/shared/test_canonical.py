"""One value, one text: the examples of RFC 8785, and whatever JSON can hold."""

import json
import math
import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.shared.canonical import canonical_json, moment_text

# RFC 8785, appendix B: the bits of a number, and how it is written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
# Section 3.2.3: the order of keys is that of their UTF-16 units.
KEYS = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_written_as_the_standard_lists_them(bits, text):
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_json(value) == text.encode()


def test_keys_stand_in_the_order_of_their_utf_16_units():
    text = canonical_json(dict.fromkeys(reversed(KEYS), 1)).decode()
    assert list(json.loads(text)) == KEYS


def test_the_example_of_the_standard_is_written_as_it_stands_there():
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],'
        '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(value).decode() == expected


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(value=VALUES)
def test_nothing_is_lost_and_nothing_depends_on_what_was_in_between(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    for kept in (json.dumps(value), json.dumps(value, indent=3, ensure_ascii=False), text):
        assert canonical_json(json.loads(kept)) == text


@pytest.mark.parametrize("odd", [math.nan, -math.inf, "half \ud800 a character", "\x00"])
def test_what_a_log_may_hold_beyond_the_standard_is_written_too(odd):
    assert canonical_json({"x": odd}) == canonical_json(json.loads(json.dumps({"x": odd})))


@pytest.mark.parametrize("strange", [b"bytes", {1, 2}, datetime(2026, 1, 1, tzinfo=UTC)])
def test_what_json_has_no_form_for_is_refused(strange):
    with pytest.raises(TypeError, match="no form"):
        canonical_json([strange])


def test_a_moment_is_written_in_utc_to_the_microsecond():
    east = timezone(timedelta(hours=8))
    assert moment_text(datetime(2026, 11, 20, 20, tzinfo=east)) == "2026-11-20T12:00:00.000000Z"
    with pytest.raises(ValueError, match="without a zone"):
        moment_text(datetime(2026, 11, 20))  # noqa: DTZ001
