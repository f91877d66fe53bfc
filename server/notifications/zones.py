"""The reader's time zone: a moment in a letter is said in it, and in UTC beside."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import has_request_context

from server.shared.catalogues import catalogue_of
from server.shared.errors import N_
from server.shared.language import language
from server.shared.moments import CLOCK, moment_words
from server.shared.web import viewer

FORMAT = N_("d MMM y, HH:mm")


class Reader:
    """Whose zone it is, and whether a moment was said in it: then others are written anew."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.was_asked = False


# For whom something is written now, instead of the viewer.
_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


@contextmanager
def in_zone(zone: str) -> Iterator[Reader]:
    """Say moments in a zone for a while; "" and one that there is not are UTC alone."""
    reader = Reader(zone)
    before = _reader.set(reader)
    try:
        yield reader
    finally:
        _reader.reset(before)


def moment_said(moment: datetime) -> str:
    """Return a moment in the reader's zone, which is named, and in UTC; without a zone in UTC."""
    format = str(catalogue_of(language()).ugettext(FORMAT))
    in_utc, zone = moment.astimezone(UTC), _known(_zone())
    utc = f"{moment_words(in_utc, format, language())} UTC"
    if zone is None:
        return utc
    there = moment.astimezone(zone)
    if there.date() == in_utc.date():
        utc = f"{moment_words(in_utc, CLOCK, language())} UTC"
    return f"{moment_words(there, format, language())} {zone.key} ({utc})"


def _zone() -> str:
    reader = _reader.get()
    if reader is not None:
        reader.was_asked = True
        return reader.zone
    return viewer().time_zone if has_request_context() else ""


@lru_cache
def _known(name: str) -> ZoneInfo | None:
    if name in ("", "UTC", "Etc/UTC"):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
