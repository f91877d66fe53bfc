"""What a column is said to hold, beside what pandas says of it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from server.kits.columns import CELL_LENGTH, column_of, cut, first_rows


def of(*cells: str | None, name: str = "x"):
    return column_of(pl.Series(name, cells, dtype=pl.String))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "2", "-3"), "whole number"),
        (("1", "2.5", "1e3"), "number"),
        (("007", "010"), "text"),
        (("true", "False"), "true or false"),
        (("2020-02-29", "1969-01-01"), "date"),
        (("2020-02-29 10:00:00", "2020-02-29 11:00:00"), "moment"),
        (("2020-02-30", "2020-02-29"), "text"),
        (("1", "inf"), "text"),
        (("1", "two"), "text"),
        (("", "NA", None, " nan "), "empty"),
        (("9" * 30, "1"), "number"),
    ],
)
def test_text_is_read_as_what_it_looks_like(cells, kind) -> None:
    assert of(*cells).kind == kind


def test_numbers_are_counted_as_pandas_counts_them() -> None:
    drawn = np.random.default_rng(3).normal(5, 2, 500).round(6)
    cells = [None if i % 10 == 0 else str(x) for i, x in enumerate(drawn)]
    found, due = of(*cells), pd.Series([None if c is None else float(c) for c in cells])
    assert (found.missing, found.distinct) == (due.isna().sum(), due.nunique())
    assert float(found.middle) == pytest.approx(due.mean(), rel=1e-3)
    counts, edges = np.histogram(due.dropna(), bins=12)
    assert found.counts == counts.tolist()
    assert [float(edge) for edge in found.edges] == pytest.approx(edges, rel=1e-3, abs=1e-3)


def test_a_few_whole_numbers_have_a_bar_each() -> None:
    found = of(*"0012223")
    assert (found.edges, found.counts) == (["0", "1", "2", "3"], [2, 1, 3, 1])


def test_the_most_frequent_texts_are_named_and_different_ones_are_not() -> None:
    found = of("b", "a", "b", "c", "c", "a", "b", "d", "e", "f", "g")
    assert [(v.text, v.count) for v in found.common] == [
        ("b", 3),
        ("a", 2),
        ("c", 2),
        ("d", 1),
        ("e", 1),
    ]
    assert of("x", "y", "z").common == []


def test_numbers_that_are_no_finite_ones_and_huge_spans_draw_nothing() -> None:
    found = column_of(pl.Series("x", [1.0, float("inf"), float("nan")]))
    assert (found.low, found.high, found.counts) == ("1", "1", [])
    found = column_of(pl.Series("x", [-1.7e308, 1.7e308]))
    assert (found.middle, found.counts) == ("", [])


def test_lists_are_said_to_be_nested_and_cells_are_cut() -> None:
    assert column_of(pl.Series("x", [[1], [2]])).kind == "nested"
    frame = pl.DataFrame({"a": ["x" * 5000, None], "b": [1, 2]})
    (first, second) = first_rows(frame, rows=10, columns=1)
    assert (len(first[0]), second) == (CELL_LENGTH, [None])
    assert cut("short") == "short"


def test_a_long_name_is_cut() -> None:
    assert len(of("1", name="n" * 9000).name) == 100
