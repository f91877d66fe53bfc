"""What a solution tells the organiser before launch: a perfect submission, and data that leaks."""

from pathlib import Path

import polars as pl

from scorers.binding import bind_scorers, kind_of
from scorers.evaluate import EvaluationSpec
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.labels import sort_labels
from scorers.registry import get_scorer
from scorers.scorer import Scorer
from scorers.solutions.splitting import USAGE
from server.folders.contents import Folder
from server.folders.ids import answered
from server.folders.tables import UnreadableTable, header_of, text_columns

_LARGEST_SEARCHED = 200_000_000
_ENOUGH_ROWS = 0.5


def perfect_submission(folder: Folder, phase: str) -> pl.DataFrame | None:
    """Return the solution in the form of a submission, or None where that takes more thought.

    Raises InvalidSolution where the scorer doesn't suit the sample.
    """
    spec = folder.spec_for(phase)
    scorer, _ = bind_scorers(spec)
    try:
        solution = answered(folder.solution_of(phase).path)
    except UnreadableTable:
        return None
    kind = kind_of(scorer, spec)
    if INPUTS[kind].matched and not set(spec.header) <= set(solution.columns):
        return None
    match kind:
        case InputKind.PROBABILITIES | InputKind.CLASS_SCORES:
            return _one_hot(solution, spec, scorer)
        case InputKind.QUANTILES:
            return _repeated(solution, spec, scorer)
        case InputKind.PROBABILITY | InputKind.SCORES:
            return _certain(solution, spec, scorer)
    return _ideal(solution.select(spec.header), spec, scorer)


def _ideal(solution: pl.DataFrame, spec: EvaluationSpec, scorer: Scorer) -> pl.DataFrame:
    """Return the answers, or what hits them where the scorer reads another form of them."""
    if scorer.ideal is None:
        return solution
    name = spec.columns[0]
    truth = solution[name].fill_null("").to_numpy()
    return solution.with_columns(pl.Series(name, scorer.ideal(truth, **scorer.options)))


def _target(solution: pl.DataFrame, spec: EvaluationSpec, scorer: Scorer) -> str | None:
    """Return the one column of answers, None where the header leaves it open."""
    decides = None if spec.split is None else spec.split.column
    known = {*spec.id_columns, USAGE, spec.unit_column, decides, *scorer.columns.values()}
    beside = [column for column in solution.columns if column not in known]
    return beside[0] if len(beside) == 1 and set(spec.id_columns) <= set(solution.columns) else None


def _one_hot(solution: pl.DataFrame, spec: EvaluationSpec, scorer: Scorer) -> pl.DataFrame | None:
    """Return 1 in the column of each row's label, 0 in the others."""
    label = _target(solution, spec, scorer)
    if label is None:
        return None
    hits = [(pl.col(label) == name).cast(pl.Int8).alias(name) for name in spec.columns]
    return solution.select(*spec.id_columns, *hits)


def _repeated(solution: pl.DataFrame, spec: EvaluationSpec, scorer: Scorer) -> pl.DataFrame | None:
    """Return the answer as every quantile."""
    target = _target(solution, spec, scorer)
    if target is None:
        return None
    return solution.select(*spec.id_columns, *(pl.col(target).alias(n) for n in spec.columns))


def _certain(solution: pl.DataFrame, spec: EvaluationSpec, scorer: Scorer) -> pl.DataFrame:
    """Return 1 for the rows of the positive class, which is the last one unless it is named."""
    target = pl.col(spec.columns[0])
    classes = sort_labels(solution[spec.columns[0]].drop_nulls())
    named = scorer.params.get("pos_label")
    positive = str(named) if named is not None else next(iter(classes[::-1]), None)
    return solution.select(*spec.id_columns, (target == positive).cast(pl.Int8))


def files_with_answers(folder: Folder, phase: str) -> list[str]:
    """Name the data files in which the answers of a phase stand beside the ids."""
    try:
        solution = answered(folder.solution_of(phase).path)
    except UnreadableTable:
        return []
    searched = [file for file in folder.files if file.size <= _LARGEST_SEARCHED]
    return [file.name for file in searched if _tells(file.path, solution, folder)]


def _tells(path: Path, solution: pl.DataFrame, folder: Folder) -> bool:
    ids = list(folder.definition.submission.id_columns)
    scoring = folder.definition.scoring
    decide = {p.split.column for p in folder.definition.phases if p.split is not None}
    not_targets = {*ids, USAGE, scoring.unit_column, *decide, *_beside(folder)}
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


def _beside(folder: Folder) -> list[str]:
    """Name the columns that the scorer reads beside the answers."""
    scoring = folder.definition.scoring
    if folder.code is not None:
        return []
    return list(get_scorer(scoring.scorer, **scoring.params).columns.values())


def _same(both: pl.DataFrame, name: str) -> bool:
    """Tell whether two columns hold the same values, as text or as numbers, and not just one."""
    hidden, served = both[name], both[f"{name} served"]
    if hidden.n_unique() < 2:
        return False
    as_numbers = hidden.cast(pl.Float64, strict=False) == served.cast(pl.Float64, strict=False)
    return bool(((hidden == served).fill_null(False) | as_numbers.fill_null(False)).all())
