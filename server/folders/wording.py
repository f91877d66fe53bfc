"""What a wrong key of `challenge.toml` is told: what it must be, and what to write instead."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scorers.sentences import Sentence, as_written, sentence
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
    "submission": sentence('[submission] with sample = "data/sample_submission.csv"'),
    "scoring": sentence('[scoring] with scorer = "accuracy"'),
    "phases": sentence("a [[phases]] table with slug, starts, ends and solution"),
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
_A_TABLE = sentence("a table")
_WANTED = {
    "string_type": (sentence("text"), sentence("Put it in quotes.")),
    "int_type": (
        sentence("a whole number"),
        sentence("Write it without quotes, such as 5."),
    ),
    "float_type": (sentence("a number"), sentence("Write it without quotes, such as 0.3.")),
    "bool_type": (sentence("true or false"), sentence("Write true or false, without quotes.")),
    "list_type": (
        sentence("a list"),
        sentence('Write it in brackets, such as ["overview", "data"].'),
    ),
    "dict_type": (_A_TABLE, sentence('Write it in braces, such as { average = "macro" }.')),
    "model_type": (_A_TABLE, None),
}
_BOUNDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


def problem_of(detail: ErrorDetails) -> Problem:
    """Return a mistake in the words of whoever wrote the file."""
    path, kind, given = tuple(detail["loc"]), detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if kind == "organiser":
        return Problem(path, as_written(context["said"]), as_written(context["remedy"]))
    if kind in _WANTED:
        return _wrong_type(path, kind, given)
    if kind in _BOUNDS:
        return _out_of_bounds(path, given, context)
    return _wrong_name(path, kind, given, context) or _wrong_length(path, detail, context)


def _wrong_name(
    path: KeyPath, kind: str, given: object, context: Mapping[str, Any]
) -> Problem | None:
    name = str(path[-1])
    match kind:
        case "missing":
            said = sentence("%(key)s is missing.", key=name)
            return Problem(path, said, sentence("Add %(example)s.", example=_EXAMPLES[name]))
        case "extra_forbidden":
            said = sentence('There is no key "%(key)s" %(where)s.', key=name, where=_where(path))
            return Problem(path, said, _meant(path))
        case "literal_error":
            choices = re.findall(r"'([^']*)'", str(context["expected"]))
            said = sentence("%(key)s can't be %(value)s.", key=name, value=_shown(given))
            return Problem(path, said, one_of(str(given), choices))
    return None


def _where(path: KeyPath) -> Sentence:
    table = next((str(part) for part in path[:-1] if isinstance(part, str)), None)
    if table is None:
        return sentence("at the top of the file")
    return sentence("in %(table)s", table=f"[[{table}]]" if table in _LISTS else f"[{table}]")


def _meant(path: KeyPath) -> Sentence:
    """Say which key an unknown one stands for: one of its own table's, or another table's."""
    name, table = str(path[-1]), str(path[0]) if len(path) > 1 else ""
    section = SplitDefinition if "split" in path[1:-1] else _SECTIONS[table]
    known = list(section.model_fields)
    if nearest(name, known):
        return one_of(name, known)
    for other, model in _SECTIONS.items():
        if name in model.model_fields:
            where = _where((other, name) if other else (name,))
            return sentence("It belongs %(where)s.", where=where)
    return one_of(name, known)


def _wrong_type(path: KeyPath, kind: str, given: object) -> Problem:
    wanted, remedy = _WANTED[kind]
    if path[-1] in _LISTS:
        said = sentence("%(key)s is a list of tables.", key=path[-1])
        return Problem(path, said, sentence("Write %(table)s.", table=f"[[{path[-1]}]]"))
    name = [str(part) for part in path if isinstance(part, str)][-1]
    item = isinstance(path[-1], int) and name not in _LISTS
    places = {"key": name, "wanted": wanted, "value": _shown(given)}
    if item:
        said = sentence("An item of %(key)s must be %(wanted)s, not %(value)s.", **places)
    else:
        said = sentence("%(key)s must be %(wanted)s, not %(value)s.", **places)
    return Problem(path, said, _own_header(name) if remedy is None else remedy)


def _own_header(name: str) -> Sentence:
    return sentence(
        "Give it a header of its own: %(table)s, or %(tables)s in a list.",
        table=f"[{name}]",
        tables=f"[[{name}]]",
    )


def _out_of_bounds(path: KeyPath, given: object, context: Mapping[str, Any]) -> Problem:
    bound = _bound(context)
    said = sentence(
        "%(key)s must be %(wanted)s, not %(value)s.",
        key=path[-1],
        wanted=bound,
        value=_shown(given),
    )
    return Problem(path, said, sentence("Write a number that is %(wanted)s.", wanted=bound))


def _bound(context: Mapping[str, Any]) -> Sentence:
    match context:
        case {"gt": number}:
            return sentence("more than %(number)s", number=f"{number:,}")
        case {"ge": number}:
            return sentence("at least %(number)s", number=f"{number:,}")
        case {"lt": number}:
            return sentence("less than %(number)s", number=f"{number:,}")
    return sentence("at most %(number)s", number=f"{context['le']:,}")


def _wrong_length(path: KeyPath, detail: ErrorDetails, context: Mapping[str, Any]) -> Problem:
    name = key_text(path)
    if detail["type"] == "string_too_short":
        remedy = sentence("Write something in it, or leave the key out.")
        return Problem(path, sentence("%(key)s is empty.", key=name), remedy)
    if detail["type"] == "string_too_long":
        remedy = sentence("Write at most %(count)s characters.", count=context["max_length"])
        return Problem(path, sentence("%(key)s is too long.", key=name), remedy)
    if detail["type"] == "too_short":
        example = _EXAMPLES.get(name, sentence("an item"))
        remedy = sentence("Add %(example)s.", example=example)
        return Problem(path, sentence("%(key)s is empty.", key=name), remedy)
    said = sentence("%(name)s: %(problem)s", name=name, problem=f"{detail['msg']}.")
    return Problem(path, said, sentence("Correct the value."))


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value[:60]}"'
        case dict():
            return _A_TABLE
        case list():
            return sentence("a list")
    return str(value)[:60]
