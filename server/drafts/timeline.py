"""The phases of a draft as bars on a line of time. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from server.drafts.documents import moment_of, phases_of
from server.folders.definition import as_title

WIDTH = 1000
NARROWEST = 6


class Bar(NamedTuple):
    """A phase: its place among 1,000 units."""

    slug: str
    title: str
    starts: datetime
    ends: datetime
    left: int
    width: int


class Timeline(NamedTuple):
    """The bars, and where now lies; None where it is outside."""

    bars: list[Bar]
    now: int | None


def timeline_of(definition: Mapping[str, Any], *, now: datetime) -> Timeline:
    """Draw the phases whose times are known, from the first start to the last end."""
    spans = [
        (phase, starts, ends)
        for phase in phases_of(definition)
        if (starts := moment_of(phase.get("starts")))
        and (ends := moment_of(phase.get("ends")))
        and starts < ends
    ]
    if not spans:
        return Timeline([], None)
    first, last = min(s for _, s, _ in spans), max(e for _, _, e in spans)
    whole = (last - first).total_seconds()

    def place(moment: datetime) -> int:
        return round(WIDTH * (moment - first).total_seconds() / whole)

    bars = [
        Bar(
            str(phase.get("slug")),
            str(phase.get("title") or as_title(str(phase.get("slug")))),
            starts,
            ends,
            place(starts),
            max(NARROWEST, place(ends) - place(starts)),
        )
        for phase, starts, ends in spans
    ]
    return Timeline(bars, place(now) if first <= now <= last else None)
