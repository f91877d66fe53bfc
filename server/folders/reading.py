"""Reading a challenge folder: everything that is wrong with it is said at once."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scorers.evaluate import Evaluated, evaluate_file
from scorers.metric_files.file import METRIC
from scorers.metric_files.scoring import Run
from server.folders.checking import Finding, Level, check_folder
from server.folders.consistency import problems_of
from server.folders.contents import (
    BaselineFile,
    DataFile,
    Folder,
    Page,
    SolutionFile,
    sha256_of,
)
from server.folders.definition import (
    SLUG_LENGTH,
    Clock,
    Definition,
    PhaseDefinition,
    as_slug,
    is_slug,
)
from server.folders.faults import FolderFault, InvalidFolder, one_of
from server.folders.files import (
    described,
    leaked_solutions,
    list_data,
    list_images,
    read_pages,
)
from server.folders.metric import read_code
from server.folders.parsing import faults_of, parse_definition
from server.folders.preparing import missing_files, read_definition_file, run_prepare
from server.folders.tables import header_of

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
    root = Path(os.path.abspath(path))
    text, document = read_definition_file(root)
    definition, draft, problems = parse_definition(document, Clock(now, allow_relative_times))
    problems = [*problems, *problems_of(draft, root, max_bytes_limit)]
    pages, page_faults = read_pages(root, draft.pages)
    files, data_faults = list_data(root)
    images, image_faults = list_images(root)
    faults = [*_name_faults(root), *faults_of(problems, text), *page_faults, *data_faults]
    faults += image_faults
    if definition is None or faults:
        raise InvalidFolder(faults)
    files = described(files, definition.files)
    return _without_leaks(replace(_folder(root, definition, pages, files), images=images))


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
        said = f'There is no phase "{chosen}".'
        raise InvalidFolder([FolderFault(folder.slug, None, None, said, one_of(chosen, slugs))])
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {file}.")
    solution = folder.solution_of(chosen).path
    result = evaluate_file(file, solution, folder.spec_for(chosen), run=run)
    return OfflineScore(folder, chosen, result)


def _name_faults(root: Path) -> list[FolderFault]:
    if is_slug(root.name):
        return []
    said = "The folder's name is the challenge's address, so it can't be this."
    remedy = (
        "Use lowercase letters, digits and single hyphens,"
        f" at most {SLUG_LENGTH} characters, such as {as_slug(root.name)}."
    )
    return [FolderFault(root.name, None, None, said, remedy)]


def _folder(
    root: Path, definition: Definition, pages: Sequence[Page], files: Sequence[DataFile]
) -> Folder:
    return Folder(
        path=root,
        slug=root.name,
        definition=definition,
        header=tuple(header_of(root / definition.submission.sample)),
        pages=list(pages),
        files=list(files),
        solutions=[_solution(root, phase) for phase in definition.phases],
        baselines=list(_baselines(root, definition)),
        code=read_code(root) if definition.scoring.scorer == METRIC else None,
    )


def _solution(root: Path, phase: PhaseDefinition) -> SolutionFile:
    path = root / phase.solution
    return SolutionFile(phase.slug, path, path.stat().st_size, sha256_of(path))


def _baselines(root: Path, definition: Definition) -> Iterable[BaselineFile]:
    for line in definition.baselines:
        path = root / line.file
        yield BaselineFile(line.name, line.phase, path, path.stat().st_size)


def _without_leaks(folder: Folder) -> Folder:
    leaks = leaked_solutions(folder.files, folder.solutions)
    if leaks:
        raise InvalidFolder(leaks)
    return folder
