"""Between sentences of a page: a blank where the script has one, none where the stop holds it.

Templates set one translated message after another with a blank between. After “。” or “：”, which
are as wide as a character, that is a hole in the line. What a message ends with, its translation
decides.
"""

import re

from flask import Flask
from jinja2.ext import Extension

# A message, with all that is said of it; and what may be closed, or asked, behind it.
MESSAGE = r'(?:_|ngettext)\("(?:[^"\\]|\\.)*"[^{}]*'
CLOSED = r"(?:</(?:a|strong|span|em|b|code)>)*"
ASKED = r"(?:\{% if [^%]*%\})*"
# What stands in the next line of a page's source follows after a blank too, unless it says not to.
INLINE = r"\{\{(?!-)|\{%(?!-)|<(?:a|bdi|button|code|em|small|span|strong|time)\b"
IN_LINE, ON_PAGE = r" (?=\S)", rf"(?: (?=\S)|\s*\n\s*(?={INLINE}))"
# What a kept template was compiled by, besides its source.
PATTERNS = (MESSAGE, CLOSED, ASKED, IN_LINE, ON_PAGE)
WIDE = tuple("。：！？；，、")


class Spacing(Extension):
    """Leaves the blank after a message to what the message ends with in the reader's language."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return a template in which such a message brings its own blank."""
        # In a letter lines are lines.
        blank = ON_PAGE if name is None or name.endswith(".html") else IN_LINE
        source = re.sub(rf"\{{\{{ ({MESSAGE}) \}}\}}{blank}", r"{{ spaced(\1) }}", source)
        closed = rf"(\{{\{{ ({MESSAGE}) \}}\}}{CLOSED}{ASKED}){blank}"
        return re.sub(closed, r"\1{{ blank_after(\2) }}", source)


def blank_after(text: str) -> str:
    """Return the blank that stands behind a message: none where its last character brings one."""
    return "" if text.endswith(WIDE) else " "


def spaced(text: str) -> str:
    """Return a message and the blank behind it."""
    return text + blank_after(text)


def set_up_spacing(app: Flask) -> None:
    """Space the messages of an application's templates."""
    app.jinja_env.globals |= {"spaced": spaced, "blank_after": blank_after}
    app.jinja_env.add_extension(Spacing)
