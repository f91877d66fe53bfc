"""What begins an evaluation, as a form sends it: the organiser's page and the API read it alike."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from server.corrections.actions import Wanted
from server.shared.errors import N_, Invalid
from server.shared.uploads import Upload

LONGEST_PARAMS = 20_000


def read_wanted(form: Mapping[str, str], solution: Upload | None) -> Wanted:
    """Read what an organiser wants of the fields `phase`, `reason`, `scorer` and `params`.

    Raises:
        Invalid: the phase is left out, or the parameters can't be read.
    """
    phase = form.get("phase", "")
    if not phase:
        raise Invalid(
            N_("Say which phase, and why, in the fields of a form: multipart/form-data."),
            field="phase",
        )
    return Wanted(
        phase=phase,
        reason=form.get("reason", "").strip(),
        scorer=form.get("scorer", "").strip() or None,
        params=read_params(form.get("params", "").strip()),
        solution_sha256=solution.sha256 if solution else None,
    )


def read_params(text: str) -> dict[str, Any] | None:
    """Read a metric's parameters; None where nothing is said of them. Raises Invalid.

    As a JSON object, or as people write them: a line for each, `average = macro`.
    """
    if not text:
        return None
    if len(text) > LONGEST_PARAMS:
        raise Invalid(
            N_("The parameters have more than %(most)s characters."),
            field="params",
            most=LONGEST_PARAMS,
        )
    if not text.startswith(("{", "[")):
        return dict(_line(line) for line in text.splitlines() if line.strip())
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise Invalid(
            N_(
                'params must be a JSON object, such as {"average": "macro"}; this breaks off at '
                "line %(line)s, column %(column)s."
            ),
            field="params",
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:
        raise _no_object() from error
    if not isinstance(value, dict):
        raise _no_object()
    return value


def _line(line: str) -> tuple[str, Any]:
    name, equals, value = (part.strip() for part in line.partition("="))
    if not (name and equals and value):
        raise Invalid(
            N_("“%(line)s” can't be read: write parameters as name = value, one a line."),
            field="params",
            line=line.strip()[:80],
        )
    return name, _value(value)


def _value(text: str) -> Any:
    """Return a number, a list or the like as JSON has it, and any other text as it stands."""
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        return text


def written(params: Mapping[str, Any]) -> str:
    """Return parameters as `read_params` takes them, a line for each."""
    return "\n".join(f"{name} = {_text(value)}" for name, value in params.items())


def _text(value: Any) -> str:
    if isinstance(value, str) and value.splitlines() == [value.strip()] and _value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _no_object() -> Invalid:
    return Invalid(
        N_('params must be a JSON object, such as {"average": "macro"}.'), field="params"
    )


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is too large")
    return value
