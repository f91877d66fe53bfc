"""Moments in the reader's language: a board names a hundred of them, mostly of the same days."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from babel.dates import TIMEDELTA_UNITS, format_datetime, format_timedelta

MOST_WORDS = 20_000
Unit = Literal["year", "month", "week", "day", "hour", "minute", "second"]
CLOCK = "HH:mm"
# Stands for the time of day while a day is written: in quotes it is no letter of a pattern.
PLACE = "\N{LEFT CEILING}"


def moment_words(moment: datetime, format: str, locale: str) -> str:
    """Return a moment by a pattern of Babel's; its day is written once."""
    # A pattern out of a catalogue comes as markup to a template, which would escape the quotes.
    format = str(format)
    if CLOCK not in format:
        return _day(moment.year, moment.month, moment.day, format, locale)
    day = format.replace(CLOCK, f"'{PLACE}'")
    written = _day(moment.year, moment.month, moment.day, day, locale)
    return written.replace(PLACE, f"{moment.hour:02}:{moment.minute:02}")


@lru_cache(maxsize=MOST_WORDS)
def _day(year: int, month: int, day: int, format: str, locale: str) -> str:
    return format_datetime(datetime(year, month, day, tzinfo=UTC), format, locale=locale)


_spans: dict[tuple[object, ...], str] = {}


def span_words(
    span: timedelta, *, granularity: Unit, threshold: float, add_direction: bool, locale: str
) -> str:
    """Return how long a span is in its largest unit, as Babel says it; each once a language."""
    seconds = span.days * 86400 + span.seconds
    unit, value = _largest(abs(seconds), granularity, threshold)
    name = (unit, value, seconds >= 0, granularity, threshold, add_direction, locale)
    if name not in _spans:
        _spans[name] = format_timedelta(
            span, granularity, threshold=threshold, add_direction=add_direction, locale=locale
        )
    return _spans[name]


def _largest(seconds: int, granularity: Unit, threshold: float) -> tuple[str, int]:
    """Return the unit and the number of them that Babel writes."""
    for unit, length in TIMEDELTA_UNITS:
        value = seconds / length
        if value >= threshold or unit == granularity:
            return unit, round(max(1, value) if unit == granularity and value > 0 else value)
    return granularity, 0
