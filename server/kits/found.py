"""What is stored of a look at a file, and read again to be shown."""

from typing import Any

from pydantic import BaseModel


class Value(BaseModel):
    """A value as it stands in a column, and how often."""

    text: str
    count: int


class Column(BaseModel):
    """A column of a table; `missing` and `distinct` are counts of the rows that were read.

    `low`, `middle` (the mean), `high` and `edges` are written as the column writes its values.
    """

    name: str
    kind: str
    missing: int = 0
    distinct: int = 0
    low: str = ""
    middle: str = ""
    high: str = ""
    edges: list[str] = []
    counts: list[int] = []
    common: list[Value] = []


class Table(BaseModel):
    """A table: `rows` are all it has (None: not counted), `read` those that were looked at."""

    rows: int | None
    read: int
    width: int
    columns: list[Column]
    first: list[list[str | None]]


class Member(BaseModel):
    """A file in an archive; size in bytes."""

    name: str
    size: int


class Archive(BaseModel):
    """What an archive lists, and how many files there are in all."""

    files: int
    members: list[Member]


class Looked(BaseModel):
    """What a file is: `kind` names it; `problem` says why a table can't be read.

    `sentence`: the problem as `scorers.sentences.to_json` has it.
    """

    kind: str
    table: Table | None = None
    archive: Archive | None = None
    lines: list[str] = []
    problem: str = ""
    sentence: str | dict[str, Any] = ""


class LookReport(BaseModel):
    """The child's whole answer; without `looked`, what went wrong."""

    looked: Looked | None = None
    trace: str = ""
