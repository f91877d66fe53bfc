"""Pure decisions on people's own pages: what they may say there, and who sees it."""

import unicodedata
from urllib.parse import urlsplit

from server.shared.errors import N_, Invalid

LONGEST_BIO = 600
MOST_LINKS = 5
LONGEST_LINK = 200
# Characters that reverse or hide the text around them.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
JOINERS = "\u200c\u200d"


def clean_bio(text: str) -> str:
    """Return a few lines about oneself: plain text. Raises Invalid."""
    lines = text.replace("\r\n", "\n").strip()
    # Of a longer one so much says that it is too long: marks are ordered in time by their square.
    lines = unicodedata.normalize("NFC", lines[: 10 * LONGEST_BIO])
    if len(lines) > LONGEST_BIO:
        raise Invalid(N_("At most 600 characters."), field="bio")
    if _has_unseen(lines.replace("\n", "").replace("\t", "")):
        raise Invalid(N_("The text holds characters that can't be seen."), field="bio")
    return lines


def clean_links(text: str) -> list[str]:
    """Return addresses, one a line: https alone, so that no link can run a script.

    Raises:
        Invalid: there are too many, or one is none.

    >>> clean_links(" https://example.org/me \\n")
    ['https://example.org/me']
    """
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINKS:
        raise Invalid(N_("At most five links."), field="links")
    return [_clean_link(link) for link in found]


def _clean_link(link: str) -> str:
    shown = link if len(link) <= LONGEST_LINK else f"{link[:LONGEST_LINK]}…"
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    right = (
        parts.scheme == "https"
        and "." in host
        and not (parts.username or parts.password)
        and len(link) <= LONGEST_LINK
        and not any(c.isspace() for c in link)
        and not _has_unseen(link)
    )
    if not right:
        raise Invalid(
            N_("“%(link)s” is no address that begins with https://."), field="links", link=shown
        )
    return link


def label_of(link: str) -> str:
    """Return what a link is called: its address without what everybody knows.

    >>> label_of("https://www.example.org/~lena/")
    'example.org/~lena'
    """
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"


def share_beaten(*, rank: int, teams: int) -> float | None:
    """Return the share of the other teams that stand behind a rank; None for a team alone.

    >>> share_beaten(rank=1, teams=5), share_beaten(rank=5, teams=5)
    (1.0, 0.0)
    """
    return (teams - rank) / (teams - 1) if teams > 1 else None


def _has_unseen(text: str) -> bool:
    return any(unicodedata.category(c) in UNSEEN and c not in JOINERS for c in text)
