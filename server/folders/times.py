"""The times of a definition: moments with a zone; in a demo also days from now."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo

from scorers.sentences import sentence
from server.folders.faults import mistake

_RELATIVE = re.compile(r"([+-])(\d{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_EXAMPLE_TIME = "2026-12-31T16:00:00Z"


@dataclass(frozen=True)
class Clock:
    """What times in a definition are resolved against: relative ones only in a demo."""

    now: datetime
    allow_relative_times: bool = False


def _relative_time(value: str, clock: Clock | None) -> datetime:
    found = _RELATIVE.fullmatch(value.strip())
    if found is None:
        raise mistake(
            sentence('"%(text)s" is text, not a time.', text=value),
            sentence("Write a time without quotes: %(time)s.", time=_EXAMPLE_TIME),
        )
    if clock is None or not clock.allow_relative_times:
        raise mistake(
            sentence(
                '"%(text)s" is relative to the day of deployment, which only a demo allows.',
                text=value,
            ),
            sentence("Write the time itself: %(time)s.", time=_EXAMPLE_TIME),
        )
    sign, amount, unit = found.groups()
    return clock.now + timedelta(**{_UNITS[unit]: int(sign + amount)})


def _read_time(value: object, info: ValidationInfo) -> datetime:
    if isinstance(value, str):
        value = _relative_time(value, info.context)
    if isinstance(value, date) and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise mistake(
            sentence("The year %(year)s can't be meant.", year=str(value.year)),
            sentence("Write %(time)s or so.", time=_EXAMPLE_TIME),
        )
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(microsecond=0)
    if isinstance(value, datetime):
        remedy = sentence("In UTC write %(time)s.", time=f"{value.isoformat()}Z")
        raise mistake(sentence("The time has no zone."), remedy)
    if isinstance(value, date):
        remedy = sentence("Write %(time)s.", time=f"{value.isoformat()}T00:00:00Z")
        raise mistake(sentence("A date is not a time."), remedy)
    raise mistake(
        sentence("%(value)s is not a time.", value=repr(value)),
        sentence("Write a time such as %(time)s.", time=_EXAMPLE_TIME),
    )


Time = Annotated[datetime, BeforeValidator(_read_time)]
