"""What trying out a folder finds, as lines: each with its reason and the step that mends it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from server.folders.contents import Folder
from server.folders.faults import FolderFault
from server.folders.findings import Finding
from server.folders.findings import Level as Found
from server.preflight.report import Fix, Level, Line, Place
from server.shared.errors import N_


class _Meaning(NamedTuple):
    fix: Fix
    why: str = ""


_LEVELS = {Found.ERROR: Level.ERROR, Found.WARNING: Level.WARNING, Found.OK: Level.PASSED}
_MEANINGS = {
    "pages": _Meaning(Fix.PAGES, N_("Teams decide by these pages whether they take part.")),
    "rules": _Meaning(Fix.RULES, N_("Teams decide by these pages whether they take part.")),
    "sample-served": _Meaning(Fix.DATA, N_("It is the example that every file is compared with.")),
    "quotas": _Meaning(Fix.PHASES, N_("A team can never use up what a day seems to allow.")),
    "solution": _Meaning(Fix.SOLUTION, N_("Every score is computed from it.")),
    "no-private": _Meaning(
        Fix.SOLUTION, N_("What fits the public rows by chance would win: nothing undoes it.")
    ),
    "answers-served": _Meaning(Fix.DATA, N_("Anybody can download them: the contest is decided.")),
    "perfect": _Meaning(
        Fix.METRIC, N_("If the right answers are not perfect, something is read otherwise.")
    ),
    "direction": _Meaning(Fix.METRIC, N_("A board that is sorted the wrong way crowns the worst.")),
    "sample": _Meaning(Fix.DATA, N_("It is what every team submits first.")),
    "baseline": _Meaning(Fix.BASELINES, N_("It is what teams compare themselves with.")),
    "ladder": _Meaning(Fix.PHASES, N_("A ladder shows a new score only where it is no noise.")),
    "metric": _Meaning(Fix.METRIC, N_("Teams would see a failure instead of a score.")),
    "metric-file": _Meaning(Fix.METRIC, N_("Teams would see a failure instead of a score.")),
    "plugin": _Meaning(Fix.METRIC, N_("Teams would see a failure instead of a score.")),
}
_STEPS = {
    "submission": Fix.DATA,
    "scoring": Fix.METRIC,
    "teams": Fix.TEAMS,
    "phases": Fix.PHASES,
    "baselines": Fix.BASELINES,
    "pages": Fix.PAGES,
}
_STEPS_OF_KEYS = {
    "solution": Fix.SOLUTION,
    "public_fraction": Fix.SOLUTION,
    "split": Fix.SOLUTION,
}


def lines_of_findings(folder: Folder, findings: Iterable[Finding]) -> Iterator[Line]:
    """Turn what a try-out found into lines; a good sign needs no reason."""
    for found in findings:
        meaning = _MEANINGS[found.code]
        level = _LEVELS[found.level]
        yield Line(
            level,
            found.code,
            meaning.fix,
            found.message,
            "" if level is Level.PASSED else meaning.why,
            found.remedy,
            where=_place(folder, found),
            phase=found.phase,
        )


def _place(folder: Folder, found: Finding) -> Place | None:
    if found.level is Found.ERROR and found.code == "solution" and found.phase:
        return Place(folder.phase(found.phase).solution)
    return None


def lines_of_faults(faults: Iterable[FolderFault]) -> list[Line]:
    """Turn the mistakes of a folder that can't be read into lines: each is an error."""
    return [
        Line(
            Level.ERROR,
            "folder",
            step_of(fault),
            fault.message,
            N_("The challenge can't be read before this is right."),
            fault.remedy,
            where=Place(fault.file, fault.line),
        )
        for fault in faults
    ]


def step_of(fault: FolderFault) -> Fix:
    """The step in which a mistake of a folder is put right."""
    if fault.key is None:
        return Fix.PAGES if fault.file.endswith(".md") else Fix.DATA
    parts = fault.key.replace("[", ".").split(".")
    for part in parts:
        if part in _STEPS_OF_KEYS:
            return _STEPS_OF_KEYS[part]
    return _STEPS.get(parts[0], Fix.ABOUT)
