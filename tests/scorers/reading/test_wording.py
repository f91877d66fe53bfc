"""What is told of a wrong file can be told in any language, in the same words."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scorers.errors import Fault, InvalidPredictions
from scorers.kinds import InputKind
from scorers.reading.schema import Schema
from scorers.sentences import Sentence, as_written, filled, from_json
from scorers.tables import read_predictions

LABELS = Schema(("id",), ("digit",), InputKind.LABELS, labels=("0", "1"))
NUMBERS = Schema(("id",), ("y",), InputKind.NUMBERS, above=0.0)
SHARES = Schema(("id",), ("a", "b"), InputKind.PROBABILITIES)


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "id,y\n1,1\n")
    return file.getvalue()


WRONG = {
    "a column is missing": (NUMBERS, b"id\n1\n"),
    "a column is misspelt": (NUMBERS, b"id,Y\n1,1\n"),
    "an index was written": (NUMBERS, b",id,y\n0,1,1\n"),
    "a column twice": (NUMBERS, b"id,y,y\n1,1,1\n"),
    "another table": (NUMBERS, b"name,grade\nx,1\n"),
    "semicolons": (NUMBERS, b"id;y\n1;1\n"),
    "an id twice": (NUMBERS, b"id,y\n1,1\n1,1\n"),
    "words": (NUMBERS, b"id,y\n1,high\n2,\n3,nan\n4,1e200\n5,-1\n"),
    "decimal commas": (NUMBERS, b'id,y\n1,"0,5"\n2,0,5\n'),
    "labels": (LABELS, b"id,digit\n1,2\n2,1.0\n3,\n"),
    "shares": (SHARES, b"id,a,b\n1,0.5,0.4\n2,2,-1\n"),
    "header alone": (NUMBERS, b"id,y\n"),
    "nothing": (NUMBERS, b" \n"),
    "a blank line": (NUMBERS, b"id,y\n1,1\n\n2,1\n"),
    "an open quote": (NUMBERS, b'id,y\n1,"1\n'),
    "a NUL": (NUMBERS, b"id,y\n1,\0\n"),
    "Latin-1": (NUMBERS, "id,y\n1,é\n".encode("latin-1")),
    "UTF-16": (NUMBERS, "id,y\n1,1\n".encode("utf-16")),
    "a picture": (NUMBERS, b"\x89PNG\r\n"),
    "half a gzip": (NUMBERS, gzip.compress(b"id,y\n1,1\n")[:15]),
    "no zip": (NUMBERS, b"PK\x03\x04rubbish"),
    "two files": (NUMBERS, packed("a.csv", "b.csv")),
    "a long header": (NUMBERS, b"id,y" + b"," * (1 << 22)),
    "no Parquet": (NUMBERS, b"PAR1rubbish"),
    "no JSON": (NUMBERS, b'{"id": 1, "y": 1}\n{"id"\n{"id": 2}\n'),
    "another object": (NUMBERS, b'{"name": 1}\n'),
}


def faults_of(schema: Schema, data: bytes, folder: Path) -> tuple[InvalidPredictions, list[Fault]]:
    path = folder / "predictions"
    path.write_bytes(data)
    with pytest.raises(InvalidPredictions) as refused:
        read_predictions(path, schema)
    return refused.value, list(refused.value.faults)


def parts(said: str) -> Iterator[Sentence]:
    """Yield a sentence and those that it is made of."""
    yield as_written(said)
    for value in as_written(said).values.values():
        yield from parts(value)


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_knows_what_its_words_were_made_of(name: str, tmp_path: Path) -> None:
    error, faults = faults_of(*WRONG[name], tmp_path)
    assert faults
    for fault in faults:
        kept = fault.to_json()
        assert from_json(kept["said"]) == fault.message == kept["message"]
        for part in parts(fault.message):
            assert part.lower() == filled(part.message or part, part.message, part.values).lower()
    assert error.said == str(error)
    assert error.said.message


def test_a_row_that_is_one_of_many_is_told_with_their_number(tmp_path: Path) -> None:
    rows = "".join(f"{n},x\n" for n in range(30))
    error, faults = faults_of(NUMBERS, f"id,y\n{rows}".encode(), tmp_path)
    assert len(faults) == 10
    assert error.said.endswith("\n... and 20 more (30 in all).")


def test_of_words_that_are_not_ours_the_kinds_are_kept() -> None:
    error = InvalidPredictions([Fault("metric", "The labels are too kind.")])
    assert (error.said.message, error.said.codes) == ("", ("metric",))
    assert "said" not in error.faults[0].to_json()
