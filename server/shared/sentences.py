"""Sentences of scorers and of folders in the reader's language."""

from collections.abc import Mapping
from typing import Any

from scorers.sentences import Sentence, filled, from_json
from server.shared.catalogues import catalogue_of
from server.shared.errors import N_
from server.shared.fault_lines import recognised
from server.shared.fault_words import fault_words
from server.shared.language import LANGUAGES, language

IN_DETAIL = N_("%(words)s In English: %(detail)s")


def translated(text: str) -> str:
    """Return a sentence in the reader's language; a plain text as it is.

    Of what the scorers found in a file the kinds are told, with the English text in detail.
    """
    if language() == LANGUAGES[0]:
        return str(text)
    # A line of ours that came as text, from a process or from a trace, is known by its words.
    text = recognised(text)
    if not isinstance(text, Sentence):
        return text
    words = "".join(filter(None, map(fault_words, dict.fromkeys(text.codes))))
    if words:
        detail = {"words": words, "detail": str(text)}
        return str(catalogue_of(language()).ugettext(IN_DETAIL) % detail)
    if not text.message:
        return str(text)
    said = str(catalogue_of(language()).ugettext(text.message))
    values = {name: translated(value) for name, value in text.values.items()}
    return filled(said, text.message, values)


def told(raw: str | Mapping[str, Any]) -> str:
    """Return a sentence that was kept as JSON in the reader's language."""
    return translated(from_json(raw))
