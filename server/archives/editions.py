"""Pure: a definition as a new edition's, every time moved by the same."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.archives.definitions import written
from server.shared.errors import N_, Invalid

LAST_YEAR = 2200
OF_PHASES = ("starts", "ends")


def first_start(definition: Mapping[str, Any]) -> datetime:
    """Return when a definition's first phase begins."""
    return min(datetime.fromisoformat(phase["starts"]) for phase in definition["phases"])


def edition_of(definition: Mapping[str, Any], *, title: str, starts: datetime) -> dict[str, Any]:
    """Return the definition of a new edition that begins at another time; the rest is kept.

    Raises:
        Invalid: a time would fall into a year that nobody can mean.
    """
    by = starts - first_start(definition)
    teams = dict(definition.get("teams") or {})
    if teams.get("lock_at"):
        teams["lock_at"] = _moved(teams["lock_at"], by)
    phases = [
        {**phase, **{name: _moved(phase[name], by) for name in OF_PHASES}}
        for phase in definition["phases"]
    ]
    return {**definition, "title": title, "teams": teams, "phases": phases}


def _moved(text: str, by: timedelta) -> str:
    try:
        moved = datetime.fromisoformat(text) + by
    except OverflowError:
        moved = None
    if moved is None or not 1970 <= moved.year <= LAST_YEAR:
        raise Invalid(
            N_("That start can't be meant: a time would be out of reach."), field="starts"
        )
    return written(moved)
