"""What a copy says of itself: each part, why it is kept, and how long."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from server.portability.holdings import Holding
from server.portability.queries import known_holdings
from server.shared.catalogues import catalogue_of
from server.shared.errors import N_
from server.shared.moments import moment_words

INTRODUCTION = N_("This archive holds what was kept about you on %(moment)s UTC.")
SHAPE = N_(
    "Each part stands in json/ and, for spreadsheets, in csv/. Times are in UTC. Files that you "
    "submitted are in files/."
)
LEFT_OUT = N_("Too large for this archive; download them one by one from their pages:")
OTHERS = N_(
    "Not in it: secrets that open your account (they are kept as hashes or encrypted), scores "
    "that are not revealed yet, and what was written about your account by others."
)
ACCOUNT = N_("Your account")
SCORES = N_("Your submissions with their scores, as their pages show them")
LINE = N_("%(part)s (%(rows)s): %(what)s. Kept %(why)s. For how long: %(lasts)s.")
BARE_LINE = N_("%(part)s (%(rows)s): %(what)s.")


def part_name(holding: Holding) -> str:
    """Return what a part is called: what one decided stands apart from what is one's own."""
    return f"{holding.table}-{holding.by[0]}" if holding.only else holding.table


def read_me(
    counts: Mapping[str, int], left_out: Sequence[str], *, language: str, at: datetime
) -> str:
    """Return the text that explains a copy, in its owner's language."""

    def said(message: str, **values: Any) -> str:
        text = str(catalogue_of(language).ugettext(message))
        return text % values if values else text

    parts = {part_name(holding): holding for holding in known_holdings()}
    bare = {"account": ACCOUNT, "scores": SCORES}
    lines = [
        said(BARE_LINE, part=name, rows=rows, what=said(bare[name]))
        if name in bare
        else said(
            LINE,
            part=name,
            rows=rows,
            what=said(parts[name].what),
            why=said(parts[name].why),
            lasts=said(parts[name].lasts),
        )
        for name, rows in counts.items()
    ]
    moment = moment_words(at, said("d MMM y, HH:mm"), language)
    text = [said(INTRODUCTION, moment=moment), said(SHAPE), "", *lines, "", said(OTHERS)]
    if left_out:
        text += ["", said(LEFT_OUT), *left_out]
    return "\r\n".join([*text, ""])
