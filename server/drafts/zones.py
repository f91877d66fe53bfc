"""Times as an organiser writes them: in a zone of their choice, kept in UTC."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from server.drafts.documents import moment_of
from server.shared.errors import N_, Invalid

USUAL = (
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Bogota",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Ho_Chi_Minh",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Moscow",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Pacific/Auckland",
)


@cache
def known_zones() -> frozenset[str]:
    """Return every zone that this machine knows."""
    return frozenset(available_timezones()) | {"UTC"}


def read_zone(text: str) -> str:
    """Return the name of a zone. Raises Invalid."""
    name = text.strip() or "UTC"
    if name not in known_zones():
        raise Invalid(
            N_("There is no time zone “%(name)s”. Write one like Europe/Berlin or Asia/Shanghai."),
            field="zone",
            name=name[:60],
        )
    return name


def to_utc(text: str, zone: str) -> datetime:
    """Return the moment that a field means in a zone; of two equal ones the earlier.

    Raises:
        Invalid: it is none, or the clocks jump over it on that day.
    """
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(N_("Write a moment like 2026-12-31T16:00.")) from None
    if local.tzinfo is not None:
        return local.astimezone(UTC).replace(microsecond=0)
    moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise Invalid(N_("On that day the clocks jump over this time. Choose another."))
    return moment.replace(microsecond=0)


def local_text(moment: object, zone: str) -> str:
    """Return a definition's moment as a field of a form has it, in a zone."""
    found = moment if isinstance(moment, datetime) else moment_of(moment)
    if found is None:
        return ""
    local = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second else "minutes")
