"""On which board each row stands: as it stood before, where that is known; the others are drawn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import invalid
from scorers.errors import InvalidSolution, shorten
from scorers.inputs import Content
from scorers.reading.checking import Locate
from scorers.reading.schema import Rules, check_header
from scorers.sampling.resampling import seeded_ranks
from scorers.sentences import sentence
from scorers.solutions.deciding import moments_of, split_by_column
from scorers.solutions.hidden import read_hidden
from scorers.solutions.splitting import (
    USAGE,
    Mask,
    codes_of,
    every_nth,
    ranks_by_id,
    split_by_fraction,
    split_by_usage,
)
from scorers.spec import EvaluationSpec

_JOINING_STREAM = 5


class Rows(NamedTuple):
    """What may decide on which board a row of a solution stands, where it has no `Usage`.

    `strata`: a label for each row, whose share is kept; `units`: keys of rows that stay together;
    `decides`: the column that the spec's split names; `locate`: the line of a row.
    """

    ids: pl.DataFrame
    strata: pl.Series | None
    units: NDArray[Any] | None
    decides: pl.Series | None
    locate: Locate


class _Known(NamedTuple):
    """The rows whose board is known, and those that are new."""

    public: Mask
    private: Mask
    new: Mask


def split_rows(rows: Rows, spec: EvaluationSpec) -> tuple[Mask, Mask]:
    """The rows of the public and of the private board.

    A row that `spec.sides` names stands where it says; the others are drawn, so that about the
    fraction of all rows is public, and go with their unit, their group or their time where rows of
    it are known. Raises: InvalidSolution.
    """
    usage = None if spec.sides is None else _usage_of(rows.ids, Path(spec.sides))
    if usage is None or usage.null_count() == len(usage):
        return _drawn(rows, spec)
    public, private = split_by_usage(usage.fill_null("Ignored"))
    known = _Known(public, private, usage.is_null().to_numpy())
    if known.new.any():
        joins = _joining(rows, known, spec)
        public, private = public | (known.new & joins), private | (known.new & ~joins)
    return public, private


def _drawn(rows: Rows, spec: EvaluationSpec) -> tuple[Mask, Mask]:
    if rows.decides is not None:
        return split_by_column(rows.decides, rows.strata, spec, rows.locate)
    return split_by_fraction(rows.ids, rows.strata, rows.units, spec)


def read_sides(path: Path, id_columns: Sequence[str]) -> pl.DataFrame:
    """A table of ids and `Usage` alone, the ids in their types. Raises: InvalidSolution."""
    due = [*id_columns, USAGE]

    def plan(header: Sequence[str]) -> Rules:
        check_header(header, due, owner="solution")
        return Rules(contents=dict.fromkeys(id_columns, Content.ID) | {USAGE: Content.NAME})

    table = read_hidden(path, plan)
    split_by_usage(table.frame[USAGE])
    return table.frame.select(*id_columns, USAGE)


def same_types(table: pl.DataFrame, ids: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with ids of one type: texts, where one has whole numbers and the other has not."""
    apart = [pl.col(n).cast(pl.String) for n, kind in ids.schema.items() if table[n].dtype != kind]
    return table.with_columns(apart), ids.with_columns(apart)


def _usage_of(ids: pl.DataFrame, path: Path) -> pl.Series:
    """What the table says of each row; null of those that it does not name."""
    table, own = same_types(read_sides(path, ids.columns), ids)
    head = table.head(own.height)
    if head.select(own.columns).equals(own):
        return head[USAGE]
    return own.join(table, on=own.columns, how="left", maintain_order="left")[USAGE]


def _joining(rows: Rows, known: _Known, spec: EvaluationSpec) -> Mask:
    """Which rows are public, of the new ones; what it says of the others is of no account."""
    if spec.split is not None and rows.decides is not None:
        if spec.split.by == "column":
            return split_by_column(rows.decides, rows.strata, spec, rows.locate)[0]
        if spec.split.by == "time":
            return _as_before(moments_of(rows.decides, rows.locate), known)
    if spec.public_fraction is None:
        raise _not_said(rows.ids, known.new)
    if spec.split is not None and rows.decides is not None:
        return _whole(rows.decides.to_numpy(), known, spec)
    if rows.units is not None:
        return _whole(rows.units, known, spec)
    return _one_by_one(rows, known, spec)


def _not_said(ids: pl.DataFrame, new: Mask) -> InvalidSolution:
    first = ", ".join(map(str, ids.row(int(np.flatnonzero(new)[0]))))
    text = sentence(
        "%(count)s rows are new, such as “%(first)s”, and nothing says whether "
        "they are public: say it of every row in a column “%(usage)s”.",
        count=int(new.sum()),
        first=shorten(first),
        usage=USAGE,
    )
    return invalid("usage", text)


def _lacking(known: _Known, spec: EvaluationSpec) -> float:
    """How many public rows the new ones have to bring, that the fraction of all is public."""
    rows = np.count_nonzero(known.public | known.private | known.new)
    return rows * (spec.public_fraction or 0.0) - np.count_nonzero(known.public)


def _one_by_one(rows: Rows, known: _Known, spec: EvaluationSpec) -> Mask:
    """Draw rows by chance, the same share of each label."""
    at = np.flatnonzero(known.new)
    chance = ranks_by_id(rows.ids[at], spec.split_seed)
    due = min(max(np.floor(_lacking(known, spec) + 0.5), 0), len(at))
    labels = np.zeros(len(at)) if rows.strata is None else codes_of(rows.strata[at])
    public = np.zeros(len(known.new), dtype=bool)
    public[at] = every_nth(np.lexsort((chance, labels)), due / len(at))
    return public


def _whole(keys: NDArray[Any], known: _Known, spec: EvaluationSpec) -> Mask:
    """New rows go where most rows of their key are; of the new keys whole ones are drawn."""
    names, key = np.unique(keys, return_inverse=True)
    on_public, on_private, joining = (np.bincount(key[m], minlength=len(names)) for m in known)
    public = on_public > on_private
    due = _lacking(known, spec) - joining[public].sum()
    new = np.flatnonzero((on_public + on_private == 0) & (joining > 0))
    order = new[np.argsort(seeded_ranks(len(new), spec.split_seed, _JOINING_STREAM))]
    taken = np.concatenate([[0], np.cumsum(joining[order])])
    public[order[: int(np.argmin(np.abs(taken - due)))]] = True
    mask: Mask = public[key]
    return mask


def _as_before(moments: NDArray[np.generic], known: _Known) -> Mask:
    """New rows go with the last row before them whose board is known, or at the same moment."""
    at = np.flatnonzero(known.public | known.private)
    if not len(at):
        return np.ones(len(moments), dtype=bool)
    at = at[np.argsort(moments[at], kind="stable")]
    last = np.searchsorted(moments[at], moments, side="right") - 1
    mask: Mask = known.public[at[np.maximum(last, 0)]]
    return mask
