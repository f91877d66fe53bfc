"""What the pages of decisions accept: moments and days of UTC, and small numbers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from server.controls.actions import Gift
from server.controls.rules import MOST_EXTRA
from server.shared.errors import N_, Invalid

LONGEST_SEARCH = 100


def read_moment(text: str, *, field: str) -> datetime:
    """Read a moment of UTC as a browser's field gives it. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(N_("Write a moment like 2026-12-31T16:00, in UTC."), field=field) from None


def read_seen(text: str) -> datetime | None:
    """Read the moment that a form was made with; None where it was left out."""
    return read_moment(text, field="seen") if text.strip() else None


def read_day(text: str) -> date | None:
    """Read a day; an empty field is none. Raises Invalid."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(N_("Write a day like 2026-12-31."), field="day") from None


def read_gift(form: Mapping[str, str]) -> Gift:
    """Read how many submissions a team is given. Raises Invalid."""
    return Gift(
        total=_number(form.get("total", ""), "total"),
        per_day=_number(form.get("per_day", ""), "per_day"),
        day=read_day(form.get("day", "")),
        reason=form.get("reason", ""),
    )


def _number(text: str, field: str) -> int:
    digits = text.strip() or "0"
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_EXTRA))):
        raise Invalid(N_("Give between 0 and %(most)s."), field=field, most=MOST_EXTRA)
    return int(digits)
