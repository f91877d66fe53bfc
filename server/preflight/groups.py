"""Rows that belong together (of one patient, say) on both sides of train and test."""

from collections.abc import Iterator

import polars as pl

from server.preflight.facts import PhaseFacts
from server.preflight.report import Fix, Level, Line, Place
from server.preflight.tables import Table, Tables
from server.shared.errors import N_


def group_columns(facts: PhaseFacts) -> set[str]:
    """Return the columns that say whose a row is: a copy under another patient's name is a copy."""
    split, unit = facts.spec.split, facts.spec.unit_column
    by_group = split.column if split is not None and split.by == "group" else None
    return {name for name in (unit, by_group) if name is not None}


def lines_on_groups(facts: PhaseFacts, tables: Tables) -> Iterator[Line]:
    """Say of which patients, series or images rows stand in train and in test."""
    assert tables.train is not None
    assert tables.test is not None
    for name in sorted(group_columns(facts) - {*facts.spec.id_columns}):
        asked = _asked_groups(facts, tables, name)
        if asked is None or name not in tables.train.frame.columns:
            continue
        shown = tables.train.frame.get_column(name).cast(pl.String).drop_nulls().unique()
        both = int(asked.is_in(shown.implode()).sum())
        if both:
            yield _groups_on_both(facts, tables.train, name, (both, len(asked)))


def _asked_groups(facts: PhaseFacts, tables: Tables, name: str) -> pl.Series | None:
    """The groups that are to be predicted; the test file need not name them, the solution may."""
    if tables.test is not None and name in tables.test.frame.columns:
        return tables.test.frame.get_column(name).cast(pl.String).drop_nulls().unique()
    if name == facts.spec.unit_column and facts.units is not None:
        return pl.Series(facts.units[facts.public | facts.private]).cast(pl.String).unique()
    return None


def _groups_on_both(facts: PhaseFacts, train: Table, name: str, counted: tuple[int, int]) -> Line:
    """`counted`: how many groups of the test rows the training data have too, and of how many."""
    both, asked = counted
    return Line(
        Level.WARNING,
        "same-groups",
        Fix.DATA,
        N_(
            "Phase %(phase)s: %(both)s of %(asked)s groups of test rows (column “%(column)s”) have"
            " rows in data/%(train)s too."
        ),
        N_(
            "A model may know such a group again instead of learning the task: the score says too"
            " little of groups that nobody has seen."
        ),
        N_(
            "Keep every group wholly in the training data or wholly in the test data; where known"
            " groups are what is meant, say so in the rules."
        ),
        values={
            "phase": facts.slug,
            "both": both,
            "asked": asked,
            "column": name,
            "train": train.name,
        },
        where=Place(f"data/{train.name}", 1, name),
        phase=facts.slug,
    )
