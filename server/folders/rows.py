"""The rows of a folder's tables, looked at where a broken metric keeps them from being scored."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from scorers.sentences import Sentence, sentence, together
from server.folders.assembling import Wrong, has_sample, is_scorable, sound_phases, wrong_keys
from server.folders.definition import PhaseDefinition, Submission
from server.folders.faults import Problem
from server.folders.files import misplaced
from server.folders.ids import Apart, answered, ids_apart
from server.folders.parsing import Draft
from server.folders.tables import UnreadableTable, text_columns


def row_problems(draft: Draft, root: Path, problems: Sequence[Problem]) -> list[Problem]:
    """Compare the ids of solutions and baselines, if the metric can't be used to read them.

    Where it can, trying the phases out says more.
    """
    wrong = wrong_keys(problems)
    if draft.submission is None or is_scorable(draft, wrong) or not has_sample(draft, wrong):
        return []
    try:
        sample = text_columns(root / draft.submission.sample)
    except UnreadableTable:
        return []
    phases = sound_phases(draft, wrong)
    first = draft.phases[0] if draft.phases else None
    found = [*_solutions(draft, root, phases, first, sample)]
    return [*found, *_baselines(draft, root, phases, wrong)]


def _solutions(
    draft: Draft,
    root: Path,
    phases: Sequence[PhaseDefinition],
    first: PhaseDefinition | None,
    sample: pl.DataFrame,
) -> Iterator[Problem]:
    for phase in phases:
        answers = _answers(root, phase)
        apart = None if answers is None else _apart(answers, sample, draft.submission)
        # A later phase may have a test set of its own.
        if apart is not None and (phase is first or apart.lacking or apart.repeated):
            said = _in_words(apart, phase.solution, sentence("the sample"))
            remedy = sentence("Give the solution and the sample the same ids.")
            yield Problem(("phases", draft.phases.index(phase), "solution"), said, remedy)


def _baselines(
    draft: Draft, root: Path, phases: Sequence[PhaseDefinition], wrong: Wrong
) -> Iterator[Problem]:
    answers = {phase.slug: _answers(root, phase) for phase in phases}
    for index, line in enumerate(draft.baselines):
        other = None if line is None else answers.get(line.phase)
        if line is None or other is None or wrong.get(("baselines", index)):
            continue
        if misplaced(root, line.file):
            continue
        apart = _table_apart(root / line.file, other, draft.submission)
        if apart is not None:
            said = _in_words(apart, line.file, sentence("the solution"))
            yield Problem(("baselines", index, "file"), said, sentence("Correct the file."))


def _answers(root: Path, phase: PhaseDefinition) -> pl.DataFrame | None:
    try:
        return answered(root / phase.solution)
    except UnreadableTable:
        return None


def _table_apart(path: Path, other: pl.DataFrame, submission: Submission | None) -> Apart | None:
    try:
        return _apart(text_columns(path), other, submission)
    except UnreadableTable:
        return None


def _apart(table: pl.DataFrame, other: pl.DataFrame, submission: Submission | None) -> Apart | None:
    ids = submission.id_columns if submission is not None else ()
    found = ids_apart(table, other, ids)
    return found if found is not None and found.is_apart else None


def _in_words(apart: Apart, file: str, other: Sentence) -> Sentence:
    """Say how rows differ, with the first ids of each kind."""
    if apart.lacking:
        columns = ", ".join(apart.lacking)
        return sentence("%(file)s has no column %(columns)s.", file=file, columns=columns)
    parts = (
        (_missing, apart.missing, apart.some_missing),
        (_unknown, apart.unknown, apart.some_unknown),
        (_repeated, apart.repeated, apart.some_repeated),
    )
    return together(
        *(
            say({"file": file, "other": other, "count": count, "some": _listed(some, count)})
            for say, count, some in parts
            if count
        )
    )


def _missing(places: Mapping[str, Any]) -> Sentence:
    if places["count"] == 1:
        return sentence("%(file)s lacks 1 id of %(other)s (%(some)s).", **places)
    return sentence("%(file)s lacks %(count)s ids of %(other)s (%(some)s).", **places)


def _unknown(places: Mapping[str, Any]) -> Sentence:
    if places["count"] == 1:
        return sentence("%(file)s has 1 id that %(other)s does not have (%(some)s).", **places)
    return sentence("%(file)s has %(count)s ids that %(other)s does not have (%(some)s).", **places)


def _repeated(places: Mapping[str, Any]) -> Sentence:
    if places["count"] == 1:
        return sentence("%(file)s has 1 id more than once (%(some)s).", **places)
    return sentence("%(file)s has %(count)s ids more than once (%(some)s).", **places)


def _listed(some: Sequence[str], count: int) -> str:
    return ", ".join(some) + (", ..." if count > len(some) else "")
