"""A draft as a definition: what a new one begins with, and what its files make of it. Pure."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from server.drafts.models import DraftFile
from server.drafts.rules import FileKind
from server.folders.definition import as_slug

DATA = "data/"
PRIVATE = "private/"
FIRST_PAGES = ("overview", "data", "rules")
WEEKS_OPEN = 6
_SUFFIX = 12


def new_definition(title: str, *, now: datetime) -> dict[str, Any]:
    """Return what a new challenge begins with: a title, its usual pages, and one phase."""
    starts = (now + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
    ends = starts + timedelta(weeks=WEEKS_OPEN)
    phase = {
        "slug": "final",
        "title": "",
        "starts": moment_text(starts),
        "ends": moment_text(ends),
        "public_fraction": 0.3,
    }
    return {"title": title, "pages": list(FIRST_PAGES), "phases": [phase]}


def new_pages() -> dict[str, str]:
    """Return the pages of a new challenge: empty, in the usual order."""
    return dict.fromkeys(FIRST_PAGES, "")


def moment_text(moment: datetime) -> str:
    """Return an aware moment of UTC as a definition has it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def moment_of(text: object) -> datetime | None:
    """Return the moment that a definition's text says; None where it says none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def phases_of(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the phases that a definition has so far."""
    found = definition.get("phases")
    return [dict(phase) for phase in found] if isinstance(found, list) else []


def phase_of(definition: Mapping[str, Any], slug: str) -> dict[str, Any] | None:
    """Return a phase by its slug."""
    return next((phase for phase in phases_of(definition) if phase.get("slug") == slug), None)


def section(definition: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table of a definition, empty where there is none yet."""
    found = definition.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def page_order(definition: Mapping[str, Any], pages: Mapping[str, str]) -> list[str]:
    """Return the tabs in their order: those that are listed, then any others there are."""
    listed = definition.get("pages")
    named = [slug for slug in listed if slug in pages] if isinstance(listed, list) else []
    return named + [slug for slug in pages if slug not in named]


def path_in_folder(file: DraftFile) -> str:
    """Return where a file of a draft lies in the folder that is made of it."""
    match file.kind:
        case FileKind.SOLUTION:
            return f"{PRIVATE}solution_{file.phase}{_suffix(file.name)}"
        case FileKind.BASELINE:
            return f"{PRIVATE}baseline_{as_slug(file.title)}_{file.id}{_suffix(file.name)}"
        case FileKind.IMAGE:
            return f"images/{file.name}"
    return f"{DATA}{file.name}"


def _suffix(name: str) -> str:
    suffix = "".join(PurePath(name).suffixes[-2:])
    plain = suffix.replace(".", "").isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX
    return suffix.lower() if plain else ".csv"


def whole_definition(
    definition: Mapping[str, Any], pages: Mapping[str, str], files: Sequence[DraftFile]
) -> dict[str, Any]:
    """Return a definition with what its files say: solutions, baselines, and the data's order."""
    whole = deepcopy(dict(definition))
    # A page that nobody has written yet is no tab.
    whole["pages"] = [slug for slug in page_order(definition, pages) if pages[slug].strip()]
    whole["phases"] = [_with_solution(phase, files) for phase in phases_of(definition)]
    baselines = [file for file in files if file.kind is FileKind.BASELINE]
    whole["baselines"] = [
        {"name": file.title, "phase": file.phase, "file": path_in_folder(file)}
        for file in baselines
    ]
    data = [file for file in files if file.kind is FileKind.DATA]
    whole["files"] = [{"name": file.name, "description": file.description} for file in data]
    return {key: value for key, value in whole.items() if value not in (None, [], {})}


def _with_solution(phase: Mapping[str, Any], files: Sequence[DraftFile]) -> dict[str, Any]:
    found = solution_of(files, str(phase.get("slug")))
    rest = {key: value for key, value in phase.items() if key != "solution"}
    return rest | ({"solution": path_in_folder(found)} if found else {})


def solution_of(files: Sequence[DraftFile], phase: str) -> DraftFile | None:
    """Return the solution of a phase."""
    solutions = [f for f in files if f.kind is FileKind.SOLUTION and f.phase == phase]
    return solutions[-1] if solutions else None


def sample_of(definition: Mapping[str, Any], files: Sequence[DraftFile]) -> DraftFile | None:
    """Return the file that is the sample submission."""
    named = str(section(definition, "submission").get("sample", ""))
    data = [f for f in files if f.kind is FileKind.DATA and path_in_folder(f) == named]
    return data[0] if data else None


def read_as_one(found: Mapping[str, Any] | None) -> bool:
    """Whether a table's only column holds several: a spreadsheet wrote it without commas."""
    columns = (found or {}).get("columns") or []
    return len(columns) == 1 and any(mark in columns[0]["name"] for mark in (";", "\t"))


def key_in(definition: Mapping[str, Any], sample: DraftFile | None) -> str:
    """Return the column of the sample that may name a row, where nothing is said of that yet.

    The first whose cells all differ; "" where there is none, or where one is called `id`.
    """
    found = (sample.found if sample is not None else None) or {}
    columns = found.get("columns", ())
    if "id_column" in section(definition, "submission") or any(c["name"] == "id" for c in columns):
        return ""
    keys = (c["name"] for c in columns if c["distinct"] == found["rows"] and not c["empty"])
    return str(next(keys, ""))


def id_columns_of(definition: Mapping[str, Any]) -> list[str]:
    """Return the columns that make up a row's key."""
    named = section(definition, "submission").get("id_column", "id")
    return [str(name) for name in named] if isinstance(named, list) else [str(named)]
