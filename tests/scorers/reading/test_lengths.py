"""A line without end is refused before its fields fill the memory."""

import gzip
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from scorers import InvalidPredictions
from scorers.kinds import InputKind
from scorers.reading.lengths import LONGEST_HEADER, LONGEST_LINE, RowsOfText, check_lengths
from scorers.reading.schema import Schema
from scorers.tables import read_predictions

NUMBERS = Schema(("id",), ("y",), InputKind.NUMBERS)
SMALL = """
import resource, sys
from pathlib import Path
from scorers import InvalidPredictions
from scorers.kinds import InputKind
from scorers.reading.schema import Schema
from scorers.tables import read_predictions
resource.setrlimit(resource.RLIMIT_AS, (1_300_000_000, 1_300_000_000))
try:
    schema = Schema(("id",), ("y",), InputKind.NUMBERS, max_rows=1000)
    read_predictions(Path(sys.argv[1]), schema)
except InvalidPredictions as error:
    print(error)
"""
MANY = 100_000_000


def refusal(path: Path) -> str:
    with pytest.raises(InvalidPredictions) as refused:
        read_predictions(path, NUMBERS)
    return str(refused.value)


# Made when they are wanted: each has tens of millions of bytes.
LONG = {
    "the last": (
        lambda: b"id,y\n1,1\n2," + b"1" * LONGEST_LINE + b"\n",
        "line 3: the line is longer",
    ),
    "unended": (
        lambda: b"id,y\n1," + b"1" * LONGEST_LINE,
        "line 2: the line is longer than the 33,",
    ),
    "columns": (lambda: b"id,y" + b"," * LONGEST_HEADER + b"\n1,1\n", "line 1: the line is longer"),
    "a name": (
        lambda: b"id," + b"y" * LONGEST_HEADER,
        "line 1: the line is longer than the 4,194,304",
    ),
    "JSON": (lambda: b'{"id": 1, "y": "' + b"1" * LONGEST_LINE, "line 1: the line is longer"),
    "a quote": (
        lambda: b'id,y\n1,"' + (b"a" * 99 + b"\n") * (LONGEST_LINE // 99),
        "line 2: a quote is opened and not",
    ),
    "a quoted name": (
        lambda: b'id,"' + b"a\n" * LONGEST_HEADER,
        "line 1: the header has a quote that",
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_a_line_that_no_table_has_is_refused_with_its_place(tmp_path, name):
    make, told = LONG[name]
    path = tmp_path / "predictions.csv"
    path.write_bytes(make())
    assert refusal(path).startswith(told)


def test_a_line_may_be_as_long_as_that():
    check_lengths(b"a" * 20 + b"\n" + b"b" * LONGEST_LINE + b"\nc", 20)
    check_lengths(b"a\r" * LONGEST_LINE, 20)
    check_lengths(b"", 20)


def test_a_row_goes_over_several_lines_and_each_has_the_whole_length():
    rows = RowsOfText(b'"a\nb",c\n"d\ne",f\n', most=8)
    assert [(cells, rows.line_num) for cells in rows] == [(["a\nb", "c"], 2), (["d\ne", "f"], 4)]


PACKED = {
    "commas": (lambda: b"id,y\n" + b"," * MANY, "line 2: the line is longer"),
    "quotes": (lambda: b'id,y\n"' + b'""' * (MANY // 2), "line 2: the line is longer"),
    "rows": (
        lambda: b"id,y\n" + b'"1","2"\n' * (MANY // 8),
        "The file has more than the 1,000 rows",
    ),
    "objects": (lambda: b'{"id": 1, "y": [' + b"{}," * (MANY // 3), "line 1: the line is longer"),
    "lines": (lambda: b"{}" + b"\n" * MANY + b"{}", "The file has more than the 1,000 rows"),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_small_archive_of_a_long_file_is_refused_in_little_memory(tmp_path, name):
    make, told = PACKED[name]
    path = tmp_path / "predictions.csv.gz"
    path.write_bytes(gzip.compress(make(), 1))
    command = [sys.executable, "-c", SMALL, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.stdout.startswith(told), said.stderr[-500:]


def test_lists_in_the_cells_of_json_do_not_fill_the_memory(tmp_path):
    path = tmp_path / "predictions.jsonl"
    path.write_bytes((b'{"id": 1, "y": [' + b"[]," * 50_000 + b"0]}\n") * 20)
    tracemalloc.start()
    try:
        assert refusal(path).startswith("line 1, column “y”: “[[], [], ")
        assert tracemalloc.get_traced_memory()[1] < 10 * path.stat().st_size
    finally:
        tracemalloc.stop()
