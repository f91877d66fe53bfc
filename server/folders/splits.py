"""What a phase says of its split, and what its solution must have for it."""

from collections.abc import Iterator

from scorers.solutions.splitting import USAGE
from server.folders.definition import PhaseDefinition, SplitDefinition
from server.folders.faults import Problem, one_of
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
        said = f'{phase.solution} has no column "{split.column}" to split by.'
        yield Problem((*path, "split", "column"), said, one_of(split.column, header))
    elif split.column in answers:
        said = f'"{split.column}" holds the answers, which can\'t decide what is public.'
        yield Problem((*path, "split", "column"), said, "Name another column of the solution.")


def _decided(path: KeyPath, phase: PhaseDefinition) -> Iterator[Problem]:
    said = f"{phase.solution} has a Usage column, which decides the split already."
    for key in ("public_fraction", "split"):
        if getattr(phase, key) is not None:
            yield Problem((*path, key), said, f"Remove {key}, or the column.")


def _keys(path: KeyPath, phase: PhaseDefinition, split: SplitDefinition) -> Iterator[Problem]:
    """Each way to split needs keys of its own, and no other."""
    if split.by == "rows" and split.column is not None:
        said = "A split by rows reads no column."
        yield Problem((*path, "split", "column"), said, "Remove column, or split by group.")
    if split.by != "rows" and split.column is None:
        said = f"A split by {split.by} needs to know the column."
        yield Problem((*path, "split"), said, 'Add column = "patient", or whatever it is called.')
    by_value = split.by == "column"
    if split.public is not None and not by_value:
        said = f"A split by {split.by} draws what is public: it takes no values."
        yield Problem((*path, "split", "public"), said, "Remove public.")
    if split.public is None and by_value:
        said = "A split by column needs to know which values are public."
        yield Problem((*path, "split"), said, 'Add public = ["north"], or whatever they are.')
    if phase.public_fraction is None and not by_value:
        said = f"A split by {split.by} needs to know how much is public."
        yield Problem((*path, "split"), said, "Add public_fraction = 0.3 to the phase.")
    if phase.public_fraction is not None and by_value:
        said = "The values that are public decide how many rows are: a fraction can't too."
        yield Problem((*path, "public_fraction"), said, "Remove public_fraction.")
