"""What the page of a class accepts: the switches, and how scores become grades."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from server.classes.actions import Wanted
from server.folders.course import BASELINE, BEST, MOST_LATE_DAYS, Grading
from server.shared.errors import N_, Invalid

# Rows of the form for bands, at the least: enough for 1.0, 1.3 and so on to 4.0. Who fills in most
# of them, or whose folder has more, finds some empty ones below.
BANDS, SPARE, MOST_BANDS = 12, 2, 100
NUMBER = "number"
LONGEST = 40


def read_wanted(form: Mapping[str, str]) -> Wanted:
    """Read the whole form. Raises Invalid, which names the field."""
    days = form.get("late_days", "").strip() or "0"
    if not (days.isascii() and days.isdigit() and int(days[:6]) <= MOST_LATE_DAYS):
        raise Invalid(
            N_("Late days are between 0 and %(most)s."), field="late_days", most=MOST_LATE_DAYS
        )
    return Wanted(form.get("anonymous") == "yes", int(days), _read_grading(form))


def _read_grading(form: Mapping[str, str]) -> Grading | None:
    rule = form.get("rule", "")
    if rule not in ("linear", "bands"):
        return None
    values = _linear(form) if rule == "linear" else _bands(form)
    try:
        return Grading.model_validate(
            {"rule": rule, "missing": _words(form, "missing", "0"), **values}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(
            N_("This grading can't be used: %(why)s"), field="rule", why=str(first["msg"])
        ) from error


def _linear(form: Mapping[str, str]) -> dict[str, Any]:
    bottom, top = read_anchor(form, "bottom"), read_anchor(form, "top")
    if bottom is None or top is None or bottom == top:
        raise Invalid(
            N_("A grade that runs between two scores needs two different ones."), field="bottom"
        )
    lowest, highest = _number(form, "lowest", 0.0), _number(form, "highest", 100.0)
    if lowest == highest:
        raise Invalid(N_("The two grades must differ."), field="highest")
    decimals = form.get("decimals", "0").strip()
    return {
        "bottom": bottom,
        "top": top,
        "lowest": lowest,
        "highest": highest,
        "decimals": int(decimals) if decimals in {"0", "1", "2", "3", "4"} else 0,
        "late_cost": _cost(form),
    }


def rows_for_bands(fields: Mapping[str, str]) -> int:
    """Return how many rows for bands a form of these fields has."""
    filled = [n for n in range(MOST_BANDS) if fields.get(f"grade_{n}") or fields.get(f"at_{n}")]
    return min(MOST_BANDS, max(BANDS, max(filled, default=0) + 1 + SPARE))


def _bands(form: Mapping[str, str]) -> dict[str, Any]:
    bands = []
    for place in range(MOST_BANDS):
        grade, at = form.get(f"grade_{place}", "").strip(), read_anchor(form, f"at_{place}")
        if not grade and at is None:
            continue
        if not grade or at is None or len(grade) > LONGEST:
            raise Invalid(
                N_("A band needs a grade (up to %(most)s characters) and a score."),
                field=f"grade_{place}",
                most=LONGEST,
            )
        bands.append({"at": at, "grade": grade})
    if not bands:
        raise Invalid(N_("Fill in at least one band."), field="grade_0")
    return {
        "bands": bands,
        "otherwise": _words(form, "otherwise", "F"),
        "late_cost": float(int(_cost(form))),
    }


def read_anchor(form: Mapping[str, str], name: str) -> float | str | None:
    """Read a score that grades are measured by; None where nothing was chosen. Raises Invalid."""
    chosen = form.get(name, "").strip()
    if chosen == NUMBER:
        return _number(form, f"{name}_number", None)
    if chosen == BEST or (chosen.startswith(BASELINE) and len(chosen) <= 220):
        return chosen
    return None


def _words(form: Mapping[str, str], name: str, default: str) -> str:
    words = form.get(name, "").strip() or default
    if len(words) > LONGEST:
        raise Invalid(N_("Write at most %(most)s characters."), field=name, most=LONGEST)
    return words


def _cost(form: Mapping[str, str]) -> float:
    cost = _number(form, "late_cost", 0.0)
    if cost < 0:
        raise Invalid(N_("What a late day costs can't be less than nothing."), field="late_cost")
    return cost


def _number(form: Mapping[str, str], name: str, default: float | None) -> float:
    text = form.get(name, "").strip()
    if not text and default is not None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= 1e6:
        raise Invalid(N_("Write a number such as 0.85."), field=name)
    return number
