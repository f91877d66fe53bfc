"""Names that run from right to left, set into sentences that do not.

Without an isolate around it such a name turns what stands next to it around: "'s team" would stand
before the name, and the number after it within.
"""

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
# Hebrew, Arabic and their kin, their presentation forms, and the scripts of the planes above.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def isolated(text: str) -> str:
    """Return a text that can stand in a line of another direction."""
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return text
    if text.startswith(ISOLATE) and text.endswith(END_OF_ISOLATE):
        return text
    return f"{ISOLATE}{text}{END_OF_ISOLATE}"


def isolated_name(text: str) -> str:
    """Return a name for the title of a page, beside other words; a piece of a page stays one."""
    done = isolated(text)
    return Markup(done) if isinstance(text, Markup) else done  # noqa: S704 - escaped before


def set_apart(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is set into a message with its names isolated; pieces of pages are theirs."""
    return {name: _apart(value) for name, value in values.items()}


def _apart(value: Any) -> Any:
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return isolated(value)
    return value


def without_isolates(text: str) -> str:
    """Return a text for where nothing knows of isolates, and would draw them."""
    return text if text.isascii() else text.translate(_ISOLATES)
