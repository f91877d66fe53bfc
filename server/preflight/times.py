"""Whether the test rows come after the training rows, where both name their times."""

import re
from collections.abc import Iterator

import polars as pl

from server.preflight.facts import PhaseFacts
from server.preflight.report import Fix, Level, Line, share_in_words
from server.preflight.tables import Table
from server.shared.errors import N_

_NAMES = re.compile(r"(^|_)(date|time|datetime|timestamp|day|week|month|year)s?($|_)", re.I)
_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m")


def lines_on_time(facts: PhaseFacts, train: Table, test: Table) -> Iterator[Line]:
    """Say of each column of times whether the test rows lie after the training rows."""
    for name in test.frame.columns:
        if name not in train.frame.columns or not _NAMES.search(name):
            continue
        past, future = moments(train.frame[name]), moments(test.frame[name])
        if past is None or future is None:
            continue
        last = past.max()
        earlier = int((future <= last).sum()) / len(future)
        yield _after(facts, name) if earlier == 0 else _mixed(facts, name, earlier)


def moments(column: pl.Series) -> pl.Series | None:
    """A column of times in a type that can be compared; None where it is none.

    Numbers count where they are years, or larger: an hour of the day goes round and has no order.
    """
    if column.dtype.is_numeric():
        known = column.drop_nulls()
        least = known.cast(pl.Float64).min() if len(known) else None
        return known if isinstance(least, float) and least >= 1000 else None
    if column.dtype != pl.String:
        return column.drop_nulls() if column.dtype.is_temporal() else None
    texts = column.drop_nulls().str.strip_chars_end("Z")
    for form in _FORMATS:
        found = texts.str.to_datetime(form, strict=False)
        if len(found) and found.null_count() == 0:
            return found
    return None


def _after(facts: PhaseFacts, name: str) -> Line:
    return Line(
        Level.PASSED,
        "time-order",
        Fix.DATA,
        N_("Phase %(phase)s: every test row is later than the training rows, by “%(column)s”."),
        values={"phase": facts.slug, "column": name},
        phase=facts.slug,
    )


def _mixed(facts: PhaseFacts, name: str, earlier: float) -> Line:
    return Line(
        Level.NOTE,
        "time-order",
        Fix.DATA,
        N_(
            "Phase %(phase)s: %(share)s of the test rows are no later than the last training row,"
            " by “%(column)s”."
        ),
        N_("A model may look into the future of such rows; for a forecast the scores flatter."),
        N_("Nothing, if nothing is forecast; else cut train and test at one moment."),
        values={"phase": facts.slug, "column": name, "share": share_in_words(earlier)},
        phase=facts.slug,
    )
