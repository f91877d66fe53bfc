"""The sides of a solution's rows as a table: what comes after it keeps them."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from scorers.binding import bind_scorers, kind_of
from scorers.metric_files.reading import Answers, read_answers
from scorers.solutions.sides import read_sides, same_types
from scorers.solutions.solution import Solution, read_solution
from scorers.solutions.splitting import USAGE
from scorers.spec import EvaluationSpec


def sides_of(solution: Path, spec: EvaluationSpec) -> pl.DataFrame:
    """The id of each row with its `Usage`: those of the solution in its order, then former ones.

    Former rows are those that `spec.sides` names and the solution has no longer: they keep their
    side, should they come back. Raises: InvalidSolution.
    """
    answers = _read(solution, spec)
    boards = [pl.lit(pl.Series(mask)) for mask in (answers.public, answers.private)]
    usage = pl.when(boards[0]).then(pl.lit("Public")).when(boards[1]).then(pl.lit("Private"))
    now = answers.ids.with_columns(usage.otherwise(pl.lit("Ignored")).alias(USAGE))
    if spec.sides is None:
        return now
    before, now = same_types(read_sides(Path(spec.sides), answers.ids.columns), now)
    former = before.join(now, on=answers.ids.columns, how="anti", maintain_order="left")
    return pl.concat([now, former])


def together(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One table of several: a row stands where the first that names it says."""
    joined = tables[0]
    for table in tables[1:]:
        known, more = same_types(joined, table)
        ids = [name for name in more.columns if name != USAGE]
        joined = pl.concat([known, more.join(known, on=ids, how="anti", maintain_order="left")])
    return joined


def _read(solution: Path, spec: EvaluationSpec) -> Answers | Solution:
    if spec.code is not None:
        return read_answers(solution, spec)
    scorer, also = bind_scorers(spec)
    return read_solution(solution, spec, kind_of(scorer, spec), [scorer, *also])


def written(sides: pl.DataFrame) -> bytes:
    """The table as a CSV file, the same bytes for the same table."""
    return sides.write_csv().encode()
