"""Pure decisions on accounts: names, links that expire, who may end whose role."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from server.shared.errors import N_, Conflict, Invalid

LONGEST_NAME = 120
LONGEST_NOTE = 500
LONGEST_TOKEN_NAME = 80
MOST_TOKENS = 50
CONFIRMATION_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=1)
# Between the password and the code.
SECOND_STEP_LASTS = timedelta(minutes=5)
SIGHTINGS_LAST = timedelta(days=90)
# A browser that is not used for so long is signed out.
SESSION_LASTS = timedelta(days=14)
MOST_SESSIONS = 50
# Of people who never said otherwise, neither by a setting nor by a browser.
FIRST_LANGUAGE = "en"
CLOSED_NAME = "Former participant"
# Joiners that Persian and Indic scripts and emoji need; other invisible characters deceive.
JOINERS = "\u200c\u200d"
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class RequestState(StrEnum):
    """Where a question for somebody else's decision stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PageSeenBy(StrEnum):
    """Who may see a person's page."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"
    OWNER = "owner"


def language_of_letters(chosen: str, seen: str) -> str:
    """Return the code of the language in which a person is written to.

    >>> language_of_letters("", "zh"), language_of_letters("en", "zh"), language_of_letters("", "")
    ('zh', 'en', 'en')
    """
    return chosen or seen or FIRST_LANGUAGE


def closed_address(account_id: int) -> str:
    """Return what stands in for the address of a closed account; no mail can reach it."""
    return f"closed-{account_id}@invalid"


def clean_name(text: str) -> str:
    """Return a person's name on one line. Raises Invalid."""
    name = _one_line(text)
    if not name:
        raise Invalid(N_("Give the name that others are to see."), field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(N_("A name has at most 120 characters."), field="name")
    if not any(c.isalnum() for c in name) or _has_unseen(name):
        raise Invalid(N_("A name is made of letters that can be seen."), field="name")
    return name


def clean_token_name(text: str) -> str:
    """Return the name of a token. Raises Invalid."""
    name = _one_line(text)
    if not name or len(name) > LONGEST_TOKEN_NAME or _has_unseen(name):
        raise Invalid(
            N_("Name the token in 1 to 80 characters, for instance after the machine it is for."),
            field="name",
        )
    return name


def clean_note(text: str) -> str:
    """Return a note of several lines. Raises Invalid."""
    lines = composed(text.replace("\r\n", "\n").strip(), LONGEST_NOTE)
    if len(lines) > LONGEST_NOTE:
        raise Invalid(N_("A note has at most 500 characters."), field="note")
    if _has_unseen(lines.replace("\n", "").replace("\t", "")):
        raise Invalid(N_("The note holds characters that can't be seen."), field="note")
    return lines


def check_link(issued_at: datetime, now: datetime, lasts: timedelta) -> None:
    """Refuse a link at the very moment at which its time is over. Raises Invalid."""
    if now - issued_at >= lasts:
        raise Invalid(N_("This link has expired. Ask for a new one."), code="link-expired")


def check_manager_may_go(*, managers: int, by_himself: bool) -> None:
    """Refuse that the last manager of a university gives it up himself. Raises Conflict."""
    if managers <= 1 and by_himself:
        raise Conflict(
            N_("You are the last manager of your university: name another one first."),
            code="last-manager",
        )


def check_administrator_may_go(*, administrators: int) -> None:
    """Refuse that nobody is left to administer the place. Raises Conflict."""
    if administrators <= 1:
        raise Conflict(
            N_("This is the last administrator: name another one first."),
            code="last-administrator",
        )


def unseen_since(now: datetime) -> datetime:
    """Return the moment at or before which a session seen for the last time has expired.

    Of its last use only the first moment of that day is kept: a day more is given for it.
    """
    return now - SESSION_LASTS - timedelta(days=1)


def too_old_to_keep(now: datetime) -> datetime:
    """Return the moment before which addresses and devices are purged."""
    return now - SIGHTINGS_LAST


def _one_line(text: str) -> str:
    return composed(" ".join(text.split()), LONGEST_NAME)


def composed(text: str, longest: int) -> str:
    """Return a text with its accents composed; of one that is too long, enough to see that it is.

    To put marks into their order takes time by the square of their number; no more than four
    characters become one.
    """
    return unicodedata.normalize("NFC", text[: 10 * longest])


def _has_unseen(text: str) -> bool:
    return any(unicodedata.category(c) in UNSEEN and c not in JOINERS for c in text)
