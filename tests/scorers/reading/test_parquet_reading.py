"""Parquet that is damaged, too large unpacked, or holds what no prediction is."""

import io
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from scorers import InvalidPredictions
from scorers.reading.parquet_process import Refusal, decode
from scorers.reading.parquet_reading import read_parquet


def _parquet(**columns) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def _code(data: bytes, max_bytes: int = 1_000_000) -> str:
    with pytest.raises(InvalidPredictions) as error:
        read_parquet(data, 1_000, max_bytes)
    return error.value.faults[0].code


def test_a_file_on_which_polars_aborts_is_refused():
    """One byte of a file of 30 rows tells of a text of many terabytes."""
    damaged = Path(__file__).with_name("damaged.parquet").read_bytes()
    with pytest.raises(InvalidPredictions, match="damaged or cut short"):
        read_parquet(damaged, 1_000, 1_000_000)


def test_a_text_that_is_stored_once_counts_each_time_it_stands_there():
    data = _parquet(id=list("abcd"), y=["x" * 400_000] * 4)
    assert len(data) < 10_000
    assert _code(data) == "too_many_bytes"
    assert read_parquet(data, 1_000, 2_000_000)["y"].str.len_bytes().sum() == 1_600_000


def test_rows_and_numbers_are_counted_before_they_are_unpacked():
    assert _code(_parquet(id=[1] * 1_001)) == "too_many_rows"
    assert _code(_parquet(id=[1] * 1_000), max_bytes=7_999) == "too_many_bytes"
    assert read_parquet(_parquet(id=[1] * 1_000), 1_000, 8_000).height == 1_000


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ([b"\xff"], "encoding", "“y” holds bytes that are not text in UTF-8"),
        ([timedelta(1)], "format", "“y” holds Duration; expected numbers or text"),
        ([[1]], "format", "“y” holds lists; expected single values"),
    ],
)
def test_a_column_of_neither_numbers_nor_text_is_refused(values, code, words):
    data = _parquet(id=["a"], y=values)
    with pytest.raises(Refusal) as refusal:
        decode(data, 10, 1_000)
    assert refusal.value.said["code"] == code
    with pytest.raises(InvalidPredictions, match=words):
        read_parquet(data, 10, 1_000)


def test_columns_of_every_kind_of_value_keep_it():
    frame = read_parquet(
        _parquet(
            a=pl.Series(["u", "v"], dtype=pl.Categorical),
            b=[b"x", "é".encode()],
            c=[date(2026, 11, 22), None],
            d=[1.5, None],
            e=pl.Series([1, 2], dtype=pl.UInt8),
        ),
        10,
        1_000,
    )
    assert frame.rows() == [("u", "x", "2026-11-22", 1.5, 1), ("v", "é", None, None, 2)]


def test_a_solution_may_have_any_size():
    table = read_parquet(_parquet(id=[1, 2], y=["a", "b"]), 1 << 62, 1 << 62)
    assert table.rows() == [(1, "a"), (2, "b")]
