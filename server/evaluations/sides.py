"""The hidden answers of an evaluation, and on which board its rows stand: later ones keep that."""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session

from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluations_of
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import SolutionReport, spec_text
from server.shared.storage import FileStore

# What an organiser says of the split: while it stays, so does every row.
WORDS = ("public_fraction", "split", "id_columns")
# By what was refused or discarded no row ever stood on a board.
STOOD = (
    EvaluationState.SCORING,
    EvaluationState.COMPLETE,
    EvaluationState.LIVE,
    EvaluationState.PAST,
)


class Truth(NamedTuple):
    """What a child reads: the solution's local path and the spec's JSON; `sides`: see the spec."""

    solution: Path
    spec: str
    sides: Path | None


def is_stored(hidden_files: FileStore, evaluation: Evaluation) -> bool:
    """Whether the hidden files of an evaluation are there."""
    named = evaluation.solution_sha256, evaluation.spec.get("sides")
    return all(hidden_files.has(name) for name in named if name)


@contextmanager
def truth_of(
    hidden_files: FileStore, solution_sha256: str, spec: Mapping[str, Any]
) -> Iterator[Truth]:
    """Yield an evaluation's hidden files on this machine, and its spec naming them."""
    with hidden_files.local(solution_sha256) as solution, sides_of_spec(hidden_files, spec) as here:
        yield Truth(solution, *here)


@contextmanager
def sides_of_spec(
    hidden_files: FileStore, spec: Mapping[str, Any]
) -> Iterator[tuple[str, Path | None]]:
    """Yield a spec's JSON naming its table of sides by a path on this machine, and that path."""
    named = spec.get("sides")
    if not named:
        yield spec_text(dict(spec)), None
        return
    with hidden_files.local(named) as sides:
        yield spec_text({**spec, "sides": str(sides)}), sides


def bases_of(session: Session, phase_id: int, spec: Mapping[str, Any]) -> list[Evaluation]:
    """Return the evaluations whose rows stay where they are under another spec of their phase.

    All that say the same of the split, for none need know the rows of every other: two that are
    not decided are looked at in either order. The live one has the first word, then the newest.
    None where a column decides by its values, and where all rows are public.
    """
    if (spec.get("split") or {}).get("by") == "column":
        return []
    drawn = spec.get("public_fraction") is not None
    found = [
        evaluation
        for evaluation in evaluations_of(session, phase_id)
        if evaluation.state in STOOD
        and (drawn or evaluation.has_private)
        and all(evaluation.spec.get(word) == spec.get(word) for word in WORDS)
    ]
    found.sort(key=lambda evaluation: evaluation.state is not EvaluationState.LIVE)
    return _each_once(found)


def _each_once(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """Leave out those of the same answers and the same table: they know no other rows."""
    known: dict[tuple[str, Any], Evaluation] = {}
    for evaluation in evaluations:
        known.setdefault((evaluation.solution_sha256, evaluation.spec.get("sides")), evaluation)
    return list(known.values())


def as_read(spec: Mapping[str, Any], report: SolutionReport) -> dict[str, Any]:
    """Return a spec without what counts for nothing: a column `Usage` has the last word."""
    if not report.by_usage:
        return dict(spec)
    return {n: v for n, v in spec.items() if n not in ("split", "sides")} | {
        "public_fraction": None
    }


def put_sides(hidden_files: FileStore, table: bytes) -> str:
    """Store a table of sides among the hidden files; return what names it."""
    named = sha256(table).hexdigest()
    hidden_files.copy_from(io.BytesIO(table), named)
    return named
