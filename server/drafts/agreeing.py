"""Whether the files of a draft are about the same rows: told at the step of each, before any check.

Looked at in the limited child, for one of them holds the answers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from pydantic import BaseModel

from server.drafts.documents import id_columns_of
from server.folders.ids import Apart, answered, ids_apart
from server.folders.tables import UnreadableTable, header_of, text_columns


class Others(NamedTuple):
    """The files that a looked-at one has to agree with: their paths, None where there is none."""

    sample: str | None = None
    solution: str | None = None


class ApartFound(BaseModel):
    """How the rows of a file differ from those of another; see `server.folders.ids.Apart`.

    `of`: the other one, "sample" or "solution". `columns`: those of the sample that are not there.
    """

    of: str
    columns: list[str] = []
    missing: int = 0
    unknown: int = 0
    repeated: int = 0
    shared: int = 0
    some_missing: list[str] = []
    some_unknown: list[str] = []
    some_repeated: list[str] = []


def solution_apart(
    solution: Path, others: Others, definition: Mapping[str, Any]
) -> ApartFound | None:
    """Compare the rows that a solution answers with those of the sample; None: they agree."""
    if others.sample is None:
        return None
    try:
        table, sample = answered(solution), text_columns(Path(others.sample))
    except UnreadableTable:
        return None
    return _found("sample", ids_apart(table, sample, id_columns_of(definition)))


def baseline_apart(
    baseline: Path, others: Others, definition: Mapping[str, Any]
) -> ApartFound | None:
    """Compare a reference submission with its phase's solution, or before that with the sample."""
    try:
        table = text_columns(baseline)
        columns = _lacking(table, others.sample)
        of, other = _reference(others)
    except UnreadableTable:
        return None
    if columns:
        return ApartFound(of="sample", columns=columns)
    return None if other is None else _found(of, ids_apart(table, other, id_columns_of(definition)))


def _lacking(table: pl.DataFrame, sample: str | None) -> list[str]:
    header: Sequence[str] = header_of(Path(sample)) if sample is not None else ()
    return [name for name in header if name not in table.columns]


def _reference(others: Others) -> tuple[str, pl.DataFrame | None]:
    if others.solution is not None:
        return "solution", answered(Path(others.solution))
    return "sample", None if others.sample is None else text_columns(Path(others.sample))


def _found(of: str, apart: Apart | None) -> ApartFound | None:
    if apart is None or not apart.is_apart:
        return None
    return ApartFound(of=of, columns=list(apart.lacking), **_counts(apart))


def _counts(apart: Apart) -> dict[str, Any]:
    values = apart._asdict()
    del values["lacking"]
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
