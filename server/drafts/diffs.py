"""The lines of long texts that a draft changes. Pure."""

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from typing import Any

MOST_LINES, LONGEST_LINE = 40, 240
SIGNS = {"+": "added", "-": "removed", " ": "same"}


def text_diff(before: str, after: str) -> list[list[str]]:
    """Return the lines of a text that changed, with one around them; cut where there are many."""
    found = unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    lines = [_line(text) for text in list(found)[2:]]
    return lines[:MOST_LINES] + ([["gap", ""]] if len(lines) > MOST_LINES else [])


def _line(text: str) -> list[str]:
    if text.startswith("@@"):
        return ["gap", ""]
    shown = text[1:]
    return [SIGNS[text[0]], shown if len(shown) <= LONGEST_LINE else f"{shown[:LONGEST_LINE]} …"]


def with_diffs(
    changes: Sequence[Mapping[str, str]], before: Mapping[str, str], after: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the changes, those of long texts with the lines that changed.

    `before`, `after`: the texts by what a deployment calls them, such as "page overview markdown".
    """
    return [
        {**change, "diff": text_diff(before[change["what"]], after[change["what"]])}
        if change["what"] in before and change["what"] in after
        else {**change}
        for change in changes
    ]
