"""Numbers of rows, as addresses and forms write them."""

import re

from werkzeug.routing import IntegerConverter

# PostgreSQL's integer ends at 2,147,483,647, and refuses a larger one as a fault of ours.
LARGEST_ID = 999_999_999
DIGITS = r"[0-9]{1,9}"


class RowNumber(IntegerConverter):
    """What `<int:...>` reads. A number of more digits is no row's: its address leads nowhere."""

    regex = DIGITS


def row_number(text: str) -> int:
    """Read a row's number. Raises ValueError for anything else."""
    if not re.fullmatch(DIGITS, text):
        raise ValueError(f"{text[:20]!r} is no row's number")
    return int(text)
