"""What a wrong key of `challenge.toml` is told: what it must be, and what to write instead."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from server.folders.definition import (
    BaselineDefinition,
    Definition,
    FileDefinition,
    PhaseDefinition,
    Privacy,
    Scoring,
    SplitDefinition,
    Submission,
    Teams,
)
from server.folders.faults import Problem, key_text, nearest, one_of
from server.folders.toml_lines import KeyPath

_SECTIONS: dict[str, type[BaseModel]] = {
    "": Definition,
    "submission": Submission,
    "scoring": Scoring,
    "teams": Teams,
    "privacy": Privacy,
    "phases": PhaseDefinition,
    "baselines": BaselineDefinition,
    "files": FileDefinition,
}
_LISTS = ("phases", "baselines", "files")
_EXAMPLES = {
    "title": 'title = "Handwritten digits"',
    "submission": '[submission] with sample = "data/sample_submission.csv"',
    "scoring": '[scoring] with scorer = "accuracy"',
    "phases": "a [[phases]] table with slug, starts, ends and solution",
    "sample": 'sample = "data/sample_submission.csv"',
    "scorer": 'scorer = "accuracy"',
    "slug": 'slug = "a"',
    "starts": "starts = 2026-11-01T00:00:00Z",
    "ends": "ends = 2026-12-31T16:00:00Z",
    "solution": 'solution = "private/solution.csv"',
    "name": 'name = "logistic regression"',
    "phase": 'phase = "a"',
    "by": 'by = "group"',
    "file": 'file = "private/baseline_logistic.csv"',
}
_WANTED = {
    "string_type": ("text", "Put it in quotes."),
    "int_type": ("a whole number", "Write it without quotes, such as 5."),
    "float_type": ("a number", "Write it without quotes, such as 0.3."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "list_type": ("a list", 'Write it in brackets, such as ["overview", "data"].'),
    "dict_type": ("a table", 'Write it in braces, such as { average = "macro" }.'),
    "model_type": ("a table", "Give it a header of its own: [{name}], or [[{name}]] in a list."),
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def problem_of(detail: ErrorDetails) -> Problem:
    """Return a mistake in the words of whoever wrote the file."""
    path, kind, given = tuple(detail["loc"]), detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if kind == "organiser":
        return Problem(path, str(context["said"]), str(context["remedy"]))
    if kind in _WANTED:
        return _wrong_type(path, kind, given)
    if kind in _BOUNDS:
        return _out_of_bounds(path, kind, given, context)
    return _wrong_name(path, kind, given, context) or _wrong_length(path, detail, context)


def _wrong_name(
    path: KeyPath, kind: str, given: object, context: Mapping[str, Any]
) -> Problem | None:
    name = str(path[-1])
    match kind:
        case "missing":
            return Problem(path, f"{name} is missing.", f"Add {_EXAMPLES[name]}.")
        case "extra_forbidden":
            return Problem(path, f'There is no key "{name}" {_where(path)}.', _meant(path))
        case "literal_error":
            choices = re.findall(r"'([^']*)'", str(context["expected"]))
            said = f"{name} can't be {_shown(given)}."
            return Problem(path, said, one_of(str(given), choices))
    return None


def _where(path: KeyPath) -> str:
    table = next((str(part) for part in path[:-1] if isinstance(part, str)), None)
    if table is None:
        return "at the top of the file"
    return f"in [[{table}]]" if table in _LISTS else f"in [{table}]"


def _meant(path: KeyPath) -> str:
    """Say which key an unknown one stands for: one of its own table's, or another table's."""
    name, table = str(path[-1]), str(path[0]) if len(path) > 1 else ""
    section = SplitDefinition if "split" in path[1:-1] else _SECTIONS[table]
    known = list(section.model_fields)
    if nearest(name, known):
        return one_of(name, known)
    for other, model in _SECTIONS.items():
        if name in model.model_fields:
            return f"It belongs {_where((other, name) if other else (name,))}."
    return one_of(name, known)


def _wrong_type(path: KeyPath, kind: str, given: object) -> Problem:
    wanted, remedy = _WANTED[kind]
    if path[-1] in _LISTS:
        return Problem(path, f"{path[-1]} is a list of tables.", f"Write [[{path[-1]}]].")
    names = [str(part) for part in path if isinstance(part, str)]
    name = names[-1]
    item = isinstance(path[-1], int) and name not in _LISTS
    subject = f"An item of {name}" if item else name
    said = f"{subject} must be {wanted}, not {_shown(given)}."
    return Problem(path, said, remedy.format(name=name) if kind == "model_type" else remedy)


def _out_of_bounds(path: KeyPath, kind: str, given: object, context: Mapping[str, Any]) -> Problem:
    words, key = _BOUNDS[kind]
    said = f"{path[-1]} must be {words} {context[key]:,}, not {_shown(given)}."
    return Problem(path, said, f"Write a number that is {words} {context[key]:,}.")


def _wrong_length(path: KeyPath, detail: ErrorDetails, context: Mapping[str, Any]) -> Problem:
    name = key_text(path)
    if detail["type"] == "string_too_short":
        return Problem(path, f"{name} is empty.", "Write something in it, or leave the key out.")
    if detail["type"] == "string_too_long":
        limit = context["max_length"]
        return Problem(path, f"{name} is too long.", f"Write at most {limit} characters.")
    if detail["type"] == "too_short":
        return Problem(path, f"{name} is empty.", f"Add {_EXAMPLES.get(name, 'an item')}.")
    return Problem(path, f"{name}: {detail['msg']}.", "Correct the value.")


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value[:60]}"'
        case dict():
            return "a table"
        case list():
            return "a list"
    return str(value)[:60]
