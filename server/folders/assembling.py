"""A folder made of what was read of it: whole, or of its sound parts where something is wrong."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from scorers.metric_files.file import METRIC
from server.folders.contents import BaselineFile, DataFile, Folder, Page, SolutionFile, sha256_of
from server.folders.definition import Definition, PhaseDefinition, Submission
from server.folders.faults import Problem
from server.folders.files import misplaced
from server.folders.metric import read_code
from server.folders.parsing import Draft
from server.folders.tables import header_of
from server.folders.toml_lines import KeyPath

# Without these a phase can't be tried out; a wrong time or quota keeps nobody from it.
_OF_TRIAL = frozenset({"slug", "solution", "split", "public_fraction", "usage"})


# The keys with a problem, by their table.
Wrong = dict[KeyPath, set[str | int]]


class Texts(NamedTuple):
    """What a folder holds beside its definition."""

    pages: Sequence[Page]
    files: Sequence[DataFile]
    images: Sequence[DataFile]


def assemble(root: Path, definition: Definition, texts: Texts) -> Folder:
    """Put a folder together whose definition and whose files are right."""
    return Folder(
        path=root,
        slug=root.name,
        definition=definition,
        header=tuple(header_of(root / definition.submission.sample)),
        pages=list(texts.pages),
        files=list(texts.files),
        solutions=[_solution(root, phase) for phase in definition.phases],
        baselines=list(_baselines(root, definition)),
        code=read_code(root) if definition.scoring.scorer == METRIC else None,
        images=list(texts.images),
    )


def _solution(root: Path, phase: PhaseDefinition) -> SolutionFile:
    path = root / phase.solution
    return SolutionFile(phase.slug, path, path.stat().st_size, sha256_of(path))


def _baselines(root: Path, definition: Definition) -> Iterable[BaselineFile]:
    for line in definition.baselines:
        path = root / line.file
        yield BaselineFile(line.name, line.phase, path, path.stat().st_size)


def sound_part(
    root: Path, draft: Draft, problems: Sequence[Problem], texts: Texts
) -> Folder | None:
    """Put together what can be tried out of a folder with mistakes elsewhere; None: nothing can.

    Its phases and baselines are those whose files, split and names are right.
    """
    wrong = wrong_keys(problems)
    scoring, submission = draft.scoring, draft.submission
    if scoring is None or submission is None or not is_scorable(draft, wrong):
        return None
    if "also" in wrong.get(("scoring",), ()):
        scoring = scoring.model_copy(update={"also": []})
    phases = sound_phases(draft, wrong)
    slugs = [phase.slug for phase in phases]
    baselines = [
        line
        for i, line in enumerate(draft.baselines)
        if line is not None
        and line.phase in slugs
        and not wrong.get(("baselines", i))
        and misplaced(root, line.file) is None
    ]
    definition = Definition.model_construct(
        title=root.name,
        submission=submission,
        scoring=scoring,
        phases=phases,
        baselines=baselines,
    )
    return assemble(root, definition, texts) if phases else None


def is_scorable(draft: Draft, wrong: Wrong) -> bool:
    """Whether the metric and the sample are right; what is shown beside may be wrong."""
    metric = draft.scoring is not None and not wrong.get(("scoring",), set()) - {"also"}
    return metric and has_sample(draft, wrong)


def sound_phases(draft: Draft, wrong: Wrong) -> list[PhaseDefinition]:
    """Return the phases that can be tried out, each short name once."""
    found: dict[str, PhaseDefinition] = {}
    for i, phase in enumerate(draft.phases):
        if phase is not None and not wrong.get(("phases", i), set()) & _OF_TRIAL:
            found.setdefault(phase.slug, phase)
    return list(found.values())


def has_sample(draft: Draft, wrong: Wrong) -> bool:
    """Whether the sample can be read, and its ids found in it."""
    named: Submission | None = draft.submission
    return named is not None and not wrong.get(("submission",), set()) & {"sample", "id_column"}


def wrong_keys(problems: Sequence[Problem]) -> Wrong:
    """Return the keys with a problem, by their table: ("scoring",) or ("phases", 0)."""
    wrong: Wrong = {}
    for path, _said, _remedy in problems:
        length = 2 if path[:1] in (("phases",), ("baselines",)) else 1
        table, rest = tuple(path[:length]), path[length:]
        wrong.setdefault(table, set()).add(rest[0] if rest else "")
    return wrong
