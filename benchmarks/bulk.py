"""Writes millions of rows: past the ORM, with the columns that are left out at their defaults."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, repeat
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from server.shared.database import Database

AT_ONCE = 50_000
Writer = Callable[[str, Sequence[str], Iterator[tuple[Any, ...]]], None]


class Bulk:
    """Rows for a database, table by table; nothing else may use it meanwhile."""

    def __init__(self, dialect: sa.Dialect, write: Writer) -> None:
        self.dialect = dialect
        self._write = write

    def add(self, model: type[SQLModel], count: int, **columns: Any) -> None:
        """Write `count` rows: a list holds a value for each, anything else is the same for all."""
        table: sa.Table = model.__table__  # type: ignore[attr-defined]
        values = {
            column.name: self._encoded(column, columns[column.key])
            if column.key in columns
            else repeat(self._one(column, _default(model, column.key)))
            for column in table.columns
            if column.key in columns or column.key != "id"
        }
        rows = zip(*values.values(), strict=False)
        self._write(table.name, list(values), islice(rows, count))

    def _encoded(self, column: "sa.Column[Any]", given: Any) -> Any:
        if not isinstance(given, list):
            return repeat(self._one(column, given))
        if isinstance(column.type, (sa.Integer, sa.Float, sa.String)) and not isinstance(
            column.type, sa.Enum
        ):
            return given
        known: dict[Any, Any] = {}
        return [
            known[v] if v in known else known.setdefault(v, self._one(column, v)) for v in given
        ]

    def _one(self, column: "sa.Column[Any]", value: Any) -> Any:
        if isinstance(column.type, sa.JSON):
            # What a driver's own adapter would do for a parameter is not done for a copy.
            return json.dumps(value)
        process = column.type.bind_processor(self.dialect)
        return process(value) if process is not None else value


def _default(model: type[SQLModel], name: str) -> Any:
    return model.model_fields[name].get_default(call_default_factory=True)


@contextmanager
def bulk(database: Database) -> Iterator[Bulk]:
    """Yield a writer; the indexes are made and the statistics taken when everything is in."""
    with database.write_engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if database.is_sqlite:
            connection.exec_driver_sql("COMMIT")
            yield from _sqlite(raw, database.write_engine.dialect)
            connection.exec_driver_sql("BEGIN")
        else:
            yield from _postgres(raw, database.write_engine.dialect)


def _sqlite(raw: sqlite3.Connection, dialect: sa.Dialect) -> Iterator[Bulk]:
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000"):
        raw.execute(f"PRAGMA {pragma}")
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    indexes = raw.execute(found).fetchall()
    raw.execute("BEGIN IMMEDIATE")
    for name, _ in indexes:
        raw.execute(f'DROP INDEX "{name}"')

    def write(table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
        raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)

    yield Bulk(dialect, write)
    for _, text in indexes:
        raw.execute(text)
    raw.execute("COMMIT")
    raw.execute("ANALYZE")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _postgres(raw: Any, dialect: sa.Dialect) -> Iterator[Bulk]:
    cursor, written = raw.cursor(), []
    # The foreign keys are not looked up for each of millions of rows.
    cursor.execute("SET session_replication_role = replica")

    def write(table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{c}"' for c in columns)
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        if "id" in columns:
            written.append(table)

    yield Bulk(dialect, write)
    for table in written:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), max(id)) FROM \"{table}\""
        )
    cursor.execute("SET session_replication_role = origin")
    raw.commit()
    raw.autocommit = True
    cursor.execute("VACUUM ANALYZE")
    raw.autocommit = False
