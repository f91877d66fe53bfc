"""What is wrong with a field of a JSON body or a query, in the words of the catalogues.

pydantic says it in English; what it says and is not known here stays as it is.
"""

import re
from functools import cache

from flask_babel import gettext

from server.shared.errors import N_

WORDS = (
    N_("Field required"),
    N_("Extra inputs are not permitted"),
    N_("Input should be a valid string"),
    N_("Input should be a valid integer"),
    N_("Input should be a valid number"),
    N_("Input should be a valid boolean"),
    N_("Input should be a valid list"),
    N_("Input should be a valid dictionary"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid boolean, unable to interpret input"),
    N_("Input should be greater than %(bound)s"),
    N_("Input should be greater than or equal to %(bound)s"),
    N_("Input should be less than %(bound)s"),
    N_("Input should be less than or equal to %(bound)s"),
    N_("Input should be %(choices)s"),
    N_("String should have at least %(bound)s character"),
    N_("String should have at least %(bound)s characters"),
    N_("String should have at most %(bound)s character"),
    N_("String should have at most %(bound)s characters"),
)
_PLACE = re.compile(r"%\((\w+)\)s")
_VALUES = {"bound": r"-?[\d.]+", "choices": r"'.*'"}


def body_words(text: str) -> str:
    """Return what pydantic says in the reader's language."""
    for message in WORDS:
        match = _pattern(message).fullmatch(text)
        if match is not None:
            return str(gettext(message, **match.groupdict()))
    return text


@cache
def _pattern(message: str) -> re.Pattern[str]:
    parts, last = [], 0
    for place in _PLACE.finditer(message):
        parts += [re.escape(message[last : place.start()]), f"(?P<{place[1]}>{_VALUES[place[1]]})"]
        last = place.end()
    return re.compile("".join([*parts, re.escape(message[last:])]))
