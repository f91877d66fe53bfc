"""A metric's parameters as a form sends them: read into what the metric takes."""

import json
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from scorers.errors import InvalidParameter, UnknownScorer
from scorers.registry import get_scorer
from scorers.sentences import said_by
from server.shared.errors import N_, FieldError, Invalid
from server.trials.catalogue import Metric, Setting

PREFIX = "param-"
LONGEST = 2_000
# What people type between the parts of a list: a Chinese keyboard has two commas of its own.
BETWEEN = re.compile(r"[,，、\r\n]")


def read_settings(form: Mapping[str, str], metric: Metric) -> dict[str, Any]:
    """Read the parameters that were typed; what is left empty or at its default is not named.

    Raises:
        Invalid: with each field that is wrong.
    """
    values: dict[str, Any] = {}
    faults: list[FieldError] = []
    for setting in metric.settings:
        text = form.get(PREFIX + setting.name, "").strip()
        if not text:
            continue
        try:
            value = read_value(text, setting)
        except ValueError:
            said = N_("This can't be read: look at what is expected.")
            faults.append(FieldError(PREFIX + setting.name, said))
            continue
        if value != setting.default or type(value) is not type(setting.default):
            values[setting.name] = value
    if faults:
        raise Invalid(N_("Some parameters can't be read."), errors=tuple(faults))
    require_taken(metric, values)
    return values


def require_taken(metric: Metric, values: Mapping[str, Any]) -> None:
    """Have the metric itself look at its parameters. Raises Invalid at the field it names."""
    try:
        get_scorer(metric.name, **values)
    except (InvalidParameter, UnknownScorer, TypeError) as error:
        said = said_by(error)
        at = next((s.name for s in metric.settings if _names(said, s.name)), None)
        raise Invalid(said, field=f"{PREFIX}{at}" if at else "scorer") from error


def _names(said: str, name: str) -> bool:
    return f": {name} = " in said or f"“{name}”" in said


def parts_of(text: str) -> list[str]:
    """Return what is separated by commas or lines."""
    return [part.strip() for part in BETWEEN.split(text) if part.strip()]


def read_value(text: str, setting: Setting) -> Any:
    """Read the text of one field. Raises ValueError."""
    if len(text) > LONGEST:
        raise ValueError(text)
    return (
        READERS.get(setting.field, _free)(text)
        if setting.field != "choice"
        else _choice(text, setting)
    )


def _choice(text: str, setting: Setting) -> Any:
    for choice in setting.choices:
        if choice_text(choice) == text:
            return choice
    return _refuse(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def choice_text(value: Any) -> str:
    """Return a choice as the form's field has it."""
    return json.dumps(value) if not isinstance(value, str) else value


def typed_text(value: Any) -> str:
    """Return a value as it would be typed in."""
    if value is None:
        return ""
    if isinstance(value, list | tuple) and all(isinstance(v, str | int | float) for v in value):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(text: str) -> float | int:
    number = float(text.strip())
    if not isfinite(number):
        raise ValueError(text)
    return int(text) if text.strip().lstrip("+-").isdigit() else number


def _label(text: str) -> str | int:
    return int(text) if text.isdigit() and str(int(text)) == text else text


def _free(text: str) -> Any:
    """Read JSON where it is some, else the text itself (a column's name)."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (json.JSONDecodeError, RecursionError):
        return text


READERS: Mapping[str, Callable[[str], Any]] = {
    "count": int,
    "number": _number,
    "label": _label,
    "labels": lambda text: [_label(part) for part in parts_of(text)],
    "numbers": lambda text: [_number(part) for part in parts_of(text)],
}
