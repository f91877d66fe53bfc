"""E-mail addresses as they are kept: one spelling a mailbox."""

import re
from collections.abc import Iterator, Sequence

from email_validator import EmailNotValidError, validate_email

from server.shared.errors import N_, Invalid

LONGEST_ADDRESS = 254
# More is no class and no circle, and each gets a letter.
MOST_AT_ONCE = 2000
_BRACKETS = re.compile(r"<([^<>]*)>")
# Marks that a spreadsheet or a page leaves between letters, and nobody sees.
_UNSEEN = re.compile("[\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\u00ad\0]")
_ENDS, _BETWEEN, _QUOTES = re.compile(r"[;；]"), re.compile(r"[\s,，、;；]+"), '"“”„'
# The first line of a roster names its columns.
_HEADING = re.compile(r"[,;\t；，]|mail|邮", re.IGNORECASE)
# An address that lost its @: no name has a dot between letters and goes on.
_LOST = re.compile(r".*[^.]{2,}[.][A-Za-z]{2,}")


def clean_address(text: str) -> str:
    """Return an address in lower case with its domain in ASCII.

    Raises:
        Invalid: no mail could be sent there.
    """
    # What is longer by far is not looked at: composing accents takes time by their square.
    written = text.strip()[: 10 * LONGEST_ADDRESS]
    try:
        found = validate_email(written, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            N_("This is no e-mail address. It looks like name@university.edu."), field="email"
        ) from error
    address = (found.ascii_email or found.normalized).lower()
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(N_("This e-mail address is too long to be kept."), field="email")
    return address


def read_addresses(text: str, *, field: str) -> list[str]:
    """Return the addresses of a list as it is pasted: one a line, as mail programs write them
    (“Vogt, Lena <lena@university.edu>; ...”), or a roster with names as a spreadsheet has it.

    Raises:
        Invalid: naming the first that is none, or saying that there are too many.
    """
    found = []
    for written in _written_addresses(text):
        try:
            found.append(clean_address(written))
        except Invalid as error:
            raise Invalid(
                N_("“%(text)s” is no e-mail address."), field=field, text=written[:80]
            ) from error
        if len(found) > MOST_AT_ONCE:
            raise Invalid(N_("At most %(most)s addresses."), field=field, most=MOST_AT_ONCE)
    return list(dict.fromkeys(found))


def _written_addresses(text: str) -> Iterator[str]:
    lines = [line for line in _UNSEEN.sub("", text).splitlines() if line.strip()]
    for line in lines[_is_heading(lines) :]:
        if _BRACKETS.search(line):
            for part in _ENDS.split(line):
                yield from _beside_brackets(part)
        else:
            yield from _of_a_row(_words(line))


def _is_heading(lines: Sequence[str]) -> bool:
    """Whether the first line has the names of columns, and no address."""
    return len(lines) > 1 and "@" not in lines[0] and bool(_HEADING.search(lines[0]))


def _words(text: str) -> list[str]:
    return [word.strip(_QUOTES) for word in _BETWEEN.split(text) if word.strip(_QUOTES)]


def _beside_brackets(part: str) -> Iterator[str]:
    bracketed, words = _BRACKETS.findall(part), _words(_BRACKETS.sub(" ", part))
    # Beside an address in brackets stands a name.
    yield from (word for word in words if not bracketed or "@" in word)
    yield from bracketed


def _of_a_row(words: list[str]) -> Iterator[str]:
    """Yield what has to be an address: beside the only one of a line stand a name and a number."""
    alone = sum("@" in word for word in words) == 1
    yield from (word for word in words if not alone or "@" in word or _is_lost(word))


def _is_lost(word: str) -> bool:
    # The pattern takes time by the square of the letters.
    return len(word) <= LONGEST_ADDRESS and _LOST.fullmatch(word) is not None
