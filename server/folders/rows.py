"""The rows of a folder's tables, looked at where a broken metric keeps them from being scored."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

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
            said = f"{phase.solution} {_in_words(apart, 'the sample')}."
            remedy = "Give the solution and the sample the same ids."
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
            said = f"{line.file} {_in_words(apart, 'the solution')}."
            yield Problem(("baselines", index, "file"), said, "Correct the file.")


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


def _in_words(apart: Apart, other: str) -> str:
    """Say how rows differ, with the first ids of each kind."""
    if apart.lacking:
        return f"has no column {', '.join(apart.lacking)}"
    parts = (
        ("lacks", apart.missing, f"of {other}", apart.some_missing),
        ("has", apart.unknown, f"that {other} does not have", apart.some_unknown),
        ("has", apart.repeated, "more than once", apart.some_repeated),
    )
    told = [
        f"{verb} {count:,} id{'s' if count > 1 else ''} {what} ({_listed(some, count)})"
        for verb, count, what, some in parts
        if count
    ]
    return " and ".join(told)


def _listed(some: Sequence[str], count: int) -> str:
    return ", ".join(some) + (", ..." if count > len(some) else "")
