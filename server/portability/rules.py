"""Pure decisions on copies of somebody's own data."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from unicodedata import east_asian_width

EXPORT_LASTS = timedelta(days=7)
MOST_INTERRUPTIONS = 3


class ExportState(StrEnum):
    """Where a copy of somebody's data stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


def expires(made_at: datetime) -> datetime:
    """Return the moment from which a copy can't be fetched any more."""
    return made_at + EXPORT_LASTS


def without_names(text: str, names: Iterable[str], *, instead: str) -> str:
    """Return a text in which whole names give way to another word; addresses stay as they are."""
    lines = text.split("\n")
    for name in names:
        pattern = re.compile(re.escape(name))
        lines = [
            line if "://" in line else pattern.sub(lambda found: _in_place(found, instead), line)
            for line in lines
        ]
    return "\n".join(lines)


def _in_place(found: re.Match[str], instead: str) -> str:
    name, text = found.group(), found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    is_part = _goes_on(before, name[0]) or _goes_on(name[-1], after)
    return name if is_part else instead


def _goes_on(left: str, right: str) -> bool:
    """Whether two characters are of one word: Chinese has no blanks between words."""
    return bool(left and right) and all(
        c.isalnum() and east_asian_width(c) not in "WF" for c in (left, right)
    )
