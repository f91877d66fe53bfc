"""A standard as it is written."""

import pytest

from server.certificates.definition import levels_of, read_standard
from server.certificates.levels import Aim, Level, Named
from server.shared.errors import Invalid

GOOD = """
slug = "ml"
title = "Machine learning"
issuer = "Varsity"

[[advanced]]
test = "surely_beats"
challenges = ["digits/b = logistic regression", "tides"]
at_least = 2
fields = 2

[[advanced]]
test = "top"
challenges = ["digits"]
percent = 12.5
"""


def test_a_standard_is_read_as_it_is_written():
    found = levels_of(read_standard(GOOD.encode()).stored())
    assert list(found) == [Level.ADVANCED]
    surely, top = found[Level.ADVANCED]
    named = (Named("digits", "b", "logistic regression"), Named("tides"))
    assert (surely.test, surely.challenges, surely.at_least) == (Aim.SURELY_BEATS, named, 2)
    assert (top.test, top.percent) == (Aim.TOP, "12.5")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("at_least = 2", "at_least = 3"), "more challenges than it names"),
        (('"tides"', '"digits/b"'), "stands there twice"),
        (("surely_beats", "beats_surely"), "surely_beats"),
        (("percent = 12.5", "percent = 101"), "up to 100"),
        (("percent = 12.5", 'percent = "1e1"'), "up to 100"),
        (("fields = 2", "field = 2"), "Extra inputs"),
        (("[[advanced]]", "[[master]]"), "Extra inputs"),
    ],
)
def test_a_wrong_standard_is_refused_where_it_is_wrong(change, said):
    with pytest.raises(Invalid) as error:
        read_standard(GOOD.replace(*change).encode())
    assert any(said in fault.message for fault in error.value.errors), error.value.errors


@pytest.mark.parametrize("data", [b"slug = ", b"\xff", b"x" * 100_001])
def test_what_is_no_toml_is_refused(data):
    with pytest.raises(Invalid):
        read_standard(data)


def test_a_standard_without_a_condition_is_none():
    with pytest.raises(Invalid) as error:
        read_standard(GOOD[: GOOD.index("[[advanced]]")].encode())
    assert "at least one condition" in error.value.errors[0].message
