"""What the keys of a definition must be to each other, and to the files beside them."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from scorers.binding import kind_of, secondary_scorer
from scorers.errors import InvalidParameter, InvalidSolution, UnknownScorer
from scorers.evaluate import EvaluationSpec
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.metric_files.file import METRIC
from scorers.registry import get_scorer
from scorers.scorer import Scorer
from server.folders.definition import PhaseDefinition, Scoring, Submission
from server.folders.faults import Problem, one_of
from server.folders.files import DATA, is_served, misplaced, page_slugs
from server.folders.metric import metric_problems
from server.folders.parsing import Draft
from server.folders.splits import split_problems
from server.folders.tables import UnreadableTable, header_of
from server.folders.toml_lines import KeyPath

_WITH_LABELS = (InputKind.LABELS, InputKind.PROBABILITIES, InputKind.CLASS_SCORES)


def problems_of(draft: Draft, root: Path, max_bytes_limit: int | None) -> Iterator[Problem]:
    """Find every mistake that needs more than one key, or a file, to be seen."""
    yield from _pages(draft, root)
    if draft.submission:
        yield from _submission(draft.submission, root, max_bytes_limit)
    if draft.scoring:
        yield from _scoring(draft.scoring, draft.submission, root)
    yield from _phases(draft, root)
    yield from _lock(draft)
    yield from _baselines(draft, root)
    yield from _files(draft, root)


def _pages(draft: Draft, root: Path) -> Iterator[Problem]:
    slugs = page_slugs(root, draft.pages)
    for index, slug in _repeated(slugs):
        yield Problem(("pages", index), f'The page "{slug}" is listed twice.', "Keep one.")


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index, name
        seen.add(name)


def _submission(submission: Submission, root: Path, limit: int | None) -> Iterator[Problem]:
    yield from _sample(submission, root)
    yield from _labels(submission.labels)
    for _, column in _repeated(submission.id_columns):
        yield Problem(("submission", "id_column"), f'"{column}" is named twice.', "Keep one.")
    if limit is not None and submission.max_bytes > limit:
        said = f"max_bytes is {submission.max_bytes:,}, this server takes {limit:,}."
        remedy = f"Write max_bytes = {limit:_}, or ask the operator for more."
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
        yield Problem(path, f"{submission.sample}: {error}", "Write the sample anew.")
        return
    size = (root / submission.sample).stat().st_size
    if size > submission.max_bytes:
        said = f"The sample has {size:,} bytes, more than the {submission.max_bytes:,} allowed."
        remedy = f"Write max_bytes = {2 * size:_} or so."
        yield Problem(("submission", "max_bytes"), said, remedy)
    yield from _header(submission, header)


def _header(submission: Submission, header: list[str]) -> Iterator[Problem]:
    missing = [column for column in submission.id_columns if column not in header]
    for column in missing:
        said = f'{submission.sample} has no column "{column}".'
        yield Problem(("submission", "id_column"), said, one_of(column, header))
    if not missing and len(header) == len(submission.id_columns):
        said = f"{submission.sample} has no column to predict."
        yield Problem(("submission", "sample"), said, "Add a column for the predictions.")
    for _, column in _repeated(header):
        said = f'{submission.sample} has the column "{column}" twice.'
        yield Problem(("submission", "sample"), said, "Give each column a name of its own.")


def _labels(labels: list[str] | None) -> Iterator[Problem]:
    if labels is None:
        return
    for index, label in _repeated(labels):
        path = ("submission", "labels", index)
        yield Problem(path, f'The label "{label}" is listed twice.', "Keep one.")
    if len(labels) < 2:
        remedy = "List every label that a prediction may take, or leave the key out."
        yield Problem(("submission", "labels"), "There is nothing to choose between.", remedy)


def _scoring(scoring: Scoring, submission: Submission | None, root: Path) -> Iterator[Problem]:
    if scoring.scorer == METRIC:
        yield from metric_problems(scoring, submission, root)
        return
    try:
        scorer = get_scorer(scoring.scorer, **scoring.params)
    except UnknownScorer as error:
        yield Problem(("scoring", "scorer"), str(error), "Name one of the scorers in the docs.")
        return
    except (InvalidParameter, TypeError) as error:
        yield Problem(("scoring", "params"), str(error), "Correct or remove the parameter.")
        return
    header = _readable_header(submission, root)
    if submission is None or header is None:
        yield from _also(scoring, set(scorer.kinds))
        return
    spec = EvaluationSpec(
        scorer.name,
        header=tuple(header),
        id_columns=submission.id_columns,
        kind=scoring.input,
    )
    if not spec.columns or not set(spec.id_columns) <= set(header):
        return
    try:
        kind = kind_of(scorer, spec)
    except InvalidSolution as error:
        remedy = "Name another scorer, or give the sample other columns."
        key = "scorer" if scoring.input is None else "input"
        yield Problem(("scoring", key), str(error), remedy)
        return
    yield from _also(scoring, {kind})
    if submission.labels is not None:
        yield from _meaning_of_labels(submission.labels, kind, spec)


def _readable_header(submission: Submission | None, root: Path) -> list[str] | None:
    """Return the sample's header, None where it can't be read: that is reported elsewhere."""
    if submission is None or misplaced(root, submission.sample):
        return None
    try:
        return header_of(root / submission.sample)
    except UnreadableTable:
        return None


def _meaning_of_labels(
    labels: list[str], kind: InputKind, spec: EvaluationSpec
) -> Iterator[Problem]:
    if INPUTS[kind].for_each_class and set(labels) != set(spec.columns):
        said = f"The labels are not the columns of the sample: {', '.join(spec.columns)}."
        remedy = "Let them agree, or remove labels: with probabilities the columns name them."
        yield Problem(("submission", "labels"), said, remedy)
    elif kind not in _WITH_LABELS:
        said = f"{spec.scorer} reads {INPUTS[kind].words}, so `labels` has no meaning here."
        yield Problem(("submission", "labels"), said, "Remove labels.")


def _also(scoring: Scoring, due: set[InputKind]) -> Iterator[Problem]:
    for index, name in _repeated([scoring.scorer, *scoring.also]):
        said = f'"{name}" is shown already.'
        yield Problem(("scoring", "also", index - 1), said, "Remove it from also.")
    for index, name in enumerate(scoring.also):
        path = ("scoring", "also", index)
        try:
            other = secondary_scorer(name, scoring.params)
        except UnknownScorer as error:
            yield Problem(path, str(error), "Name one of the scorers in the docs.")
        except InvalidParameter as error:
            yield Problem(path, str(error), "Show another scorer, one without parameters.")
        else:
            yield from _same_input(path, scoring.scorer, due, other)


def _same_input(
    path: KeyPath, scorer: str, due: set[InputKind], other: Scorer
) -> Iterator[Problem]:
    if not due & set(other.kinds):
        said = f"{other.name} reads {_named(set(other.kinds))}, but {scorer} reads {_named(due)}."
        yield Problem(path, said, f"Show a scorer that reads {_named(due)}.")


def _named(kinds: set[InputKind]) -> str:
    return " or ".join(sorted(INPUTS[kind].words for kind in kinds))


def _phases(draft: Draft, root: Path) -> Iterator[Problem]:
    for index, slug in _repeated(draft.phase_slugs):
        said = f'There are two phases "{slug}".'
        yield Problem(("phases", index, "slug"), said, "Give each phase a slug of its own.")
    for index, phase in enumerate(draft.phases):
        if phase is not None and index not in draft.undated:
            yield from _times(index, phase)
        if phase is not None:
            yield from _solution(index, phase, draft, root)
    dated = [None if i in draft.undated else phase for i, phase in enumerate(draft.phases)]
    yield from _admission(dated)


def _times(index: int, phase: PhaseDefinition) -> Iterator[Problem]:
    if phase.ends <= phase.starts:
        said = f"The phase ends at {_time(phase)}, which is not after it starts."
        remedy = f"Write a time after {phase.starts:%Y-%m-%dT%H:%M:%SZ}."
        yield Problem(("phases", index, "ends"), said, remedy)


def _time(phase: PhaseDefinition) -> str:
    return f"{phase.ends:%Y-%m-%dT%H:%M:%SZ}"


def _solution(index: int, phase: PhaseDefinition, draft: Draft, root: Path) -> Iterator[Problem]:
    path: KeyPath = ("phases", index, "solution")
    if is_served(root, phase.solution):
        said = f"{phase.solution} lies in data/: participants would download it."
        yield Problem(path, said, "Move it to private/.")
        return
    wrong = misplaced(root, phase.solution)
    if wrong:
        yield Problem(path, *wrong)
        return
    try:
        header = header_of(root / phase.solution)
    except UnreadableTable as error:
        yield Problem(path, f"{phase.solution}: {error}", "Write the solution anew.")
        return
    yield from split_problems(index, phase, header, _answers(draft.submission, root))


def _answers(submission: Submission | None, root: Path) -> set[str]:
    """Name the columns that are predicted, as far as the sample tells."""
    header = _readable_header(submission, root) or []
    return set(header) - set(submission.id_columns if submission else ())


def _admission(phases: list[PhaseDefinition | None]) -> Iterator[Problem]:
    if phases and phases[0] and phases[0].admit_top is not None:
        said = "The first phase has no phase before it to admit teams from."
        yield Problem(("phases", 0, "admit_top"), said, "Remove admit_top.")
    for index, (before, phase) in enumerate(pairwise(phases), start=1):
        if before and phase and phase.admit_top is not None and phase.starts < before.ends:
            said = f"Phase {phase.slug} starts before phase {before.slug} has ended."
            remedy = f"Start it at {before.ends:%Y-%m-%dT%H:%M:%SZ} or later, or remove admit_top."
            yield Problem(("phases", index, "admit_top"), said, remedy)


def _lock(draft: Draft) -> Iterator[Problem]:
    phases = [p for i, p in enumerate(draft.phases) if p is not None and i not in draft.undated]
    lock_at = draft.teams.lock_at if draft.teams else None
    if lock_at is None or not phases or len(phases) < len(draft.phases):
        return
    last = max(phases, key=lambda phase: phase.ends)
    if lock_at >= last.ends:
        said = "Teams are locked only after the last phase has ended."
        remedy = f"Write a time before {_time(last)}, or remove lock_at."
        yield Problem(("teams", "lock_at"), said, remedy)


def _baselines(draft: Draft, root: Path) -> Iterator[Problem]:
    names = [f"{line.name} in {line.phase}" if line else "" for line in draft.baselines]
    for index, baseline in enumerate(draft.baselines):
        if baseline is None:
            continue
        if names[index] in names[:index]:
            said = f'Phase {baseline.phase} has two baselines "{baseline.name}".'
            yield Problem(("baselines", index, "name"), said, "Give each a name of its own.")
        if baseline.phase not in draft.phase_slugs:
            said = f'There is no phase "{baseline.phase}".'
            remedy = one_of(baseline.phase, draft.phase_slugs)
            yield Problem(("baselines", index, "phase"), said, remedy)
        wrong = misplaced(root, baseline.file)
        if wrong:
            yield Problem(("baselines", index, "file"), *wrong)


def _files(draft: Draft, root: Path) -> Iterator[Problem]:
    names = [file.name if file else "" for file in draft.files]
    for index, name in _repeated(names):
        if name:
            yield Problem(("files", index, "name"), f"{name} is named twice.", "Keep one.")
    for index, name in enumerate(names):
        wrong = misplaced(root, f"{DATA}/{name}") if name else None
        if wrong:
            yield Problem(("files", index, "name"), *wrong)
