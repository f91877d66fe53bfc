"""What the keys of a definition must be to each other, and to the files beside them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from scorers.sentences import sentence
from server.folders.definition import PhaseDefinition, Submission
from server.folders.faults import Problem, one_of, repeated
from server.folders.files import DATA, misplaced, page_slugs
from server.folders.parsing import Draft
from server.folders.scorers_named import readable_header, scorer_problems
from server.folders.splits import hidden_header, split_problems, usage_problems
from server.folders.tables import UnreadableTable, header_of
from server.folders.toml_lines import KeyPath

_KEEP_ONE = sentence("Keep one.")


def problems_of(draft: Draft, root: Path, max_bytes_limit: int | None) -> Iterator[Problem]:
    """Find every mistake that needs more than one key, or a file, to be seen."""
    yield from _pages(draft, root)
    if draft.submission:
        yield from _submission(draft.submission, root, max_bytes_limit)
    if draft.scoring:
        yield from scorer_problems(draft.scoring, draft.submission, root)
    yield from _phases(draft, root)
    yield from _lock(draft)
    yield from _baselines(draft, root)
    yield from _files(draft, root)


def _pages(draft: Draft, root: Path) -> Iterator[Problem]:
    slugs = page_slugs(root, draft.pages)
    for index, slug in repeated(slugs):
        said = sentence('The page "%(name)s" is listed twice.', name=slug)
        yield Problem(("pages", index), said, _KEEP_ONE)


def _submission(submission: Submission, root: Path, limit: int | None) -> Iterator[Problem]:
    yield from _sample(submission, root)
    yield from _labels(submission.labels)
    for _, column in repeated(submission.id_columns):
        said = sentence('"%(name)s" is named twice.', name=column)
        yield Problem(("submission", "id_column"), said, _KEEP_ONE)
    if limit is not None and submission.max_bytes > limit:
        said = sentence(
            "max_bytes is %(count)s, this server takes %(limit)s.",
            count=submission.max_bytes,
            limit=limit,
        )
        remedy = sentence(
            "Write max_bytes = %(limit)s, or ask the operator for more.", limit=f"{limit:_}"
        )
        yield Problem(("submission", "max_bytes"), said, remedy)


def _sample(submission: Submission, root: Path) -> Iterator[Problem]:
    path: KeyPath = ("submission", "sample")
    wrong = misplaced(root, submission.sample)
    if wrong:
        yield Problem(path, *wrong)
        return
    try:
        header = header_of(root / submission.sample)
    except UnreadableTable as error:
        said = sentence("%(name)s: %(problem)s", name=submission.sample, problem=error.said)
        yield Problem(path, said, sentence("Write the sample anew."))
        return
    size = (root / submission.sample).stat().st_size
    if size > submission.max_bytes:
        said = sentence(
            "The sample has %(count)s bytes, more than the %(limit)s allowed.",
            count=size,
            limit=submission.max_bytes,
        )
        remedy = sentence("Write max_bytes = %(count)s or so.", count=f"{2 * size:_}")
        yield Problem(("submission", "max_bytes"), said, remedy)
    yield from _header(submission, header)


def _header(submission: Submission, header: list[str]) -> Iterator[Problem]:
    missing = [column for column in submission.id_columns if column not in header]
    for column in missing:
        said = sentence(
            '%(file)s has no column "%(column)s".', file=submission.sample, column=column
        )
        yield Problem(("submission", "id_column"), said, one_of(column, header))
    if not missing and len(header) == len(submission.id_columns):
        said = sentence("%(file)s has no column to predict.", file=submission.sample)
        remedy = sentence("Add a column for the predictions.")
        yield Problem(("submission", "sample"), said, remedy)


def _labels(labels: list[str] | None) -> Iterator[Problem]:
    if labels is None:
        return
    for index, label in repeated(labels):
        said = sentence('The label "%(label)s" is listed twice.', label=label)
        yield Problem(("submission", "labels", index), said, _KEEP_ONE)
    if len(labels) < 2:
        said = sentence("There is nothing to choose between.")
        remedy = sentence("List every label that a prediction may take, or leave the key out.")
        yield Problem(("submission", "labels"), said, remedy)


def _phases(draft: Draft, root: Path) -> Iterator[Problem]:
    for index, slug in repeated(draft.phase_slugs):
        said = sentence('There are two phases "%(phase)s".', phase=slug)
        remedy = sentence("Give each phase a slug of its own.")
        yield Problem(("phases", index, "slug"), said, remedy)
    for index, phase in enumerate(draft.phases):
        if phase is not None and index not in draft.undated:
            yield from _times(index, phase)
        if phase is not None:
            yield from _solution(index, phase, draft, root)
    dated = [None if i in draft.undated else phase for i, phase in enumerate(draft.phases)]
    yield from _admission(dated)


def _times(index: int, phase: PhaseDefinition) -> Iterator[Problem]:
    if phase.ends <= phase.starts:
        said = sentence(
            "The phase ends at %(time)s, which is not after it starts.", time=_time(phase.ends)
        )
        remedy = sentence("Write a time after %(time)s.", time=_time(phase.starts))
        yield Problem(("phases", index, "ends"), said, remedy)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _solution(index: int, phase: PhaseDefinition, draft: Draft, root: Path) -> Iterator[Problem]:
    path: KeyPath = ("phases", index, "solution")
    anew = sentence("Write the solution anew.")
    header = hidden_header(path, phase.solution, root, remedy=anew)
    if isinstance(header, Problem):
        yield header
        return
    yield from split_problems(index, phase, header, _answers(draft.submission, root))
    if draft.submission is not None:
        yield from usage_problems(index, phase, draft.submission.id_columns, root)


def _answers(submission: Submission | None, root: Path) -> set[str]:
    """Name the columns that are predicted, as far as the sample tells."""
    header = readable_header(submission, root) or []
    return set(header) - set(submission.id_columns if submission else ())


def _admission(phases: list[PhaseDefinition | None]) -> Iterator[Problem]:
    if phases and phases[0] and phases[0].admit_top is not None:
        said = sentence("The first phase has no phase before it to admit teams from.")
        yield Problem(("phases", 0, "admit_top"), said, sentence("Remove admit_top."))
    for index, (before, phase) in enumerate(pairwise(phases), start=1):
        if before and phase and phase.admit_top is not None and phase.starts < before.ends:
            said = sentence(
                "Phase %(phase)s starts before phase %(before)s has ended.",
                phase=phase.slug,
                before=before.slug,
            )
            remedy = sentence(
                "Start it at %(time)s or later, or remove admit_top.", time=_time(before.ends)
            )
            yield Problem(("phases", index, "admit_top"), said, remedy)


def _lock(draft: Draft) -> Iterator[Problem]:
    phases = [p for i, p in enumerate(draft.phases) if p is not None and i not in draft.undated]
    lock_at = draft.teams.lock_at if draft.teams else None
    if lock_at is None or not phases or len(phases) < len(draft.phases):
        return
    last = max(phases, key=lambda phase: phase.ends)
    if lock_at >= last.ends:
        said = sentence("Teams are locked only after the last phase has ended.")
        remedy = sentence("Write a time before %(time)s, or remove lock_at.", time=_time(last.ends))
        yield Problem(("teams", "lock_at"), said, remedy)


def _baselines(draft: Draft, root: Path) -> Iterator[Problem]:
    names = [f"{line.name} in {line.phase}" if line else "" for line in draft.baselines]
    for index, baseline in enumerate(draft.baselines):
        if baseline is None:
            continue
        if names[index] in names[:index]:
            said = sentence(
                'Phase %(phase)s has two baselines "%(name)s".',
                phase=baseline.phase,
                name=baseline.name,
            )
            remedy = sentence("Give each a name of its own.")
            yield Problem(("baselines", index, "name"), said, remedy)
        if baseline.phase not in draft.phase_slugs:
            said = sentence('There is no phase "%(phase)s".', phase=baseline.phase)
            remedy = one_of(baseline.phase, draft.phase_slugs)
            yield Problem(("baselines", index, "phase"), said, remedy)
        wrong = misplaced(root, baseline.file)
        if wrong:
            yield Problem(("baselines", index, "file"), *wrong)


def _files(draft: Draft, root: Path) -> Iterator[Problem]:
    names = [file.name if file else "" for file in draft.files]
    for index, name in repeated(names):
        if name:
            said = sentence('"%(name)s" is named twice.', name=name)
            yield Problem(("files", index, "name"), said, _KEEP_ONE)
    for index, name in enumerate(names):
        wrong = misplaced(root, f"{DATA}/{name}") if name else None
        if wrong:
            yield Problem(("files", index, "name"), *wrong)
