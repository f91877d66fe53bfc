"""A table's rows as JSON lines, the same on every database."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from server.shared.database import UTCDateTime

BATCH = 1000
Row = dict[str, Any]
Advance = Callable[[int], None]


class Hashed:
    """A stream that knows the sha256 of what was read from it, and says how much that is."""

    def __init__(self, source: IO[bytes], advance: Advance) -> None:
        self._source = source
        self._advance = advance
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = bytes(self._source.read(size))
        self._digest.update(data)
        self._advance(len(data))
        return data

    def lines(self) -> Iterator[bytes]:
        """Yield line by line what is left."""
        rest = b""
        while chunk := self.read(1 << 16):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def hexdigest(self) -> str:
        """Return the sha256 of all that was read."""
        return self._digest.hexdigest()


def dump_table(connection: sa.Connection, table: sa.Table, path: Path) -> dict[str, Any]:
    """Write a table's rows, in the order of its key, and return its line of the manifest."""
    digest, count = hashlib.sha256(), 0
    query = sa.select(table).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=BATCH).execute(query)
    with path.open("wb") as target:
        for row in result.mappings():
            line = _encode(dict(row))
            digest.update(line)
            target.write(line)
            count += 1
        size = target.tell()
    name = f"tables/{table.name}.jsonl"
    return {"name": name, "rows": count, "size": size, "sha256": digest.hexdigest()}


def load_table(connection: sa.Connection, table: sa.Table, lines: Iterator[bytes]) -> int:
    """Insert the rows of a table, some at a time, and return how many there were.

    A row may refer to a later row of its own table: such references are filled in at the end.
    """
    inward = _references_to_itself(table)
    late: list[tuple[Row, Row]] = []
    count = 0
    for batch in _batches(_decode(table, line) for line in lines):
        for row in batch:
            kept = {name: row[name] for name in inward if row[name] is not None}
            if kept:
                late.append(({c.name: row[c.name] for c in table.primary_key.columns}, kept))
                row.update(dict.fromkeys(kept))
        connection.execute(sa.insert(table), batch)
        count += len(batch)
    for key, values in late:
        same = [table.c[name] == value for name, value in key.items()]
        connection.execute(sa.update(table).where(*same).values(values))
    return count


def set_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Let the next row get a number after the largest (PostgreSQL keeps them apart)."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    largest = connection.execute(sa.select(sa.func.max(column))).scalar()
    sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', column.name)
    name = connection.execute(sa.select(sequence)).scalar()
    if name is not None:
        connection.execute(sa.select(sa.func.setval(name, largest or 1, largest is not None)))


def _references_to_itself(table: sa.Table) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _encode(row: Row) -> bytes:
    values = {name: _plain(value) for name, value in row.items()}
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.value if isinstance(value, Enum) else value


def _decode(table: sa.Table, line: bytes) -> Row:
    row: Row = json.loads(line)
    for name, value in row.items():
        if value is None:
            continue
        kind = table.c[name].type
        if isinstance(kind, UTCDateTime):
            row[name] = datetime.fromisoformat(value)
        elif isinstance(kind, sa.LargeBinary):
            row[name] = base64.b64decode(value)
    return row


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
