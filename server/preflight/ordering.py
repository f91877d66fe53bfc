"""Whether the order of the ids, or of the rows, tells the answers."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from server.preflight.budget import Budget
from server.preflight.facts import PhaseFacts, some_rows
from server.preflight.report import Fix, Level, Line, Place
from server.preflight.tables import Tables
from server.shared.errors import N_

_P_VALUE, _TREND, _ALIKE = 0.0005, 0.02, 0.1
_SURER = 10
_EXPLAINED = 0.98
_FEWEST = 20
_SEED = 0x5652_4F52
_PARTS = re.compile(r"(\d+)")

Floats = NDArray[np.float64]


class Order(NamedTuple):
    """What an order says of the answers, with p-values of a seeded permutation.

    `trend`: the share of the answers' ranks that the place explains (a correlation ratio for
    labels, the squared rank correlation for numbers). `alike`: how much more neighbours resemble
    each other than rows at random, from 0 to 1.
    """

    trend: float
    trend_p: float
    alike: float
    alike_p: float

    @property
    def tells(self) -> bool:
        """Whether it tells more than chance would, and enough to matter."""
        trend = self.trend >= _TREND and self.trend_p <= _P_VALUE
        return trend or (self.alike >= _ALIKE and self.alike_p <= _P_VALUE)


def lines_on_order(facts: PhaseFacts, tables: Tables, budget: Budget) -> Iterator[Line]:
    """Look at the order of the ids, and at that of the rows of the test file."""
    if facts.targets.height < _FEWEST or _values_of(facts) is None:
        return
    orders = {"ids": _order_of_ids(facts.ids), "rows": tables.rows}
    found = []
    for name, places in orders.items():
        if places is None:
            continue
        order = _look(facts, places, budget)
        if order.tells:
            found.append(_line(facts, tables, name, places, order))
    same_order = len(found) == 2 and _same_order(orders["ids"], orders["rows"])
    yield from found[:1] if same_order else found
    if not found:
        yield Line(
            Level.PASSED,
            "order",
            Fix.SOLUTION,
            N_("Phase %(phase)s: the order of ids and rows says nothing of the answers."),
            values={"phase": facts.slug},
            phase=facts.slug,
        )


def _same_order(a: NDArray[np.int64] | None, b: NDArray[np.int64] | None) -> bool:
    if a is None or b is None:
        return False
    return bool(abs(np.corrcoef(a, b)[0, 1]) > _EXPLAINED)


def _order_of_ids(ids: pl.DataFrame) -> NDArray[np.int64]:
    """The place of each row in the order of its ids: numbers by value, texts as people sort."""
    keys = [_sortable(ids[name]) for name in ids.columns]
    order = np.lexsort([*reversed(keys)])
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _sortable(column: pl.Series) -> NDArray[np.generic]:
    if column.dtype.is_numeric():
        return column.to_numpy()
    width = 1 + max(len(part) for text in column for part in _PARTS.split(text))
    padded = [
        "".join(p.zfill(width) if p.isdigit() else p for p in _PARTS.split(t)) for t in column
    ]
    return np.asarray(padded)


def _values_of(facts: PhaseFacts) -> NDArray[np.generic] | None:
    """The first column of answers, labels as codes; None where it is neither."""
    first = facts.targets.to_series()
    if facts.classes:
        codes: NDArray[np.generic] = np.unique(
            first.cast(pl.String).to_numpy(), return_inverse=True
        )[1]
        return codes
    return first.to_numpy() if first.dtype.is_numeric() else None


def _look(facts: PhaseFacts, places: NDArray[np.int64], budget: Budget) -> Order:
    """The order of (at most `budget.rows` consecutive stretches of) the rows, by its two signs."""
    values = _values_of(facts)
    assert values is not None
    in_order = values[np.argsort(places, kind="stable")]
    taken = in_order[some_rows(len(in_order), budget.rows)]
    # Neighbours are looked at where they stand: a sample of rows would have none.
    near = in_order[: budget.rows]
    trend, alike = (_trend_of_labels, _alike_labels) if facts.classes else (_trend, _alike)
    if not facts.classes:
        taken, near = rankdata(taken), rankdata(near)
    found, p_found = _tested(trend, taken, budget.permutations)
    close, p_close = _tested(alike, near, budget.permutations)
    return Order(found, p_found, close, p_close)


def _tested(
    statistic: Callable[[NDArray[np.generic]], float], values: NDArray[np.generic], times: int
) -> tuple[float, float]:
    """A statistic of values in an order, and its p-value: (1 + #{as large}) / (1 + times).

    Where no shuffle came near, ten times as many are tried: what is told of an honest challenge by
    mistake costs more than their time.
    """
    observed = statistic(values)
    random = np.random.default_rng(_SEED)
    for count in (times, _SURER * times):
        larger = sum(statistic(random.permutation(values)) >= observed for _ in range(count))
        if larger:
            break
    return observed, (1 + larger) / (1 + count)


def _trend(ranks: NDArray[np.generic]) -> float:
    places = np.arange(len(ranks))
    if ranks.min() == ranks.max():
        return 0.0
    return float(np.corrcoef(places, ranks.astype(np.float64))[0, 1] ** 2)


def _trend_of_labels(codes: NDArray[np.generic]) -> float:
    """The share of the places' variance that lies between the labels."""
    counts = np.bincount(codes)
    sums = np.bincount(codes, weights=np.arange(len(codes)))
    known = counts > 0
    middle = (len(codes) - 1) / 2
    between = (counts[known] * (sums[known] / counts[known] - middle) ** 2).sum()
    return float(between / (len(codes) * (len(codes) ** 2 - 1) / 12))


def _alike(ranks: NDArray[np.generic]) -> float:
    centred = ranks - ranks.mean()
    whole = float((centred**2).sum())
    return float((centred[1:] * centred[:-1]).sum() / whole) if whole > 0 else 0.0


def _alike_labels(codes: NDArray[np.generic]) -> float:
    usual = float(((np.bincount(codes) / len(codes)) ** 2).sum())
    if usual >= 1:
        return 0.0
    return (float((codes[1:] == codes[:-1]).mean()) - usual) / (1 - usual)


def _line(
    facts: PhaseFacts, tables: Tables, name: str, places: NDArray[np.int64], order: Order
) -> Line:
    known = _explained(facts, tables, places)
    if known is not None:
        return _harmless(facts, name, known)
    ids = name == "ids"
    return Line(
        Level.WARNING,
        "order",
        Fix.SOLUTION if ids else Fix.DATA,
        N_(
            "Phase %(phase)s: the order of the ids tells the answers (it explains %(trend)s of"
            " their order, neighbours are alike by %(alike)s; p = %(p)s)."
        )
        if ids
        else N_(
            "Phase %(phase)s: the order of the rows in data/%(test)s tells the answers (it explains"
            " %(trend)s of their order, neighbours are alike by %(alike)s; p = %(p)s)."
        ),
        N_("A model that is given the place of a row needs nothing else."),
        N_(
            "Draw the ids at random and sort the files by them. Change the ids in the solution, the"
            " sample and the test file alike."
        ),
        N_("1 is everything, 0 is nothing; the p-value is that of shuffled rows."),
        {
            "phase": facts.slug,
            "trend": order.trend,
            "alike": max(0.0, order.alike),
            "p": min(order.trend_p, order.alike_p),
            "test": tables.test.name if tables.test is not None else "",
        },
        where=Place(facts.phase.solution),
        phase=facts.slug,
    )


def _harmless(facts: PhaseFacts, name: str, column: str) -> Line:
    return Line(
        Level.NOTE,
        "order",
        Fix.DATA,
        N_("Phase %(phase)s: the ids stand in the order of “%(column)s”.")
        if name == "ids"
        else N_("Phase %(phase)s: the test rows stand in the order of “%(column)s”."),
        N_("The order tells something of the answers, but no more than that column does."),
        N_("Nothing."),
        values={"phase": facts.slug, "column": column},
        phase=facts.slug,
    )


def _explained(facts: PhaseFacts, tables: Tables, places: NDArray[np.int64]) -> str | None:
    """The column of the test file whose order this is; None where there is none."""
    if tables.test is None or tables.rows is None:
        return None
    left_out = {*facts.spec.id_columns, *facts.targets.columns}
    for name in tables.test.features(left_out):
        column = tables.test.frame[name][tables.rows]
        if column.null_count() or column.n_unique() < 2:
            continue
        ranks = column.rank("average").to_numpy()
        if abs(np.corrcoef(rankdata(places), ranks)[0, 1]) > _EXPLAINED:
            return name
    return None
