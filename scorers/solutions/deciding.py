"""Splits that a column of the solution decides: by group, by time, or by its values."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import invalid
from scorers.errors import Fault, FaultList, InvalidSolution, listing, nearest, shorten
from scorers.reading.checking import Locate
from scorers.reading.wording import said_of, where
from scorers.sampling.resampling import seeded_ranks
from scorers.sentences import Sentence, sentence, together
from scorers.solutions.splitting import Mask, every_nth
from scorers.spec import EvaluationSpec, Split

KINDS = ("group", "time", "column")
_GROUP_STREAM = 4
# Labels are weighed only as far as a table of groups by labels stays small.
_MOST_CELLS = 20_000_000
_MOST_PLACED = 20_000
_COMMON_FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f%:z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Floats = NDArray[np.float64]


def split_by_column(
    column: pl.Series, strata: pl.Series | None, spec: EvaluationSpec, locate: Locate
) -> tuple[Mask, Mask]:
    """The rows of the public and of the private board, as `spec.split` says.

    `column`: the one that it names; `strata`: a label for each row, whose share groups keep as far
    as they can; `locate`: the line of a row. Raises: InvalidSolution, also where a side has no row.
    """
    split = spec.split
    if split is None or split.by not in KINDS:
        raise invalid("split", sentence("a split is by %(kinds)s.", kinds=listing(KINDS)))
    if split.by == "column":
        public = _by_value(column, split)
    else:
        fraction = spec.public_fraction
        if fraction is None or not 0 < fraction < 1:
            text = sentence(
                "a split by %(by)s needs a public_fraction between 0 and 1.", by=split.by
            )
            raise invalid("split", text)
        _refuse_single(column, split)
        if split.by == "group":
            public = split_by_group(column, strata, fraction, seed=spec.split_seed)
        else:
            public = _earliest(moments_of(column, locate), fraction)
    return public, ~public


def _refuse_single(column: pl.Series, split: Split) -> None:
    values = column.unique()
    if len(values) < 2:
        text = sentence(
            "every row has %(values)s in “%(column)s”: "
            "a split by %(by)s needs two different values at least.",
            values=listing([str(v) for v in values]),
            column=split.column,
            by=split.by,
        )
        raise invalid("split", text)


def _by_value(column: pl.Series, split: Split) -> Mask:
    texts = column.cast(pl.String)
    known = texts.unique(maintain_order=True).to_list()
    named = split.public or ()
    for value in named:
        if value not in known:
            raise invalid("split", _unknown(value, known, split))
    if not named:
        text = sentence("no value of “%(column)s” is named as public.", column=split.column)
        raise invalid("split", text)
    if set(known) <= set(named):
        text = sentence(
            "every value of “%(column)s” is named as public: no row would be private.",
            column=split.column,
        )
        raise invalid("split", text)
    return texts.is_in(list(named)).to_numpy()


def _unknown(value: str, known: Sequence[str], split: Split) -> Sentence:
    close = nearest(value, known, most=1)
    hint = sentence("There are %(names)s.", names=listing(known))
    if close:
        hint = sentence("Did you mean %(names)s?", names=listing(close))
    text = sentence(
        "no row of the solution has “%(value)s” in “%(column)s”.",
        value=shorten(value),
        column=split.column,
    )
    return together(text, hint)


def split_by_group(
    column: pl.Series, strata: pl.Series | None, fraction: float, *, seed: int
) -> Mask:
    """Whole groups are public, together about the fraction of the rows; both sides have some.

    The groups, largest first and equal ones in seeded order, go one by one to the side that leaves
    the shares of the rows and of each label nearest to the fraction (as scikit-learn's
    StratifiedGroupKFold places them). Of very many groups the smallest are drawn evenly instead,
    by their commonest label.
    """
    group = column.rank("dense").to_numpy().astype(np.int64) - 1
    groups = int(group.max()) + 1
    shares = _shares(group, groups, strata)
    sizes = np.bincount(group, minlength=groups)
    order = np.lexsort((seeded_ranks(groups, seed, _GROUP_STREAM), -sizes))
    first, rest = order[:_MOST_PLACED], order[_MOST_PLACED:]
    commonest = shares[rest, 1:].argmax(axis=1) if shares.shape[1] > 1 else np.zeros(len(rest))
    public = np.empty(groups, dtype=bool)
    public[first] = _place(shares[first], fraction)
    along = rest[np.argsort(commonest, kind="stable")]
    public[along] = every_nth(np.arange(len(along)), fraction)
    if public.all() or not public.any():
        # A side has rows: of all groups the smallest, which is the last, is moved to it.
        public[order[-1]] = not public[order[-1]]
    mask: Mask = public[group]
    return mask


def _shares(group: NDArray[np.int64], groups: int, strata: pl.Series | None) -> Floats:
    """Each group's share of all rows and of each label's, shape (groups, 1 + labels)."""
    rows = np.bincount(group, minlength=groups)[:, None] / len(group)
    if strata is None:
        return rows
    label = strata.rank("dense").to_numpy().astype(np.int64) - 1
    labels = int(label.max()) + 1
    if groups * labels > _MOST_CELLS:
        return rows
    flat = np.bincount(group * labels + label, minlength=groups * labels)
    of_label = flat.reshape(groups, labels).astype(np.float64)
    return np.concatenate([rows, of_label / of_label.sum(axis=0)], axis=1)


def _place(shares: Floats, fraction: float) -> Mask:
    """Which groups are public, placed in order; the rows' share weighs as much as all labels'."""
    weights = np.ones(shares.shape[1])
    weights[0] = max(1, shares.shape[1] - 1)
    pull = 2 * shares * weights
    own = (1 - 2 * fraction) * (shares**2 @ weights)
    apart, taken = np.zeros(shares.shape[1]), np.zeros(len(shares), dtype=bool)
    for at in range(len(shares)):
        taken[at] = own[at] + apart @ pull[at] < 0
        apart += (taken[at] - fraction) * shares[at]
    return taken


def _earliest(moments: NDArray[np.generic], fraction: float) -> Mask:
    """The earliest rows: as near to the fraction as the rows of one moment stay together."""
    known, counts = np.unique(moments, return_counts=True)
    shares = np.cumsum(counts)[:-1] / len(moments)
    last = known[int(np.argmin(np.abs(shares - fraction)))]
    mask: Mask = moments <= last
    return mask


def moments_of(column: pl.Series, locate: Locate) -> NDArray[np.generic]:
    """The times as numbers that can be compared: they are all numbers, or all ISO 8601.

    Raises: InvalidSolution.
    """
    if column.dtype.is_numeric():
        return column.to_numpy()
    numbers = column.str.strip_chars(" \t").cast(pl.Float64, strict=False)
    if numbers.null_count() == 0 and bool(numbers.is_finite().all()):
        return numbers.to_numpy()
    common = _in_common_form(column)
    if common is not None:
        return common
    unique = column.unique()
    read = {text: _microseconds(text) for text in unique}
    _refuse_unreadable(column, read, locate)
    if len({zoned for found in read.values() if found is not None for zoned in found[:1]}) > 1:
        text = sentence(
            "some times in “%(column)s” name a zone and others don't: write all alike.",
            column=column.name,
        )
        raise invalid("split", text)
    found = [read[text] for text in column]
    return np.array([moment[1] for moment in found if moment is not None], dtype=np.int64)


def _in_common_form(column: pl.Series) -> NDArray[np.int64] | None:
    """Microseconds since 1970 where all times are written alike, in a usual form; else None."""
    texts = column.str.strip_chars().str.replace(" ", "T").str.replace("Z$", "+00:00")
    for form in _COMMON_FORMS:
        found = texts.str.to_datetime(form, time_unit="us", strict=False)
        if found.null_count() == 0:
            moments: NDArray[np.int64] = found.cast(pl.Int64).to_numpy()
            return moments
    return None


def _microseconds(text: str) -> tuple[bool, int] | None:
    """Whether the time names a zone, and the microseconds since 1970; None: it is none."""
    moment = _iso(text.strip()) or _iso(f"{text.strip()}-01")
    if moment is None:
        return None
    zoned = moment.tzinfo is not None
    apart = (moment if zoned else moment.replace(tzinfo=UTC)) - _EPOCH
    return zoned, (apart.days * 86_400 + apart.seconds) * 1_000_000 + apart.microseconds


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _refuse_unreadable(
    column: pl.Series, read: dict[str, tuple[bool, int] | None], locate: Locate
) -> None:
    faults = FaultList()
    wrong = {text for text, found in read.items() if found is None}
    for row in np.flatnonzero(column.is_in(list(wrong)).to_numpy()) if wrong else ():
        line, value = locate(int(row)), column[int(row)]
        said = sentence(
            "“%(value)s” is neither a number nor a time such as 2026-03-01T12:00:00Z",
            value=shorten(value),
        )
        text = said_of(where(line, int(row), column.name), said)
        faults.add(Fault("split", text, line, column.name, shorten(value)))
    if faults:
        raise InvalidSolution(faults.in_file_order(), faults.count)
