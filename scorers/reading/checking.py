"""Checks of what stands in the cells: every wrong cell in one pass, with its line and column."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.errors import LISTED, Fault, FaultList, listing, nearest, shorten
from scorers.inputs import MAY_BE_EMPTY, Content
from scorers.reading.schema import Rules
from scorers.reading.wording import (
    DUE,
    is_empty,
    is_not,
    no_indicator,
    no_probability,
    not_a_number,
    not_as_due,
    not_finite,
    not_whole,
    too_large,
    where,
)
from scorers.sentences import Sentence, as_written, known, sentence

# A larger number overflows in a metric or not as the hidden answers are: it would tell of them.
LARGEST_NUMBER = 1e100
_WHOLE = r"^[-+]?\d{1,18}$"
_NUMBERS = (Content.NUMBER, Content.PROBABILITY, Content.INDICATOR)
DTYPES: dict[Content, type[pl.DataType]] = {
    Content.ID: pl.String,
    Content.WHOLE_ID: pl.Int64,
    Content.LABEL: pl.String,
    Content.WHOLE_LABEL: pl.String,
    Content.NUMBER: pl.Float64,
    Content.PROBABILITY: pl.Float64,
    Content.INDICATOR: pl.Float64,
    Content.NAME: pl.String,
    Content.TEXT: pl.String,
    Content.CELL: pl.String,
}
Locate = Callable[[int], int | None]
Mask = NDArray[np.bool_]


class Table(NamedTuple):
    """A table as read: its columns in their types (null: could not be read), its rules, its lines.

    `locate`: the line of a row (None: the format has no lines). `whole`: no row was left out.
    """

    frame: pl.DataFrame
    rules: Rules
    locate: Locate
    whole: bool = True

    @property
    def ids(self) -> pl.DataFrame:
        """The id columns alone."""
        return self.frame.select(self.rules.id_columns)


class Finding(NamedTuple):
    """The rows of one column that have one kind of fault, and how to say it."""

    code: str
    rows: Mask
    expected: Sentence
    say: Callable[[str], Sentence]
    say_of_row: Callable[[int], Sentence] | None = None


def typed(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The columns that are due, in their types; what cannot be read becomes null."""
    return frame.select(_cast(name, content) for name, content in rules.contents.items())


def _cast(name: str, content: Content) -> pl.Expr:
    column = pl.col(name)
    if content in _NUMBERS or content is Content.WHOLE_ID:
        return column.str.strip_chars(" \t").cast(DTYPES[content], strict=False)
    return column.fill_null("") if content in MAY_BE_EMPTY else column


def is_clean(frame: pl.DataFrame, rules: Rules) -> bool:
    """Whether a typed table is free of faults; the quick check before any search for them."""
    if sum(frame.null_count().row(0)):
        return False
    columns = rules.contents.items()
    return all(_is_clean(frame[n], c, rules) for n, c in columns) and _adds_up(frame, rules)


def _is_clean(column: pl.Series, content: Content, rules: Rules) -> bool:
    if content in _NUMBERS:
        return _in_bounds(column, content, rules)
    if content in (Content.LABEL, Content.WHOLE_LABEL):
        wrong = any(finding.rows.any() for finding in _labels(column, content, rules))
        return not wrong and not _has_blank(column)
    if content is Content.CELL:
        return not any(finding.rows.any() for finding in _cells(column, rules))
    if content is Content.TEXT:
        return True
    return column.dtype != pl.String or not _has_blank(column)


def _has_blank(column: pl.Series) -> bool:
    """Whether a text is empty or all blanks; none is where all begin with a printed character."""
    if (column >= "!").all() and (column < "\x7f").all():
        return False
    return bool((column.str.strip_chars() == "").any())


def _in_bounds(column: pl.Series, content: Content, rules: Rules) -> bool:
    """The check of numbers by the least and the greatest alone; NaN is neither."""
    if content is Content.INDICATOR:
        return bool(((column == 0) | (column == 1)).all())
    parts = [chunk.to_numpy() for chunk in column.get_chunks()]
    least, most = (float(f([f(part) for part in parts])) for f in (np.min, np.max))
    if content is Content.PROBABILITY:
        return least >= 0 and most <= 1
    if not (least >= -LARGEST_NUMBER and most <= LARGEST_NUMBER):
        return False
    if column.name in rules.unbounded:
        return True
    return (rules.above is None or least > rules.above) and (
        rules.least is None or least >= rules.least
    )


def _adds_up(frame: pl.DataFrame, rules: Rules) -> bool:
    if rules.sum_tolerance is None:
        return True
    total = frame.select(pl.sum_horizontal(rules.probabilities)).to_series()
    return bool(((total - 1).abs() <= rules.sum_tolerance).all())


def check_cells(strings: pl.DataFrame, rules: Rules, locate: Locate, faults: FaultList) -> Table:
    """The typed table of one read as text (null: an empty cell); every wrong cell is added."""
    frame = typed(strings, rules)
    for name, content in rules.contents.items():
        for finding in _findings(strings[name], frame[name], content, rules):
            _report(finding, strings[name], locate, faults)
    bad = _bad_sums(frame, rules)
    if bad.any():
        _report_sums(frame, rules, bad, locate, faults)
    return Table(frame, rules, locate)


def _findings(
    raw: pl.Series, column: pl.Series, content: Content, rules: Rules
) -> Iterator[Finding]:
    if content in MAY_BE_EMPTY:
        if content is Content.CELL:
            yield from _cells(column, rules)
        return
    empty = (raw.is_null() | (raw.str.strip_chars() == "")).fill_null(True).to_numpy()
    yield Finding("empty", empty, DUE[content], is_empty)
    unread = column.is_null().to_numpy() & ~empty
    if content in _NUMBERS:
        yield Finding("not_a_number", unread, DUE[content], not_a_number)
        yield from _numbers(column, content, rules)
    elif content is Content.WHOLE_ID:
        yield Finding("unknown_id", unread, DUE[content], not_whole)
    elif content in (Content.LABEL, Content.WHOLE_LABEL):
        yield from (f._replace(rows=f.rows & ~empty) for f in _labels(column, content, rules))


def _numbers(column: pl.Series, content: Content, rules: Rules) -> Iterator[Finding]:
    values, read = column.to_numpy(), ~column.is_null().to_numpy()
    finite = np.isfinite(values)
    yield Finding("not_finite", read & ~finite, DUE[content], not_finite)
    if content is Content.NUMBER:
        due = sentence(
            "a number from %(least)s to %(most)s", least=-LARGEST_NUMBER, most=LARGEST_NUMBER
        )
        huge = finite & (np.abs(values) > LARGEST_NUMBER)
        yield Finding("out_of_range", huge, due, too_large)
    if content is Content.PROBABILITY:
        outside = finite & ((values < 0) | (values > 1))
        yield Finding("out_of_range", outside, DUE[content], no_probability)
    if content is Content.INDICATOR:
        other = finite & (values != 0) & (values != 1)
        yield Finding("out_of_range", other, DUE[content], no_indicator)
    if content is Content.NUMBER and column.name not in rules.unbounded:
        yield from _bounds(values, finite, rules)


def _bounds(values: NDArray[np.float64], finite: Mask, rules: Rules) -> Iterator[Finding]:
    outside = []
    if rules.above is not None:
        above = sentence("a number above %(bound)s", bound=float(rules.above))
        outside.append((values <= rules.above, above))
    if rules.least is not None:
        least = sentence("a number of at least %(bound)s", bound=float(rules.least))
        outside.append((values < rules.least, least))
    for wrong, due in outside:
        yield Finding("out_of_range", finite & wrong, due, partial(is_not, due))


def _cells(column: pl.Series, rules: Rules) -> Iterator[Finding]:
    """One finding for each thing that the scorer's own reader has to say of a cell."""
    check = rules.cell_check
    if check is None:
        return
    problems = [check(cell) for cell in column]
    rows = np.array([problem is not None for problem in problems], dtype=bool)

    def say_of_row(row: int) -> Sentence:
        cell, problem = shorten(column[row]), problems[row]
        return sentence("“%(cell)s” %(problem)s", cell=cell, problem=problem)

    due = known(rules.cell_words)
    yield Finding("unreadable_cell", rows, due, as_written, say_of_row)


def _labels(column: pl.Series, content: Content, rules: Rules) -> Iterator[Finding]:
    if rules.labels is not None:
        labels = rules.labels
        unknown = ~column.is_in(list(labels)).fill_null(True).to_numpy()
        due = sentence("one of %(names)s", names=listing(labels, 30))
        yield Finding("unknown_label", unknown, due, _unknown_label(labels))
    elif content is Content.WHOLE_LABEL:
        unread = ~column.str.contains(_WHOLE).fill_null(True).to_numpy()
        yield Finding("unknown_label", unread, DUE[content], not_whole)
    else:
        empty = (column == "").fill_null(True).to_numpy()
        yield Finding("empty", empty, DUE[content], is_empty)


def _unknown_label(labels: tuple[str, ...]) -> Callable[[str], Sentence]:
    def say(value: str) -> Sentence:
        close = listing(nearest(value.removesuffix(".0"), labels, most=1))
        if not close:
            return sentence("“%(value)s” is not a label", value=value)
        return sentence(
            "“%(value)s” is not a label; did you mean %(close)s?", value=value, close=close
        )

    return say


def _bad_sums(frame: pl.DataFrame, rules: Rules) -> Mask:
    if rules.sum_tolerance is None:
        return np.zeros(frame.height, dtype=bool)
    total = frame.select(pl.sum_horizontal(rules.probabilities, ignore_nulls=False)).to_series()
    apart = (total - 1).abs() > rules.sum_tolerance
    return (apart & total.is_finite()).fill_null(False).to_numpy()


def _report(finding: Finding, raw: pl.Series, locate: Locate, faults: FaultList) -> None:
    rows = np.flatnonzero(finding.rows)
    faults.add_counted((_fault(finding, raw, int(r), locate) for r in rows[:LISTED]), len(rows))


def _fault(finding: Finding, raw: pl.Series, row: int, locate: Locate) -> Fault:
    value, line = shorten("" if raw[row] is None else raw[row]), locate(row)
    said = finding.say(value) if finding.say_of_row is None else finding.say_of_row(row)
    message = not_as_due(where(line, row, raw.name), said, finding.expected)
    return Fault(finding.code, message, line, raw.name, value, finding.expected)


def _report_sums(
    frame: pl.DataFrame, rules: Rules, bad: Mask, locate: Locate, faults: FaultList
) -> None:
    rows = np.flatnonzero(bad)
    faults.add_counted(
        (_sum_fault(frame, rules, int(r), locate(int(r))) for r in rows[:LISTED]), len(rows)
    )


def _sum_fault(frame: pl.DataFrame, rules: Rules, row: int, line: int | None) -> Fault:
    total = sum(frame.select(rules.probabilities).row(row))
    assert rules.sum_tolerance is not None
    expected = sentence("a sum of 1, within %(tolerance)s", tolerance=float(rules.sum_tolerance))
    said = sentence("the probabilities add up to %(total)s", total=f"{total:.9g}")
    message = not_as_due(where(line, row), said, expected)
    return Fault("row_sum", message, line, value=f"{total:.9g}", expected=expected)
