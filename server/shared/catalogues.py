"""The catalogues of messages, read as translators write them: a fresh clone compiles nothing."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parents[1] / "translations"


@cache
def catalogue_of(code: str) -> Translations:
    """Return a language's messages, read once a process; without a catalogue, as in the code.

    What a translator marked as fuzzy is not said.
    """
    path = FOLDER / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Translations()
    with path.open("rb") as source:
        written = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    return Translations(compiled)
