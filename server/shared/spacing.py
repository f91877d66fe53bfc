"""Between sentences of a page: a blank where the script has one, none where the stop holds it.

Templates set one translated message after another with a blank between. After “。” or “：”, which
are as wide as a character, that is a hole in the line.
"""

import re

from flask import Flask
from jinja2.ext import Extension

# A message that ends a sentence or begins a line, with all that is said of it.
MESSAGE = r'_\("(?:[^"\\]|\\.)*[.:!?]"[^{}]*'
# What follows it after a blank; and what follows it after a blank if something is so.
ENDS = re.compile(rf"\{{\{{ ({MESSAGE}) \}}\}} (?=\S)")
ENDS_IF = re.compile(rf"(\{{\{{ ({MESSAGE}) \}}\}}(?:\{{% if [^%]*%\}})+) (?=\S)")
WIDE = tuple("。：！？；，、")


class Spacing(Extension):
    """Leaves the blank after a message to what the message ends with in the reader's language."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return a template in which such a message brings its own blank."""
        source = ENDS_IF.sub(r"\1{{ blank_after(\2) }}", source)
        return ENDS.sub(r"{{ spaced(\1) }}", source)


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
