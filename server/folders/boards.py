"""What the boards of a phase lack for its scorer to be defined: a class, or answers that differ."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from scorers.binding import bind_scorers, kind_of
from scorers.errors import InvalidSolution, listing
from scorers.sentences import Sentence, sentence, together
from scorers.solutions.solution import Solution, read_solution
from scorers.solutions.splitting import USAGE
from scorers.spec import EvaluationSpec
from server.folders.contents import Folder
from server.folders.tables import header_of


class Lack(NamedTuple):
    """What is lacking, in a sentence, and what to do about it."""

    said: Sentence
    remedy: Sentence

    def told(self, message: Sentence) -> tuple[Sentence, Sentence]:
        """The message that it explains, and the remedy."""
        return together(message, self.said), self.remedy


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
    return Lack(together(*sentences), _remedy(spec, USAGE in header_of(path)))


def _sentences(answers: Solution) -> Iterator[Sentence]:
    boards = {True: answers.public, False: answers.private}
    for public, rows in boards.items():
        if rows.any():
            yield from _of_board(public, answers, answers.targets.filter(pl.Series(rows)))


def _of_board(public: bool, answers: Solution, targets: pl.DataFrame) -> Iterator[Sentence]:
    board = sentence("public") if public else sentence("private")
    missing = [c for c in answers.classes if c not in set(targets.to_series())]
    if missing:
        labels = listing(missing)
        yield sentence("The %(board)s board has no row of %(labels)s.", board=board, labels=labels)
        return
    constant = [name for name in targets.columns if targets[name].n_unique() == 1]
    if constant and targets.width == 1:
        yield sentence("All answers of the %(board)s board are the same.", board=board)
    elif constant:
        yield sentence(
            "On the %(board)s board all answers are the same in %(columns)s.",
            board=board,
            columns=listing(constant),
        )


def _remedy(spec: EvaluationSpec, has_usage: bool) -> Sentence:
    if has_usage:
        return sentence("Move rows from one board to the other in the column Usage.")
    if spec.split is not None and spec.split.by == "column":
        return sentence("Name other values in `public`, or split by group or by rows.")
    if spec.split is not None:
        return sentence(
            "Write another public_fraction, or don't split by %(way)s.", way=spec.split.by
        )
    if spec.public_fraction is not None:
        return sentence("Write another public_fraction, or give the solution a Usage column.")
    return sentence("Correct the solution.")
