"""Pure decisions on what participants are given: what a file is, and which part it plays."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NamedTuple

MOST_ATTEMPTS = 2
MOST_INTERRUPTIONS = 2
# Of another look at the same file: what an earlier version found is found anew.
VERSION = 2
# Of so many bytes of data a kit is sent whole; of more it has a script that fetches them.
MOST_BYTES_IN_A_KIT = 25_000_000
STARTER = "baseline.py"
_PACKED = (".gz",)
_TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson")


class LookState(StrEnum):
    """Where the look at a file stands; the row is the worker's job."""

    QUEUED = "queued"
    LOOKING = "looking"
    LOOKED = "looked"
    FAILED = "failed"


class Parts(NamedTuple):
    """Which of a challenge's files plays which part; `samples`: the one to begin with first."""

    train: str | None
    tests: tuple[str, ...]
    samples: tuple[str, ...]


def is_table(name: str) -> bool:
    """Whether a file is a table by its name."""
    plain = name.lower()
    for ending in _PACKED:
        plain = plain.removesuffix(ending)
    return plain.endswith(_TABLES)


def id_columns_of(id_column: str, header: Sequence[str]) -> tuple[str, ...]:
    """Return a key's columns; several are kept as one text, with commas between them."""
    if id_column in header:
        return (id_column,)
    names = tuple(id_column.split(", "))
    return names if all(name in header for name in names) else tuple(header[:1])


def parts_of(
    names: Sequence[str],
    *,
    header: Sequence[str],
    ids: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    phase: str = "",
) -> Parts:
    """Say which table is to learn from, which to predict for, and which shows the form.

    By their names, and where they were looked at also by their columns; `phase`: whose sample is
    the one to begin with.
    """
    tables = [name for name in names if is_table(name)]
    samples = [n for n in tables if _is_sample(n, columns.get(n), header)]
    others = [n for n in tables if n not in samples]
    tests = [n for n in others if _stem(n).startswith("test")]
    train = [n for n in others if _stem(n).startswith("train")]
    targets = [name for name in header if name not in ids]
    if not train:
        train = [n for n in others if n not in tests and _has(columns.get(n), targets)]
    if not tests:
        rest = [n for n in others if n not in train[:1]]
        tests = [n for n in rest if _has(columns.get(n), ids)]
    samples.sort(key=lambda name: not (phase and _stem(name).endswith(f"_{phase}".lower())))
    return Parts(train[0] if train else None, tuple(tests), tuple(samples))


def _stem(name: str) -> str:
    return PurePosixPath(name).name.lower().partition(".")[0]


def _is_sample(name: str, columns: Sequence[str] | None, header: Sequence[str]) -> bool:
    return _stem(name).startswith("sample") or list(columns or ()) == list(header)


def _has(columns: Sequence[str] | None, wanted: Sequence[str]) -> bool:
    return columns is not None and bool(wanted) and set(wanted) <= set(columns)
