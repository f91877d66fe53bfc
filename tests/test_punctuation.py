"""The marks between the parts of a sentence are another in each language."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "server" / "templates"
# The English mark between two values, or one that a list is joined by.
LITERAL = re.compile(
    r"""(\}\}|%\}|</\w+>)[:,;] (\{\{|\{%)|join\(["'][,;] ["']\)|(\}\}|</\w+>)\.(</| |$)"""
)
# A macro's arguments and imports have commas of the template's own language.
CODE = re.compile(r"\{%-? *(from|macro|call|set)\b[^%]*%\}")


def test_no_page_joins_two_values_by_an_english_mark() -> None:
    found = [
        f"{page.relative_to(TEMPLATES)}:{number}"
        for page in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        if LITERAL.search(CODE.sub("", line))
    ]
    assert not found, "write {{ _(': ') }}, {{ _('.') }} or join(_(', ')) here: " + ", ".join(found)
