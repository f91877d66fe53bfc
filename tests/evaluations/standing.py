"""On which board each row of an evaluation's solution is scored."""

import polars as pl

from scorers.evaluate import EvaluationSpec
from scorers.keeping import sides_of
from server.evaluations.models import Evaluation
from server.evaluations.sides import truth_of
from server.shared.storage import Stores


def sides_in(stores: Stores, evaluation: Evaluation) -> dict[str, str]:
    """The side of each row by its id; the solution ignores none."""
    with truth_of(stores.hidden_files, evaluation.solution_sha256, evaluation.spec) as truth:
        rows = sides_of(truth.solution, EvaluationSpec.from_json(truth.spec))
        here = rows.head(pl.read_csv(truth.solution).height)
    return dict(here.select(pl.col("id").cast(pl.String), "Usage").iter_rows())
