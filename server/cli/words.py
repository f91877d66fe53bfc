"""The terminal's words in the reader's language, found in the server's own catalogue.

Babel and Flask, which read it for pages, take longer to load than a command takes; the few
messages of a command are looked up in the catalogue's text, and in English nothing is read.
"""

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from scorers.sentences import filled

FOLDER = Path(__file__).parents[1] / "translations"
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# In the order in which POSIX asks them.
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
NO_LANGUAGE = ("", "C", "POSIX")


def asked_language() -> str:
    """Return the language of the reader's locale as HTTP names it (`zh-CN`), or nothing."""
    chosen = next(filter(None, map(os.environ.get, LOCALE)), "")
    if chosen.partition(".")[0] in NO_LANGUAGE:
        return ""
    first = (os.environ.get("LANGUAGE") or chosen).partition(":")[0]
    tag = re.split(r"[.@]", first)[0].replace("_", "-")
    return tag if TAG.fullmatch(tag) else ""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


def _(message: str, /, **values: object) -> str:
    """Return a message in the reader's language, with what stands in its places."""
    said = _said(message)
    return said % values if values else said


def told(text: str) -> str:
    """Return a sentence of the scorers in the reader's language; a plain text as it is."""
    message: str = getattr(text, "message", "")
    if not message:
        return str(text)
    values: Mapping[str, str] = getattr(text, "values", {})
    return filled(_said(message), message, {name: told(value) for name, value in values.items()})


def _said(message: str) -> str:
    return _found(asked_language().partition("-")[0].lower(), message) or message


def _found(language: str, message: str) -> str:
    """Return what a catalogue says for a message; nothing where it says nothing."""
    text = _catalogue(language)
    entry = f"\nmsgid {json.dumps(message, ensure_ascii=False)}\nmsgstr "
    start = text.find(entry)
    if start < 0:
        return ""
    # What gettext escapes in a line, JSON escapes alike.
    line = text[start + len(entry) :].partition("\n")[0]
    return str(json.loads(line))


@cache
def _catalogue(language: str) -> str:
    """Return the catalogue of a language as it is written, each message on one line."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not language or not path.is_file():
        return ""
    return path.read_text("utf-8").replace('"\n"', "")
