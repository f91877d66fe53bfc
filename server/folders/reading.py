"""Reading a challenge folder: everything that is wrong with it is said at once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scorers.evaluate import Evaluated, evaluate_file
from scorers.metric_files.scoring import Run
from scorers.sentences import sentence
from server.folders.checking import check_folder
from server.folders.contents import BaselineFile, DataFile, Folder, Page, SolutionFile
from server.folders.definition import Definition, PhaseDefinition
from server.folders.faults import FolderFault, InvalidFolder, one_of
from server.folders.findings import Finding, Level
from server.folders.preparing import missing_files, run_prepare
from server.folders.surveying import survey_folder
from server.folders.times import Clock

__all__ = [
    "BaselineFile",
    "DataFile",
    "Definition",
    "Finding",
    "Folder",
    "FolderFault",
    "InvalidFolder",
    "Level",
    "OfflineScore",
    "Page",
    "PhaseDefinition",
    "SolutionFile",
    "check_folder",
    "missing_files",
    "read_folder",
    "run_prepare",
    "score_file",
]


class OfflineScore(NamedTuple):
    """What a file scores in a phase, without a server."""

    folder: Folder
    phase: str
    result: Evaluated


def read_folder(
    path: Path,
    *,
    now: datetime,
    allow_relative_times: bool = False,
    max_bytes_limit: int | None = None,
) -> Folder:
    """Read and check a challenge folder; its name is the challenge's slug.

    `now` is what relative times count from, where they are allowed (a demo). `max_bytes_limit` is
    the most bytes a submission may have on this server, where it is known.
    Raises InvalidFolder with every mistake, each with its file, line and remedy.
    """
    clock = Clock(now, allow_relative_times)
    found = survey_folder(path, clock, max_bytes_limit=max_bytes_limit)
    if found.whole is None:
        raise InvalidFolder(found.faults)
    return found.whole


def score_file(
    path: Path, file: Path, phase: str | None = None, *, run: Run | None = None
) -> OfflineScore:
    """Score a file against a challenge folder, in the first phase unless another is named.

    `run` is how a metric.py is run. Raises InvalidFolder, InvalidSolution and MetricFault (the
    organiser's mistakes), InvalidPredictions (the file's), FileNotFoundError.
    """
    folder = read_folder(path, now=datetime.now(UTC), allow_relative_times=True)
    slugs = [known.slug for known in folder.definition.phases]
    chosen = slugs[0] if phase is None else phase
    if chosen not in slugs:
        said = sentence('There is no phase "%(phase)s".', phase=chosen)
        raise InvalidFolder([FolderFault(folder.slug, None, None, said, one_of(chosen, slugs))])
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {file}.")
    solution = folder.solution_of(chosen).path
    result = evaluate_file(file, solution, folder.spec_for(chosen), run=run)
    return OfflineScore(folder, chosen, result)
