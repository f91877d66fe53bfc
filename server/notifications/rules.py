"""Pure decisions on notifications: how long they stay, and what a kind of them is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

KEEP_READ = timedelta(days=180)
# Whoever never comes back has no use for them either.
KEEP_UNREAD = timedelta(days=400)
# A link in an old letter still ends letters.
UNSUBSCRIBE_LASTS = timedelta(days=5 * 365)
# The bell counts so far, and then says "99+".
MOST_COUNTED = 100
LONGEST_LINK = 300
# The value by which a notification says which of its kind's cases it is.
CASE = "case"

_PLACE = re.compile(r"%\((\w+)\)s")


class Channel(StrEnum):
    """A way in which people are told."""

    PRODUCT = "product"
    MAIL = "mail"


class Section(StrEnum):
    """What a kind of notification is about: the parts of the table of preferences."""

    RESULTS = "results"
    CHALLENGES = "challenges"
    TEAM = "team"
    ORGANISING = "organising"


@dataclass(frozen=True)
class Kind:
    """A kind of notification: what it is called, its one line, and what is on by default.

    `label` names it in the table of preferences; `line` has places `%(name)s` for the values
    that are kept, of which those in `moments` are moments in ISO 8601. Where the value `case`
    is one of `cases`, that one's line is said instead: a decision says which way it went.
    """

    name: str
    section: Section
    label: str
    line: str
    by_mail: bool = True
    in_product: bool = True
    moments: frozenset[str] = frozenset()
    cases: Mapping[str, str] = field(default_factory=dict, hash=False)

    def line_of(self, values: Mapping[str, Any]) -> str:
        """Return the line that is said of some values; without a known case, the general one."""
        return self.cases.get(str(values.get(CASE)), self.line)

    def places(self, values: Mapping[str, Any]) -> frozenset[str]:
        """Return the names of the values that their line shows."""
        return frozenset(_PLACE.findall(self.line_of(values)))

    def on(self, channel: Channel) -> bool:
        """Whether people who decided nothing are told in this way."""
        return self.by_mail if channel is Channel.MAIL else self.in_product

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse values that its line can't be made of. Raises ValueError, a mistake of ours."""
        if CASE in values and values[CASE] not in self.cases:
            raise ValueError(f"{self.name} knows no case {values[CASE]!r}")
        missing = self.places(values) - values.keys()
        if missing:
            raise ValueError(f"{self.name} needs {', '.join(sorted(missing))}")
        odd = [n for n, v in values.items() if not isinstance(v, str | int | float | bool | None)]
        if odd:
            raise ValueError(f"{self.name} keeps plain values only, not {', '.join(sorted(odd))}")
