"""What the organisers' pages accept."""

from werkzeug.datastructures import MultiDict

from server.organise.queries import Filter
from server.shared.numbers import row_number

LONGEST_SEARCH = 100


def read_filter(arguments: MultiDict[str, str]) -> Filter:
    """Read a filter from an address's arguments."""
    return Filter(
        state=arguments.get("state", "").strip(),
        phase=arguments.get("phase", "").strip(),
        team=arguments.get("team", None, row_number),
        q=arguments.get("q", "").strip()[:LONGEST_SEARCH],
    )
