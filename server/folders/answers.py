"""What a solution tells the organiser before launch: a perfect submission, and data that leaks."""

from pathlib import Path

import polars as pl

from scorers.binding import kind_of
from scorers.evaluate import EvaluationSpec
from scorers.kinds import InputKind
from scorers.labels import sort_labels
from scorers.registry import get_scorer
from scorers.scorer import Scorer
from scorers.splitting import USAGE
from server.folders.contents import Folder
from server.folders.tables import UnreadableTable, header_of, text_columns

_LARGEST_SEARCHED = 200_000_000
_ENOUGH_ROWS = 0.5


def perfect_submission(folder: Folder, phase: str) -> pl.DataFrame | None:
    """Return the solution in the form of a submission, or None where that takes more thought.

    Raises InvalidSolution where the scorer doesn't suit the sample.
    """
    spec = folder.spec_for(phase)
    scorer = get_scorer(spec.scorer, **spec.params)
    try:
        solution = text_columns(folder.solution_of(phase).path)
    except UnreadableTable:
        return None
    match kind_of(scorer, spec):
        case InputKind.PROBABILITIES:
            return _one_hot(solution, spec)
        case InputKind.PROBABILITY:
            return _certain(solution, spec, scorer)
    return solution.select(spec.header) if set(spec.header) <= set(solution.columns) else None


def _one_hot(solution: pl.DataFrame, spec: EvaluationSpec) -> pl.DataFrame | None:
    """Return 1 in the column of each row's label, 0 in the others."""
    known = {*spec.id_columns, USAGE, spec.unit_column}
    labels = [column for column in solution.columns if column not in known]
    if len(labels) != 1 or not set(spec.id_columns) <= set(solution.columns):
        return None
    hits = [(pl.col(labels[0]) == name).cast(pl.Int8).alias(name) for name in spec.columns]
    return solution.select(*spec.id_columns, *hits)


def _certain(solution: pl.DataFrame, spec: EvaluationSpec, scorer: Scorer) -> pl.DataFrame | None:
    """Return 1 for the rows of the positive class, which is the last one unless it is named."""
    if not set(spec.header) <= set(solution.columns):
        return None
    target = pl.col(spec.columns[0])
    classes = sort_labels(solution[spec.columns[0]].drop_nulls())
    positive = str(scorer.params.get("pos_label", classes[-1] if classes else None))
    return solution.select(*spec.id_columns, (target == positive).cast(pl.Int8))


def files_with_answers(folder: Folder, phase: str) -> list[str]:
    """Name the data files in which the answers of a phase stand beside the ids."""
    try:
        solution = text_columns(folder.solution_of(phase).path)
    except UnreadableTable:
        return []
    searched = [file for file in folder.files if file.size <= _LARGEST_SEARCHED]
    return [file.name for file in searched if _tells(file.path, solution, folder)]


def _tells(path: Path, solution: pl.DataFrame, folder: Folder) -> bool:
    ids = list(folder.definition.submission.id_columns)
    not_targets = {*ids, USAGE, folder.definition.scoring.unit_column}
    try:
        header = header_of(path)
        shared = [name for name in solution.columns if name in header and name not in not_targets]
        if not shared or not set(ids) <= set(header) or not set(ids) <= set(solution.columns):
            return False
        table = text_columns(path).select([*ids, *shared])
    except UnreadableTable:
        return False
    both = solution.select([*ids, *shared]).join(table, on=ids, suffix=" served")
    enough = both.height >= max(1, _ENOUGH_ROWS * solution.height)
    return enough and any(_same(both, name) for name in shared)


def _same(both: pl.DataFrame, name: str) -> bool:
    """Tell whether two columns hold the same values, as text or as numbers, and not just one."""
    hidden, served = both[name], both[f"{name} served"]
    if hidden.n_unique() < 2:
        return False
    as_numbers = hidden.cast(pl.Float64, strict=False) == served.cast(pl.Float64, strict=False)
    return bool(((hidden == served).fill_null(False) | as_numbers.fill_null(False)).all())
