"""Whether the two sides of a split are alike, and whether rows that belong together stay so."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.stats import chi2_contingency, ks_2samp

from server.preflight.facts import PhaseFacts
from server.preflight.report import Fix, Level, Line, Value, share_in_words
from server.preflight.tables import Tables
from server.preflight.telling import area_of
from server.shared.errors import N_

_P_VALUE = 0.001
_SHARES, _DISTANCE = 0.05, 0.15
_MOST_NAMED = 5
_SURE = 0.98


def lines_on_split(facts: PhaseFacts, tables: Tables) -> Iterator[Line]:
    """Compare the public and the private rows of a phase."""
    yield from _missing(facts)
    if facts.public.any() and facts.private.any():
        along = _along(facts, tables)
        yield from _labels(facts, along) if facts.classes else _numbers(facts, along)
        yield from _units(facts)
    yield from _seen(facts, tables)


def _missing(facts: PhaseFacts) -> Iterator[Line]:
    """Name the classes that a board lacks."""
    if facts.targets.width != 1:
        return
    answers = facts.targets.to_series().cast(pl.String)
    for board, rows in (("public", facts.public), ("private", facts.private)):
        there = set(answers.filter(pl.Series(rows)))
        lacking = [label for label in facts.classes if label not in there]
        if rows.any() and lacking:
            yield Line(
                Level.WARNING,
                "missing-class",
                Fix.SOLUTION,
                N_("The %(board)s board of phase %(phase)s has no row of %(labels)s."),
                N_("What a model makes of these labels does not count there."),
                N_("Give that board a larger share of the rows, or another split."),
                values={
                    "board": board,
                    "phase": facts.slug,
                    "labels": ", ".join(lacking[:_MOST_NAMED]),
                },
                phase=facts.slug,
            )


def _labels(facts: PhaseFacts, along: str | None) -> Iterator[Line]:
    if facts.targets.width != 1:
        return
    codes = np.unique(facts.targets.to_series().cast(pl.String).to_numpy(), return_inverse=True)[1]
    count = int(codes.max()) + 1
    counts = np.array(
        [np.bincount(codes[m], minlength=count) for m in (facts.public, facts.private)]
    )
    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2:
        return
    shares = counts / counts.sum(axis=1, keepdims=True)
    apart = float(np.abs(shares[0] - shares[1]).max())
    p_value = float(chi2_contingency(counts).pvalue)
    yield _alike(facts, along, (apart, p_value, _SHARES), "chi-square")


def _numbers(facts: PhaseFacts, along: str | None) -> Iterator[Line]:
    first = facts.targets.to_series()
    if not first.dtype.is_numeric():
        return
    values = first.to_numpy()
    found = ks_2samp(values[facts.public], values[facts.private], method="asymp")
    measured = float(found.statistic), float(found.pvalue), _DISTANCE
    yield _alike(facts, along, measured, "Kolmogorov-Smirnov")


def _along(facts: PhaseFacts, tables: Tables) -> str | None:
    """The column along which the rows were split on purpose; None where chance did it."""
    if facts.spec.split is not None:
        return facts.spec.split.column
    if tables.test is None or tables.rows is None:
        return None
    rows = np.flatnonzero(facts.public | facts.private)
    left_out = {*facts.spec.id_columns, *facts.targets.columns}
    for name in tables.test.features(left_out):
        column = tables.test.frame[name][tables.rows[rows]]
        if column.null_count() or column.n_unique() < 2:
            continue
        ranks = column.rank("average").to_numpy()
        if abs(area_of(ranks, facts.public[rows]) - 0.5) > _SURE - 0.5:
            return name
    return None


def _alike(
    facts: PhaseFacts, along: str | None, measured: tuple[float, float, float], test: str
) -> Line:
    """`measured`: the largest difference, its p-value, and from where on it matters."""
    apart, p_value, most = measured
    values: dict[str, Value] = {
        "phase": facts.slug,
        "apart": share_in_words(apart),
        "p": p_value,
        "test": test,
    }
    if apart <= most or p_value >= _P_VALUE:
        return Line(
            Level.PASSED,
            "split",
            Fix.SOLUTION,
            N_("Phase %(phase)s: public and private rows have alike answers."),
            how=N_("They differ by at most %(apart)s (%(test)s test: p = %(p)s)."),
            values=values,
            phase=facts.slug,
        )
    if along is not None:
        return _meant(facts, {**values, "column": along})
    return Line(
        Level.WARNING,
        "split",
        Fix.SOLUTION,
        N_("Phase %(phase)s: the answers of public and private rows differ by up to %(apart)s."),
        N_("A team that does well on the one board need not do well on the other."),
        N_(
            "Let chance draw the public rows: it keeps each label's share (public_fraction, and no"
            " column Usage)."
        ),
        N_("%(test)s test: p = %(p)s."),
        values,
        phase=facts.slug,
    )


def _meant(facts: PhaseFacts, values: dict[str, Value]) -> Line:
    return Line(
        Level.NOTE,
        "split",
        Fix.SOLUTION,
        N_(
            "Phase %(phase)s: public and private rows are split along “%(column)s”, and their"
            " answers differ by up to %(apart)s."
        ),
        N_("The public board shows another kind of rows than the one that decides."),
        N_("Nothing, if it is meant; say so in the rules, so that nobody is surprised."),
        N_("%(test)s test: p = %(p)s."),
        values,
        phase=facts.slug,
    )


def _units(facts: PhaseFacts) -> Iterator[Line]:
    """Rows that belong together stay on one board, and are resampled together."""
    split, unit = facts.spec.split, facts.spec.unit_column
    if split is not None and split.by == "group" and unit is None:
        yield Line(
            Level.WARNING,
            "group-without-unit",
            Fix.METRIC,
            N_("Phase %(phase)s is split by “%(column)s”, but its rows are taken as independent."),
            N_("Rows that belong together repeat each other: the intervals would be too narrow."),
            N_(
                "Name “%(column)s” as the rows that belong together, beside the metric"
                " (unit_column under [scoring])."
            ),
            values={"phase": facts.slug, "column": split.column},
            phase=facts.slug,
        )
    # The series of a forecast are on both boards by nature: only units that were named count.
    if facts.units is None or unit is None:
        return
    both = np.intersect1d(facts.units[facts.public], facts.units[facts.private])
    if len(both):
        yield Line(
            Level.WARNING,
            "unit-on-both-sides",
            Fix.SOLUTION,
            N_(
                "Phase %(phase)s: %(count)s groups of rows that belong together are on both boards."
            ),
            N_("What a team learns of a group in public helps it in private."),
            N_("Split by group, with the column that names the groups."),
            values={"phase": facts.slug, "count": len(both)},
            phase=facts.slug,
        )


def _seen(facts: PhaseFacts, tables: Tables) -> Iterator[Line]:
    """Participants who can see what decides the split know which rows are public."""
    split = facts.spec.split
    if split is None or tables.test is None or split.column not in tables.test.frame.columns:
        return
    yield Line(
        Level.NOTE,
        "split-seen",
        Fix.SOLUTION,
        N_("Phase %(phase)s: data/%(test)s has “%(column)s”, by which the rows are split."),
        N_("Participants can guess which rows are public, and try out the public ones alone."),
        N_("Nothing, if a model needs the column; else leave it out of the test file."),
        values={"phase": facts.slug, "test": tables.test.name, "column": split.column},
        phase=facts.slug,
    )
