"""What a participant is told about a wrong file, fault by fault."""

import contextlib
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scorers import InputKind, InvalidPredictions, Schema, read_predictions

LABELS = Schema(("id",), ("digit",), InputKind.LABELS, labels=("0", "1", "2"))
CHANCE = Schema(("id",), ("chance",), InputKind.PROBABILITY)
NUMBER = Schema(("id",), ("co2",), InputKind.NUMBERS)
MATRIX = Schema(("id",), ("cat", "dog"), InputKind.PROBABILITIES)


@pytest.fixture
def read(tmp_path):
    def read(content: bytes | str, schema: Schema = NUMBER, name: str = "any.csv") -> pl.DataFrame:
        path = Path(tmp_path, name)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_predictions(path, schema)

    return read


@pytest.fixture
def refused(read):
    def refused(content: bytes | str, schema: Schema = NUMBER) -> InvalidPredictions:
        with pytest.raises(InvalidPredictions) as error:
            read(content, schema)
        return error.value

    return refused


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _tar(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def _npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _parquet(**columns) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


GOOD = b"id,co2\na,1.5\nb,-2e3\n"


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD + b"\n",
        GOOD + b"\r\n\r\n",
        GOOD[:-1],
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        b"co2,id\n1.5,a\n-2e3,b\n",
        b'"id","co2"\n"a","1.5"\n"b","-2000"\n',
        b"id,co2\na, 1.5\nb,-2e3 \n",
        gzip.compress(GOOD, mtime=0),
        _zip(**{"predictions.csv": GOOD}),
        b'{"id": "a", "co2": 1.5}\n{"id": "b", "co2": -2000}\n',
        b'{"id": "a", "co2": 1.5}\r\n{"co2": -2e3, "id": "b"}',
        gzip.compress(b'{"id": "a", "co2": 1.5}\n{"id": "b", "co2": -2000}\n', mtime=0),
        _parquet(id=["a", "b"], co2=[1.5, -2000.0]),
        _npz(id=np.array(["a", "b"]), co2=np.array([1.5, -2000.0])),
    ],
    ids=[
        "plain", "bom", "blank last line", "blank last lines", "no last newline", "windows",
        "old mac", "other column order", "quoted", "spaces", "gzip", "zip", "json lines",
        "json lines windows", "json lines gzip", "parquet", "npz",
    ],
)  # fmt: skip
def test_every_format_is_told_by_its_content_and_gives_the_same_table(read, content):
    frame = read(content, name="predictions")
    assert frame.columns == ["id", "co2"]
    assert frame.rows() == [("a", 1.5), ("b", -2000.0)]


def test_ids_that_look_like_numbers_stay_text(read):
    assert read("id,co2\n007,1\n7,2\n")["id"].to_list() == ["007", "7"]


def test_a_quoted_cell_may_hold_commas_quotes_and_lines(read):
    assert read('id,co2\n"a,""x""\ny",1\nb,2\n')["id"].to_list() == ['a,"x"\ny', "b"]


def test_a_key_may_be_several_columns(read, refused):
    schema = Schema(("city", "day"), ("co2",), InputKind.NUMBERS)
    assert read("city,day,co2\nx,1,1\nx,2,1\n", schema).height == 2
    error = refused("city,day,co2\nx,1,1\nx,1,1\n", schema)
    assert [(f.code, f.line, f.value) for f in error.faults] == [("repeated_id", 3, "x, 1")]


FAULTS = [
    ("id,co2\na,1\nb,\n", NUMBER, "empty", 3, "co2", "", "is empty"),
    ("id,co2\na,1\n,2\n", NUMBER, "empty", 3, "id", "", "is empty"),
    ("id,co2\na,1\nb,x\n", NUMBER, "not_a_number", 3, "co2", "x", "“x” is not a number"),
    ('id,co2\na,"1,5"\n', NUMBER, "not_a_number", 2, "co2", "1,5", "decimals with a point"),
    ("id,co2\na,nan\n", NUMBER, "not_finite", 2, "co2", "nan", "finite number"),
    ("id,co2\na,-inf\n", NUMBER, "not_finite", 2, "co2", "-inf", "finite number"),
    ("id,co2\na,1e999\n", NUMBER, "not_finite", 2, "co2", "1e999", "finite number"),
    ("id,co2\na,1\na,2\n", NUMBER, "repeated_id", 3, "id", "a", "more than once"),
    ("id,co2\na,1\nb\n", NUMBER, "ragged_row", 3, None, "b", "1 field; expected 2"),
    ("id,co2\na,1,5\n", NUMBER, "ragged_row", 2, None, "a,1,5", "3 fields; expected 2"),
    ("id,co2\na,1\n\nb,2\n", NUMBER, "blank_line", 3, None, None, "blank"),
    ('id,co2\na,1\nb,"2\nc,3\n', NUMBER, "unbalanced_quotes", 3, None, None, "not closed"),
    ('id,co2\n"a"x,1\n', NUMBER, "unbalanced_quotes", 2, None, None, "closing quote"),
    ("id,chance\na,1.01\n", CHANCE, "out_of_range", 2, "chance", "1.01", "from 0 to 1"),
    ("id,chance\na,-0.1\n", CHANCE, "out_of_range", 2, "chance", "-0.1", "from 0 to 1"),
    ("id,cat,dog\na,.5,.5\nb,.5,.6\n", MATRIX, "row_sum", 3, None, "1.1", "add up to 1.1"),
    ("id,digit\na,7\n", LABELS, "unknown_label", 2, "digit", "7", "“0”, “1”, “2”"),
    ("id,digit\na,1.0\n", LABELS, "unknown_label", 2, "digit", "1.0", "did you mean “1”"),
    ("id,digit\na, 1\n", LABELS, "unknown_label", 2, "digit", " 1", "“0”, “1”, “2”"),
    ("id,digit\na,\n", LABELS, "empty", 2, "digit", "", "is empty"),
]


@pytest.mark.parametrize(("content", "schema", "code", "line", "column", "value", "words"), FAULTS)
def test_a_wrong_cell_or_row_is_told_with_its_place(
    refused, content, schema, code, line, column, value, words
):
    error = refused(content, schema)
    (fault,) = error.faults
    assert (fault.code, fault.line, fault.column, fault.value) == (code, line, column, value)
    assert words in fault.message
    assert words in str(error)
    assert f"line {line}" in fault.message
    assert error.count == 1


WHOLE = [
    (b"", "empty_file", "empty"),
    (b"\n\n", "empty_file", "empty"),
    (b"id,co2\n", "empty_file", "no rows"),
    (b"id;co2\na;1,5\n", "separator", "semicolons"),
    (b"id\tco2\na\t1\n", "separator", "tabs"),
    ("id,co2\na,1\n".encode("utf-16"), "encoding", "UTF-16"),
    (("id,co2\n" + "a,1\n" * 40).encode("utf-16-le"), "encoding", "UTF-16"),
    ("id,co2\nä,1\n".encode("latin-1"), "encoding", "line 2"),
    (b"id,co2\na,1\nb\0,2\n", "nul", "line 3"),
    (b"id,CO2\na,1\n", "missing_column", "“CO2”"),
    (b"id,co2,co2\na,1,1\n", "repeated_column", "more than once"),
    (b",id,co2\n0,a,1\n", "unknown_column", "index=False"),
    (b"a,1\nb,2\n", "header", "expected the header id,co2"),
    (b'"id,co2\na,1\n', "unbalanced_quotes", "not closed"),
    (gzip.compress(GOOD, mtime=0)[:-9], "archive", "gzip"),
    (gzip.compress(gzip.compress(GOOD), mtime=0), "archive", "another archive"),
    (_zip(**{"a.csv": GOOD, "b.csv": GOOD}), "archive", "holds 2 files"),
    (_zip(**{"a/1.csv": GOOD, "b/1.csv": GOOD}), "archive", "2 files (“a/1.csv”, “b/1.csv”)"),
    (_zip(**{"folder/.DS_Store": b"x"}), "archive", "is empty"),
    (_zip(**{"a.zip": _zip(**{"a.csv": GOOD})}), "archive", "another archive"),
    (_zip(), "archive", "empty"),
    (_zip(**{"a.csv": GOOD})[:40], "archive", "damaged"),
    (_zip(**{"[Content_Types].xml": b"", "xl/a.xml": b""}), "format", "Excel"),
    (b"PAR1" + b"\x00" * 40, "format", "Parquet"),
    (_parquet(id=["a"], co2=[[1.0]]), "format", "lists"),
    (b"\x80\x04\x95", "format", "pickle"),
    (b"%PDF-1.7", "format", "PDF"),
    (_npz(id=np.array(["a"]), co2=np.array([[1.0]])), "format", "2 dimensions"),
    (_npz(id=np.array(["a", "b"]), co2=np.array([1.0])), "ragged_row", "lengths"),
    (_npz(id=np.array(["a"]), other=np.array([1.0])), "missing_column", "“co2” is missing"),
    (b'{"id": "a"\n', "not_json", "line 1"),
    (b"{}\n{}\n", "not_json", "the object is empty"),
    (b'{"id": "a", "\\ud800": 1}\n', "encoding", "half a character"),
    (b'[{"id": "a", "co2": 1}]', "format", "one object on each line (JSON Lines)"),
    (b"[\n  {}\n]", "format", "one object on each line (JSON Lines)"),
    (b"[]", "format", "one object on each line (JSON Lines)"),
    (b"\x89PNG\r\n\x1a\n", "format", "a PNG image, not a table; send a CSV file"),
    (b"\xff\xd8\xff\xe0", "format", "a JPEG image, not a table; send a CSV file"),
    (gzip.compress(_tar(GOOD)), "format", "a tar archive, not a table; send a CSV file"),
    (_tar(GOOD), "format", "a tar archive, not a table; send a CSV file"),
]


@pytest.mark.parametrize(("content", "code", "words"), WHOLE)
def test_a_file_that_is_wrong_as_a_whole_is_refused_with_the_remedy(refused, content, code, words):
    error = refused(content)
    assert error.faults[0].code == code
    assert words in str(error)


def test_a_pickled_array_is_never_loaded(refused):
    file = io.BytesIO()
    np.savez(file, id=np.array([{}], dtype=object), co2=np.array([1.0]))
    assert "plain numbers" in str(refused(file.getvalue()))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[1]", "not_json"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"id": "b", "id": "c", "co2": 1}', "not_json"),
        ('{"id": "b"}', "ragged_row"),
        ("", "not_json"),
        ('{"id": "b", "co2": null}', "empty"),
        ('{"id": "b", "co2": NaN}', "not_finite"),
        ('{"id": "b", "co2": true}', "not_a_number"),
        ('{"id": "b", "co2": [1]}', "not_a_number"),
        ('{"id": "b", "co2": ' + "9" * 5000 + "}", "not_json"),
    ],
)
def test_a_wrong_line_of_json_is_told_with_its_number(refused, line, code):
    good = json.dumps({"id": "a", "co2": 1})
    error = refused(f"{good}\n{line}\n{good.replace('a', 'z')}\n")
    assert [(f.code, f.line) for f in error.faults] == [(code, 2)]


def test_ten_faults_are_told_at_once_some_of_every_kind_in_file_order(refused):
    rows = [f"{i},{'x' if i % 2 else i}" for i in range(50)]
    error = refused("id,co2\n" + "\n".join(rows) + "\n7\n7,1\n")
    assert error.count == 25 + 1 + 1
    assert [fault.line for fault in error.faults] == [*(2 * k + 3 for k in range(8)), 52, 53]
    assert str(error).endswith("... and 17 more (27 in all).")


def test_lines_are_those_of_the_file_where_cells_hold_newlines(refused):
    error = refused('id,co2\n"a\nb",1\nc,x\n')
    assert [(fault.line, fault.value) for fault in error.faults] == [(4, "x")]


def test_a_repeated_id_after_a_cell_with_newlines_is_told_with_its_line(refused):
    error = refused('id,co2\n"a\nb",1\nc,1\nc,2\n')
    assert [(fault.code, fault.line) for fault in error.faults] == [("repeated_id", 5)]


def test_a_long_or_unprintable_value_is_cut_and_escaped(refused):
    (fault,) = refused("id,co2\na," + "x" * 500 + "\n").faults
    assert fault.value == "x" * 37 + "..."
    (fault,) = refused("id,co2\na,\x1b[31m\n").faults
    assert fault.value == r"\x1b[31m"


def test_too_many_rows_are_refused(refused):
    small = Schema(("id",), ("co2",), InputKind.NUMBERS, max_rows=3)
    assert refused("id,co2\n" + "a,1\n" * 4, small).faults[0].code == "too_many_rows"
    quoted = 'id,co2\n"a",1\nb,x\nc,1\nd,1\n'
    assert refused(quoted, small).faults[0].code == "too_many_rows"


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: _zip(**{"a.csv": data})])
def test_a_bomb_is_stopped_at_the_limit(refused, pack):
    small = Schema(("id",), ("co2",), InputKind.NUMBERS, max_bytes=50_000)
    bomb = pack(b"id,co2\n" + b"0" * 20_000_000)
    assert len(bomb) < 50_000
    assert refused(bomb, small).faults[0].code == "too_many_bytes"


def test_a_file_above_the_limit_is_refused_unread(refused):
    small = Schema(("id",), ("co2",), InputKind.NUMBERS, max_bytes=10)
    assert "larger than the 10 bytes" in str(refused(GOOD, small))


def test_parquet_has_rows_instead_of_lines(refused):
    error = refused(_parquet(id=["a", "b"], co2=[1.0, None]))
    assert [(f.code, f.line) for f in error.faults] == [("empty", None)]
    assert "row 2" in str(error)


def test_numbers_of_every_width_keep_their_value(read):
    frame = read(_parquet(id=["a", "b"], co2=pl.Series([1, 2], dtype=pl.Int8)))
    assert frame["co2"].to_list() == [1.0, 2.0]
    exact = [0.1 + 0.2, 1e-300, 5e-324]
    ids = np.array(["a", "b", "c"])
    assert read(_npz(id=ids, co2=np.array(exact)))["co2"].to_list() == exact


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_never_shows_a_parsers_own_error(read, seed):
    rng = np.random.default_rng(seed)
    sources = [
        GOOD * 3, gzip.compress(GOOD, mtime=0), _zip(**{"a.csv": GOOD}), _npz(id=np.array(["a"])),
        b'{"id": "a", "co2": 1}\n' * 3,
    ]  # fmt: skip
    if seed < 5:
        sources.append(_parquet(id=["a", "b"], co2=[1.0, 2.0]))
    for source in sources:
        damaged = bytearray(source)
        for position in rng.integers(0, len(damaged), 4):
            damaged[position] = rng.integers(0, 256)
        with contextlib.suppress(InvalidPredictions):
            assert read(bytes(damaged)).height > 0


def test_a_nul_character_in_parquet_is_refused_with_its_row(refused):
    error = refused(_parquet(id=["a", "b\0c"], co2=[1.0, 2.0]))
    assert [fault.code for fault in error.faults] == ["nul"]
    assert "row 2, column “id”" in str(error)
