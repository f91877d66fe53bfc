"""E-mail addresses as they are kept: one spelling a mailbox."""

import re
from collections.abc import Iterator

from email_validator import EmailNotValidError, validate_email

from server.shared.errors import N_, Invalid

LONGEST_ADDRESS = 254
# More is no class and no circle, and each gets a letter.
MOST_AT_ONCE = 2000
_BRACKETS = re.compile(r"<([^<>]*)>")


def clean_address(text: str) -> str:
    """Return an address in lower case with its domain in ASCII.

    Raises:
        Invalid: no mail could be sent there.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            N_("This is no e-mail address. It looks like name@university.edu."), field="email"
        ) from error
    address = (found.ascii_email or found.normalized).lower()
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(N_("This e-mail address is too long to be kept."), field="email")
    return address


def read_addresses(text: str, *, field: str) -> list[str]:
    """Return the addresses of a list as it is pasted: one a line, or as mail programs write them
    (“Vogt, Lena <lena@university.edu>; ...”).

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
    for part in re.split(r"[;\r\n]", text):
        bracketed = _BRACKETS.findall(part)
        words = _BRACKETS.sub(" ", part).replace(",", " ").split()
        # Beside an address in brackets stands a name.
        yield from (word for word in words if not bracketed or "@" in word)
        yield from bracketed
