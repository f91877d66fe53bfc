import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from server.shared.language import _formatted
from server.shared.moments import moment_words, span_words

LANGUAGES = ["en", "de", "zh", "fr", "es", "hi"]
# The width of a no-break space is Babel's to choose: it is compared as it is.
EARLIEST = datetime.fromisoformat("1900-01-01")
FORMS = ["#,##0", "#,##0.0", "#,##0.0000"]


@given(
    number=st.one_of(st.floats(-1e12, 1e12), st.integers(-(10**12), 10**12)),
    form=st.sampled_from([*FORMS, None]),
    locale=st.sampled_from(LANGUAGES),
)
@example(number=0.12345, form="#,##0.0000", locale="en")
@example(number=1234.5, form="#,##0", locale="de")
def test_a_number_is_written_as_babel_writes_it(number, form, locale):
    assert _formatted(number + 0, form, locale) == of_babel(number + 0, form, locale)


def of_babel(number, form, locale):
    """A number as Babel writes it, but with a true minus sign, which nought has not."""
    text = format_decimal(number, form, locale).replace("-", "\N{MINUS SIGN}")
    return text if re.search("[1-9∞]", text) else text.removeprefix("\N{MINUS SIGN}")


@given(
    moment=st.datetimes(timezones=st.just(UTC), min_value=EARLIEST),
    form=st.sampled_from(["d MMM y, HH:mm", "d MMM y", "y年M月d日 HH:mm"]),
    locale=st.sampled_from(LANGUAGES),
)
def test_a_moment_is_written_as_babel_writes_it(moment, form, locale):
    assert moment_words(moment, form, locale) == format_datetime(moment, form, locale=locale)


@given(seconds=st.integers(-(10**9), 10**9), locale=st.sampled_from(LANGUAGES))
@example(seconds=90, locale="en")
@example(seconds=-89, locale="en")
@example(seconds=0, locale="en")
def test_a_span_is_said_as_babel_says_it(seconds, locale):
    span = timedelta(seconds=seconds)
    said = span_words(span, granularity="minute", threshold=1.2, add_direction=True, locale=locale)
    expected = format_timedelta(span, "minute", threshold=1.2, add_direction=True, locale=locale)
    assert said == expected


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_number_is_left_to_babel(number):
    assert _formatted(number, "#,##0.00", "en") == of_babel(number, "#,##0.00", "en")


def test_a_score_too_large_for_babel_is_written_all_the_same():
    assert _formatted(1e30, "#,##0.0", "en").startswith("1,000,000,000,000,000,")
