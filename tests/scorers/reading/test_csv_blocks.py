"""The fast way to read a CSV file gives the table of the careful way, or leaves it the file."""

import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorers.errors import FaultList, InvalidPredictions
from scorers.inputs import Content
from scorers.kinds import InputKind
from scorers.reading import csv_blocks
from scorers.reading.csv_blocks import count_lines, read_blocks
from scorers.reading.csv_reading import _header, _read_slowly, check_encoding
from scorers.reading.schema import Rules, Schema

NUMBERS = Schema(("id",), ("co2",), InputKind.NUMBERS, whole_ids=("id",)).rules
NAMED = Schema(("id",), ("co2",), InputKind.NUMBERS, above=0.0).rules
CHANCES = Schema(("id",), ("cat", "dog"), InputKind.PROBABILITIES).rules
LABELS = Schema(("id",), ("digit",), InputKind.LABELS, labels=("0", "1", "é")).rules
MOST = 1000


def _solution(header: list[str]) -> Rules:
    return Rules({"id": Content.ID, "digit": Content.LABEL, "Usage": Content.NAME})


def _slowly(data: bytes, plan) -> pl.DataFrame | None:
    """The table of the careful way, None where it finds anything wrong."""
    faults = FaultList()
    try:
        check_encoding(data)
        data = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
        header = _header(data)
        table = _read_slowly(data, header, plan(header), MOST, faults)
    except InvalidPredictions:
        return None
    return None if faults else table.frame


NUMBERLIKE = ("0", "1", "7", "007", "-0", "+1", " 1", "1 ", "1.0", "1e3", "0.5", "-2.25", ".5")
EXTREME = (
    "1e-320",
    "1e400",
    "nan",
    "inf",
    "123456789012345678",
    "9223372036854775808",
    "0." + "3" * 20,
)
OTHERS = (
    "",
    "a",
    "é",
    "x y",
    "\ufeff1",
    "1\r",
    "\x0b",
    "\t1",
    "0x1",
    "1_0",
    "٣",
    "\0",
    '"1"',
    "Public",
)
CELLS = st.sampled_from([*NUMBERLIKE, *EXTREME, *OTHERS])
PLAIN = st.sampled_from(["0", "1", "é", "0.5"])
ENDS = st.sampled_from(["", "\n", "\r\n", "\n\n", "\r\n\r\n", "\n ", "\n,\n"])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([(NUMBERS, 2), (NAMED, 2), (CHANCES, 3), (LABELS, 2), (_solution, 3)]),
    st.lists(st.tuples(CELLS | PLAIN, PLAIN | CELLS, PLAIN), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    ENDS,
    st.booleans(),
    st.integers(20, 60),
)
def test_what_is_read_fast_is_what_is_read_carefully(plan, rows, newline, end, with_bom, block):
    rules, width = plan
    header = {NUMBERS: "id,co2", NAMED: "id,co2", CHANCES: "dog,id,cat", LABELS: "id,digit"}
    lines = [header.get(rules, "id,digit,Usage"), *(",".join(row[:width]) for row in rows)]
    data = (("\ufeff" if with_bom else "") + newline.join(lines) + end).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", block)
        found = read_blocks(io.BytesIO(data), rules, MOST)
    if found is not None:
        careful = _slowly(data, rules)
        assert careful is not None
        assert found.frame.equals(careful, null_equal=False)
        assert found.frame.schema == careful.schema


@pytest.mark.parametrize("block", [10, 25, 1 << 24])
@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n", "\r\n\r\n"])
def test_a_file_that_is_right_is_read_fast_in_any_blocks(monkeypatch, block, end):
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", block)
    newline = "\r\n" if "\r" in end else "\n"
    data = newline.join(["id,digit", *(f"Größe {n},é" for n in range(20))]) + end
    table = read_blocks(io.BytesIO(data.encode()), LABELS, MOST)
    if end in ("\n\n\n", "\r\n\r\n") and block < 1 << 24:
        assert table is None or table.frame.height == 20
    else:
        assert table is not None
        assert table.frame["id"].to_list() == [f"Größe {n}" for n in range(20)]
        assert table.locate(3) == 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,co2",
        b"id,co2\n",
        b"id,co3\n1,2\n",
        b"id,co2\n1,2\n\n3,4\n",
        b"id,co2\n1,2,3\n",
        b"id,co2\n1\n",
        b'id,co2\n1,"2"\n',
        b"id,co2\n1,\n",
        b"id,co2\n1,2\0\n",
        b"id,co2\r1,2\r",
        b"id,co2\n1,\xff\n",
        b"id,co2\n1,nan\n",
        b"id,co2\n1,1e200\n",
        "id,co2\n1,2\n".encode("utf-16"),
    ],
)
def test_anything_else_is_left_to_the_careful_way(data):
    assert read_blocks(io.BytesIO(data), NUMBERS, MOST) is None


def test_more_rows_than_allowed_are_left_to_the_careful_way():
    data = b"id,co2\n1,2\n2,3\n"
    assert read_blocks(io.BytesIO(data), NUMBERS, 2) is not None
    assert read_blocks(io.BytesIO(data), NUMBERS, 1) is None


@given(st.binary(max_size=300))
def test_lines_are_counted_as_python_counts_them(data):
    assert count_lines(data) == data.count(b"\n")


@pytest.mark.parametrize("blank", [" ", "  ", "\t", "\x0b", "\u00a0", "\u3000"])
@pytest.mark.parametrize("row", ["{},1,Public", "a,{},Public", "a,1,{}"])
def test_a_cell_of_blanks_is_left_to_the_careful_way(blank, row):
    lines = ["id,digit,Usage", "b,0,Private", row.format(blank), " c, 2, é"]
    data = "\n".join(lines).encode()
    assert read_blocks(io.BytesIO(data), _solution, MOST) is None
    assert _slowly(data, _solution) is None
