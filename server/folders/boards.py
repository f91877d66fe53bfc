"""What the boards of a phase lack for its scorer to be defined: a class, or answers that differ."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from scorers.binding import bind_scorers, kind_of
from scorers.errors import InvalidSolution, listing
from scorers.solutions.solution import Solution, read_solution
from scorers.solutions.splitting import USAGE
from scorers.spec import EvaluationSpec
from server.folders.contents import Folder
from server.folders.tables import header_of


class Lack(NamedTuple):
    """What is lacking, in a sentence, and what to do about it."""

    sentence: str
    remedy: str

    def told(self, said: str) -> tuple[str, str]:
        """The message that it explains, and the remedy."""
        return f"{said} {self.sentence}", self.remedy


def is_undefined(error: InvalidSolution) -> bool:
    """Tell whether a solution is refused because the scorer has no value on it."""
    return any(fault.code == "undefined" for fault in error.faults)


def lacking_on_boards(folder: Folder, phase: str) -> Lack | None:
    """Say what the boards of a readable solution lack; None where every board has everything."""
    spec, path = folder.spec_for(phase), folder.solution_of(phase).path
    if spec.code is not None:
        return None
    scorer, also = bind_scorers(spec)
    answers = read_solution(path, spec, kind_of(scorer, spec), [scorer, *also])
    sentences = [*_sentences(answers)]
    if not sentences:
        return None
    return Lack(" ".join(sentences), _remedy(spec, USAGE in header_of(path)))


def _sentences(answers: Solution) -> Iterator[str]:
    boards = {"public": answers.public, "private": answers.private}
    for board, rows in boards.items():
        if rows.any():
            yield from _of_board(board, answers, answers.targets.filter(pl.Series(rows)))


def _of_board(board: str, answers: Solution, targets: pl.DataFrame) -> Iterator[str]:
    missing = [c for c in answers.classes if c not in set(targets.to_series())]
    if missing:
        yield f"The {board} board has no row of {listing(missing)}."
        return
    constant = [name for name in targets.columns if targets[name].n_unique() == 1]
    if constant and targets.width == 1:
        yield f"All answers of the {board} board are the same."
    elif constant:
        yield f"On the {board} board all answers are the same in {listing(constant)}."


def _remedy(spec: EvaluationSpec, has_usage: bool) -> str:
    if has_usage:
        return f"Move rows from one board to the other in the column {USAGE}."
    if spec.split is not None and spec.split.by == "column":
        return "Name other values in `public`, or split by group or by rows."
    if spec.split is not None:
        return f"Write another public_fraction, or don't split by {spec.split.by}."
    if spec.public_fraction is not None:
        return f"Write another public_fraction, or give the solution a {USAGE} column."
    return "Correct the solution."
