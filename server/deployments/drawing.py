"""Which rows are public after a deployment: those that were, wherever the folder's words allow."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from scorers.evaluate import EvaluationSpec, SolutionFacts, check_solution
from scorers.keeping import sides_of, together, written
from scorers.solutions.sides import read_sides, same_types
from scorers.solutions.splitting import USAGE
from server.challenges.models import Phase
from server.deployments.run import Run
from server.evaluations.models import Evaluation
from server.evaluations.sides import bases_of, is_stored, put_sides, sides_of_spec, truth_of
from server.folders.contents import SolutionFile
from server.folders.tables import header_of
from server.shared.errors import N_, Conflict

# What decides which rows are public, and which are resampled: it stays when a truth is corrected.
DRAWN = ("split_seed", "replicate_seed", "draw", "sides")
BY_USAGE = "its column Usage says which rows are public"
BY_TABLE = "the folder's own table says which rows are public"
KEPT = "every row that was there stays on its board"
ANEW = "which rows are public is drawn anew"


def differs(run: Run, live: Evaluation, sha256: str, spec: EvaluationSpec) -> bool:
    """Whether scoring would be otherwise.

    The number of resamples alone is no new metric; and a solution that was corrected keeps the
    seeds and the sides of the one before it, which a folder that has the corrected one can't know.
    """
    now, then = json.loads(spec.to_json()), dict(live.spec)
    for name in ("replicates", *DRAWN):
        now.pop(name, None), then.pop(name, None)
    return live.solution_sha256 != sha256 or now != then or _moves(run, live, spec)


def _moves(run: Run, live: Evaluation, spec: EvaluationSpec) -> bool:
    """Whether the folder's own table has a row on another board than it is on."""
    if spec.sides is None:
        return False
    theirs, ours = same_types(read_sides(Path(spec.sides), spec.id_columns), _table(run, live))
    both = theirs.join(ours, on=list(spec.id_columns), suffix=" now")
    return bool((both[USAGE] != both[f"{USAGE} now"]).any())


def drawn_as(
    run: Run, live: Evaluation, spec: EvaluationSpec, bases: Sequence[Evaluation]
) -> EvaluationSpec:
    """Return a spec under which the rows of `bases` stay, and are resampled as they were.

    Where the folder has a table of its own, that is the last word.
    """
    then = EvaluationSpec.from_json(json.dumps(live.spec))
    spec = replace(
        spec, split_seed=then.split_seed, replicate_seed=then.replicate_seed, draw=then.draw
    )
    if not bases:
        return stored(run, spec)
    table = together([_table(run, base) for base in bases])
    if spec.sides is not None:
        table = together([read_sides(Path(spec.sides), spec.id_columns), table])
    return replace(spec, sides=put_sides(run.stores.hidden_files, written(table)))


def bases_under(
    run: Run, phase: Phase, solution: SolutionFile, spec: EvaluationSpec
) -> list[Evaluation]:
    """Return the evaluations whose rows stay where they are, unless the folder has other words."""
    if USAGE in header_of(solution.path):
        return []
    return bases_of(run.session, phase.id or 0, json.loads(spec.to_json()))


def stored(run: Run, spec: EvaluationSpec) -> EvaluationSpec:
    """Return a folder's spec as it is stored, its table of sides among the hidden files."""
    if spec.sides is None:
        return spec
    return replace(spec, sides=put_sides(run.stores.hidden_files, Path(spec.sides).read_bytes()))


def _table(run: Run, evaluation: Evaluation) -> pl.DataFrame:
    """Say where each row stands. Raises Conflict where the answers are lost."""
    hidden = run.stores.hidden_files
    if not is_stored(hidden, evaluation):
        raise Conflict(
            N_(
                "The solution of evaluation %(number)s is missing in the store: which rows are "
                "public can't be told. Put the store back from a backup; then deploy again."
            ),
            number=evaluation.number,
        )
    with truth_of(hidden, evaluation.solution_sha256, evaluation.spec) as truth:
        return sides_of(truth.solution, EvaluationSpec.from_json(truth.spec))


def facts_under(run: Run, solution: SolutionFile, spec: EvaluationSpec) -> SolutionFacts:
    """Check a solution under the spec that is to be stored with it. Raises InvalidSolution."""
    with sides_of_spec(run.stores.hidden_files, json.loads(spec.to_json())) as (here, _):
        return check_solution(solution.path, EvaluationSpec.from_json(here), sample=None)


def split_words(solution: SolutionFile, spec: EvaluationSpec, bases: Sequence[Evaluation]) -> str:
    """Say what becomes of the rows of a phase that is running; nothing, where chance has no say.

    `spec`: the folder's; `bases`: the evaluations whose rows stay.
    """
    if USAGE in header_of(solution.path):
        return BY_USAGE
    if spec.sides is not None:
        return BY_TABLE
    if bases:
        return KEPT
    return "" if spec.public_fraction is None else ANEW
