"""The beginning of a table, whatever is in the file."""

import gzip
import json

import polars as pl
import pytest

from server.kits import tables
from server.kits.tables import Unreadable, read_start


def put(tmp_path, name: str, content: str | bytes):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def start(tmp_path, name: str, content: str | bytes):
    return read_start(put(tmp_path, name, content), name)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_the_columns_is_told_from_the_header(tmp_path, sign) -> None:
    found = start(tmp_path, "a.csv", f"id{sign}x\n1{sign}2\n3{sign}4\n")
    assert (found.frame.columns, found.rows, found.width) == (["id", "x"], 2, 2)


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "id,x,id\n1,2,3\n"), ("a.jsonl", '{"id": 1, "id": 2}\n')]
)
def test_a_column_named_twice_is_said_by_its_name(tmp_path, name, text) -> None:
    with pytest.raises(tables.Unreadable, match="it has the column “id” more than once"):
        start(tmp_path, name, text)


def test_quotes_and_breaks_are_read_as_they_are_meant(tmp_path) -> None:
    text = '\ufeffid,"a ""b"", c",x,\n1,"two\nlines",3,4\n'
    found = start(tmp_path, "a.csv", text)
    assert found.frame.columns == ["id", 'a "b", c', "x", ""]
    assert found.frame.row(0) == ("1", "two\nlines", "3", "4")


def test_a_long_file_is_read_in_part_and_its_rows_are_counted(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 200)
    text = "id,x\n" + "".join(f'{i},"{i}\n"\n' for i in range(1000))
    found = start(tmp_path, "a.csv", text)
    assert (found.frame.height, found.rows) == (200, 1000)


def test_of_many_bytes_the_first_whole_lines_are_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 1000)
    text = "id,x\n" + "".join(f"{i},{i}\n" for i in range(1000))
    packed = start(tmp_path, "a.csv.gz", gzip.compress(text.encode()))
    assert 50 < packed.frame.height < 200
    # The rows of a packed file are not counted: it would be unpacked whole.
    assert packed.rows is None
    assert start(tmp_path, "a.csv", text).rows == 1000
    with pytest.raises(Unreadable, match="first line"):
        start(tmp_path, "b.csv", "x" * 3000)


def test_of_many_columns_the_first_are_looked_at(tmp_path) -> None:
    row = ",".join(str(i) for i in range(2000))
    found = start(tmp_path, "a.csv", f"{row}\n{row}\n")
    assert (found.frame.width, found.width) == (tables.MOST_COLUMNS, 2000)
    assert tables.most_rows(2000) < tables.most_rows(10) == tables.MOST_ROWS


def test_lines_of_json_are_a_table_with_every_key(tmp_path) -> None:
    lines = [{"id": 1, "t": "é"}, {"id": 2, "more": [1, 2], "t": None}]
    text = "\n".join(json.dumps(line) for line in lines)
    found = start(tmp_path, "a.jsonl", text)
    assert found.frame.to_dicts() == [
        {"id": "1", "t": "é", "more": None},
        {"id": "2", "t": None, "more": "[1, 2]"},
    ]


def test_parquet_keeps_its_types(tmp_path) -> None:
    pl.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_parquet(tmp_path / "a.parquet")
    found = read_start(tmp_path / "a.parquet", "a.parquet")
    assert (found.frame.dtypes, found.rows) == ([pl.Int64, pl.String], 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"  \n"),
        ("a.csv.gz", b"\x1f\x8bnothing"),
        ("a.parquet", b"PAR1PAR1PAR1PAR1"),
        ("a.jsonl", b"[1, 2]\n"),
        ("a.jsonl", b"{" * 100_000),
        ("a.csv", bytes(range(256)) * 50),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path, name, content) -> None:
    with pytest.raises(Unreadable) as said:
        start(tmp_path, name, content)
    assert 0 < len(str(said.value)) <= 200
    assert str(tmp_path) not in str(said.value)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_a_file_that_the_store_has_lost_is_no_fault_of_the_file(tmp_path, name) -> None:
    with pytest.raises(FileNotFoundError):
        read_start(tmp_path / name, name)
