"""What the scorers say of themselves, for the catalogues: they know of no language but English."""

import ast
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from server.shared.catalogues import catalogue_of
from server.shared.language import language
from server.shared.method_words import method_words

# Arguments whose text people read, and at which places of some calls it stands.
NAMED = frozenset({"title", "summary", "doc"})
# What a parameter takes; a fault has an `expected` too, which is of its own file.
EXPECTED = frozenset({"expected"})
SAID = {
    "withheld": (0,),
    "always_withheld": (0,),
    "Interval": (1,),
    "_scorer": (1, 2),
    "Input": (2,),
    "Family": (0,),
    "sentence": (0,),
    "Parameter": (2,),
    "_parameter": (1,),
    "Role": (2,),
}
Found = tuple[int, str, str, list[str]]


def extract(
    source: BinaryIO, keywords: Any, comment_tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Yield line, function, message and comments, as Babel's extractors do."""
    for node in ast.walk(ast.parse(source.read())):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, "gettext", text, []) for text in _texts(node))


def _texts(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    named = NAMED | EXPECTED if name == "Parameter" else NAMED
    values = [keyword.value for keyword in call.keywords if keyword.arg in named]
    places = SAID.get(name, ())
    values += [call.args[place] for place in places if len(call.args) > place]
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
            yield value.value


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def scorer_words(text: str | None) -> str:
    """Return what a scorer says in the reader's language; as it is where nobody translated it."""
    if not text:
        return ""
    catalogue = catalogue_of(language())
    known = str(catalogue.ugettext(text))
    return known if known != text else method_words(text, catalogue)
