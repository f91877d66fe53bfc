"""From the text of `challenge.toml` to a definition, or to all that is wrong with it."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scorers.sentences import sentence
from server.folders.definition import (
    BaselineDefinition,
    Definition,
    FileDefinition,
    PhaseDefinition,
    Scoring,
    Submission,
    Teams,
)
from server.folders.faults import (
    DEFINITION_FILE,
    FolderFault,
    InvalidFolder,
    Problem,
    key_text,
)
from server.folders.times import Clock
from server.folders.toml_lines import KeyLines
from server.folders.wording import problem_of

Section = TypeVar("Section", bound=BaseModel)


@dataclass
class Draft:
    """The parts of a definition that can be read, so that what they say can be checked too.

    `undated`: the positions of phases whose times are not right, and stand in for others.
    """

    pages: list[str] | None = None
    submission: Submission | None = None
    scoring: Scoring | None = None
    teams: Teams | None = None
    phases: list[PhaseDefinition | None] = field(default_factory=list)
    phase_slugs: list[str] = field(default_factory=list)
    undated: set[int] = field(default_factory=set)
    baselines: list[BaselineDefinition | None] = field(default_factory=list)
    files: list[FileDefinition | None] = field(default_factory=list)


def read_toml(content: bytes) -> tuple[str, dict[str, Any]]:
    """Return the text of a definition and what TOML says it holds.

    Raises InvalidFolder where it is not UTF-8 or not TOML, with the line and the column.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        said, remedy = sentence("The file is not UTF-8."), sentence("Save it as UTF-8.")
        raise InvalidFolder([FolderFault(DEFINITION_FILE, line, None, said, remedy)]) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidFolder([_syntax_fault(str(error), text)]) from error


def _syntax_fault(message: str, text: str) -> FolderFault:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    said = message[: found.start()] if found else message
    at_end = found is None or found[1] is None
    line = len(text.splitlines()) if at_end or found is None else int(found[1])
    column = None if at_end or found is None else int(found[2])
    return FolderFault(
        DEFINITION_FILE,
        line,
        None,
        sentence("This is not TOML: %(error)s.", error=f"{said[:1].lower()}{said[1:]}"),
        sentence(
            "Text stands in quotes, a list in brackets, and each key once: see https://toml.io."
        ),
        column,
    )


def parse_definition(
    document: dict[str, Any], clock: Clock
) -> tuple[Definition | None, Draft, list[Problem]]:
    """Read a document into a definition; where it is wrong, into the parts that are right."""
    try:
        definition = Definition.model_validate(document, context=clock)
    except ValidationError as error:
        problems = [problem_of(detail) for detail in error.errors()]
        return None, _salvage(document, clock), problems
    return definition, _draft(definition), []


def faults_of(problems: list[Problem], text: str) -> list[FolderFault]:
    """Give each problem its line, in the order of the file."""
    lines = KeyLines(text)
    faults = [
        FolderFault(DEFINITION_FILE, lines.line(path), key_text(path) or None, message, remedy)
        for path, message, remedy in problems
    ]
    return sorted(faults, key=lambda fault: fault.line or 0)


def _draft(definition: Definition) -> Draft:
    return Draft(
        pages=definition.pages,
        submission=definition.submission,
        scoring=definition.scoring,
        teams=definition.teams,
        phases=list(definition.phases),
        phase_slugs=[phase.slug for phase in definition.phases],
        baselines=list(definition.baselines),
        files=list(definition.files),
    )


def _salvage(document: Mapping[str, Any], clock: Clock) -> Draft:
    pages = document.get("pages")
    tables = _tables(document, "phases")
    dated = [_section(PhaseDefinition, phase, clock) for phase in tables]
    phases = [known or _undated(raw, clock) for known, raw in zip(dated, tables, strict=True)]
    return Draft(
        pages=[page for page in pages if isinstance(page, str)]
        if isinstance(pages, list)
        else None,
        submission=_section(Submission, document.get("submission"), clock),
        scoring=_section(Scoring, document.get("scoring"), clock),
        teams=_section(Teams, document.get("teams", {}), clock),
        phases=phases,
        phase_slugs=[str(phase.get("slug")) for phase in tables],
        undated={i for i, phase in enumerate(dated) if phase is None},
        baselines=[
            _section(BaselineDefinition, baseline, clock)
            for baseline in _tables(document, "baselines")
        ],
        files=[_section(FileDefinition, file, clock) for file in _tables(document, "files")],
    )


def _tables(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    tables = document.get(name)
    tables = tables if isinstance(tables, list) else []
    return [table if isinstance(table, dict) else {} for table in tables]


def _section(model: type[Section], raw: object, clock: Clock) -> Section | None:
    """Read one section, without the optional keys in it that are wrong."""
    if not isinstance(raw, dict):
        return None
    try:
        return model.model_validate(raw, context=clock)
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    right = {key: deepcopy(value) for key, value in raw.items() if key not in wrong}
    try:
        return model.model_validate(right, context=clock)
    except ValidationError:
        return None


def _undated(raw: Mapping[str, Any], clock: Clock) -> PhaseDefinition | None:
    """Read a phase whose times are wrong as one of today: the rest of it can be checked."""
    stand_in = {"starts": clock.now, "ends": clock.now + timedelta(days=1)}
    return _section(PhaseDefinition, {**raw, **stand_in}, clock)
