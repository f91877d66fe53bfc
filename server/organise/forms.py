"""What the organisers' pages accept."""

from datetime import date

from werkzeug.datastructures import MultiDict

from server.organise.searching import Filter, Sort
from server.shared.numbers import row_number

LONGEST_SEARCH = 100
YES = "yes"


def read_filter(arguments: MultiDict[str, str]) -> Filter:
    """Read a filter from an address's arguments; what can't be read leaves all in."""
    return Filter(
        state=_text(arguments, "state"),
        phase=_text(arguments, "phase"),
        team=arguments.get("team", None, row_number),
        q=_text(arguments, "q"),
        university=_text(arguments, "university"),
        since=arguments.get("since", None, date.fromisoformat),
        until=arguments.get("until", None, date.fromisoformat),
        late=arguments.get("late") == YES,
        look=arguments.get("look") == YES,
        by=arguments.get("by", Sort.NEWEST, Sort),
    )


def _text(arguments: MultiDict[str, str], name: str) -> str:
    return arguments.get(name, "").strip()[:LONGEST_SEARCH]
