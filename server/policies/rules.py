"""Pure decisions on the texts that people agree to."""

from enum import StrEnum

from server.shared.errors import N_, Invalid

LONGEST_TEXT = 60_000
# The text that comes with the product is the first version; what an operator writes follows.
SHIPPED_VERSION = 1


class Policy(StrEnum):
    """A text of the operator's about the service."""

    PRIVACY = "privacy"
    TERMS = "terms"


def clean_text(text: str, *, field: str) -> str:
    """Return a text with plain line ends. Raises Invalid."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(clean) > LONGEST_TEXT:
        raise Invalid(N_("A text has at most 60,000 characters."), field=field)
    if "\0" in clean:
        raise Invalid(N_("The text holds a character that can't be kept."), field=field)
    return clean


def is_outstanding(*, accepted: int | None, needed: int) -> bool:
    """Whether somebody has to be asked: a newer version matters than the one agreed to.

    >>> [is_outstanding(accepted=1, needed=n) for n in (0, 1, 2)]
    [False, False, True]
    """
    return needed > (accepted or 0)
