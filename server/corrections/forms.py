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
        Invalid: the phase is left out, or the parameters are no JSON object.
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
    """Read a metric's parameters; None where nothing is said of them. Raises Invalid."""
    if not text:
        return None
    if len(text) > LONGEST_PARAMS:
        raise Invalid(
            N_("The parameters have more than %(most)s characters."),
            field="params",
            most=LONGEST_PARAMS,
        )
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
