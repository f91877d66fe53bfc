"""What a phase says of its split, and what its solution must have for it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from scorers.sentences import Sentence, sentence
from scorers.solutions.splitting import USAGE
from server.folders.definition import PhaseDefinition, SplitDefinition
from server.folders.faults import Problem, one_of
from server.folders.files import is_served, misplaced
from server.folders.tables import UnreadableTable, header_of
from server.folders.toml_lines import KeyPath


def split_problems(
    index: int, phase: PhaseDefinition, header: list[str], answers: set[str]
) -> Iterator[Problem]:
    """Find what is wrong with a phase's split; `header`: the solution's, `answers`: predicted."""
    path: KeyPath = ("phases", index)
    if USAGE in header:
        yield from _decided(path, phase)
        return
    split = phase.split
    if split is None:
        return
    yield from _keys(path, phase, split)
    if split.column is None or split.by == "rows":
        return
    if split.column not in header:
        said = sentence(
            '%(file)s has no column "%(column)s" to split by.',
            file=phase.solution,
            column=split.column,
        )
        yield Problem((*path, "split", "column"), said, one_of(split.column, header))
    elif split.column in answers:
        said = sentence(
            '"%(column)s" holds the answers, which can\'t decide what is public.',
            column=split.column,
        )
        remedy = sentence("Name another column of the solution.")
        yield Problem((*path, "split", "column"), said, remedy)


def usage_problems(
    index: int, phase: PhaseDefinition, id_columns: Sequence[str], root: Path
) -> Iterator[Problem]:
    """Find what is wrong with the table beside a solution that says which rows are public."""
    path, due = ("phases", index, "usage"), [*id_columns, USAGE]
    if phase.usage is None:
        return
    anew = sentence("Write the table anew.")
    header = hidden_header(path, phase.usage, root, remedy=anew)
    if isinstance(header, Problem):
        yield header
    elif sorted(header) != sorted(due):
        said = sentence(
            "%(file)s must have the columns %(columns)s, and no other.",
            file=phase.usage,
            columns=", ".join(due),
        )
        yield Problem(path, said, anew)


def hidden_header(path: KeyPath, name: str, root: Path, *, remedy: Sentence) -> list[str] | Problem:
    """Return the columns of a table that no participant may see, or what is wrong with it.

    `remedy`: what to do where it can't be read.
    """
    if is_served(root, name):
        said = sentence("%(file)s lies in data/: participants would download it.", file=name)
        return Problem(path, said, sentence("Move it to private/."))
    wrong = misplaced(root, name)
    if wrong:
        return Problem(path, *wrong)
    try:
        return header_of(root / name)
    except UnreadableTable as error:
        said = sentence("%(name)s: %(problem)s", name=name, problem=error.said)
        return Problem(path, said, remedy)


def _decided(path: KeyPath, phase: PhaseDefinition) -> Iterator[Problem]:
    said = sentence(
        "%(file)s has a Usage column, which decides the split already.", file=phase.solution
    )
    for key in ("public_fraction", "split", "usage"):
        if getattr(phase, key) is not None:
            remedy = sentence("Remove %(key)s, or the column.", key=key)
            yield Problem((*path, key), said, remedy)


def _keys(path: KeyPath, phase: PhaseDefinition, split: SplitDefinition) -> Iterator[Problem]:
    """Each way to split needs keys of its own, and no other."""
    if split.by == "rows" and split.column is not None:
        said = sentence("A split by rows reads no column.")
        remedy = sentence("Remove column, or split by group.")
        yield Problem((*path, "split", "column"), said, remedy)
    if split.by != "rows" and split.column is None:
        said = sentence("A split by %(way)s needs to know the column.", way=split.by)
        remedy = sentence('Add column = "patient", or whatever it is called.')
        yield Problem((*path, "split"), said, remedy)
    by_value = split.by == "column"
    if split.public is not None and not by_value:
        said = sentence(
            "A split by %(way)s draws what is public: it takes no values.", way=split.by
        )
        yield Problem((*path, "split", "public"), said, sentence("Remove public."))
    if split.public is None and by_value:
        said = sentence("A split by column needs to know which values are public.")
        remedy = sentence('Add public = ["north"], or whatever they are.')
        yield Problem((*path, "split"), said, remedy)
    if phase.public_fraction is None and not by_value:
        said = sentence("A split by %(way)s needs to know how much is public.", way=split.by)
        remedy = sentence("Add public_fraction = 0.3 to the phase.")
        yield Problem((*path, "split"), said, remedy)
    if phase.public_fraction is not None and by_value:
        said = sentence(
            "The values that are public decide how many rows are: a fraction can't too."
        )
        yield Problem((*path, "public_fraction"), said, sentence("Remove public_fraction."))
