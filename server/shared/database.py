"""The database: one write engine and one read engine behind the same URL.

On SQLite a transaction that writes takes the lock when it begins (`BEGIN IMMEDIATE`), so
that read-modify-write can't lose an update; a reader never takes it and can't write at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 30
# A connection that was idle for longer may have been closed by the other side meanwhile.
IDLE_SECONDS = 1.0


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; a naive one is refused before it reaches the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a naive moment and store the aware one in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:
        """Give the stored moment its zone back (SQLite keeps none)."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def enum_column(enum: type) -> sa.Enum:
    """Return a column type that keeps an enum's values as text, on every database."""
    return sa.Enum(
        enum, native_enum=False, values_callable=lambda e: [m.value for m in e], length=32
    )


def changed_rows(session: Session, statement: sa.Update | sa.Delete | sa.Insert) -> int:
    """Run a conditional UPDATE or DELETE, or an INSERT, and return how many rows it met."""
    result: Any = session.execute(statement)
    return int(result.rowcount)


def _ping_after_a_pause(engine: sa.Engine) -> None:
    """Ask a connection that was idle whether it still lives, before a request relies on it.

    SQLAlchemy's own `pool_pre_ping` asks each time: one way to the server and back in six.
    """

    def leave(connection: Any, record: Any) -> None:
        record.info["idle since"] = monotonic()

    def take(connection: Any, record: Any, proxy: Any) -> None:
        if monotonic() - record.info.get("idle since", monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.DisconnectionError from error

    sa.event.listen(engine, "checkin", leave)
    sa.event.listen(engine, "checkout", take)


def server_engine(url: sa.URL | str, *, read_only: bool, **pool: Any) -> sa.Engine:
    """Return an engine for a database that has a server; `pool`: what its pool is told.

    As on SQLite, all that a transaction reads is of one moment (what is kept under a version must
    be of that version), and it can't write. Each connection is told so once.
    """
    how: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if read_only else {}
    engine = sa.create_engine(url, pool_use_lifo=True, **how, **pool)
    if read_only:
        sa.event.listen(engine, "connect", _only_reads)
        # psycopg forgets what it prepared at a ROLLBACK, and each question would be planned anew:
        # for what has only read, a COMMIT ends a transaction as well.
        engine.dialect.do_rollback = engine.dialect.do_commit  # type: ignore[method-assign]
    _ping_after_a_pause(engine)
    return engine


class Database:
    """A database by its URL; hands out sessions that read and sessions that write."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.write_engine = self._engine(read_only=False)
        self.read_engine = self._engine(read_only=True)

    def _engine(self, *, read_only: bool) -> sa.Engine:
        if not self.is_sqlite:
            # With readers apart, nobody who waits for a writer's connection holds up another.
            size = 15 if read_only else 5
            return server_engine(self.url, read_only=read_only, pool_size=size, max_overflow=size)
        engine = sa.create_engine(
            self.url,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            pool_size=16,
            max_overflow=400,
        )
        sa.event.listen(engine, "connect", _pragmas(read_only))
        sa.event.listen(engine, "begin", _begin(read_only))
        return engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that only reads: it can't write."""
        with Session(self.read_engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session that writes; the caller commits, once."""
        with Session(self.write_engine, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection (before a fork, at the end of a test)."""
        self.write_engine.dispose()
        self.read_engine.dispose()


def _only_reads(connection: Any, _record: Any) -> None:
    connection.read_only = True


def _pragmas(read_only: bool) -> Any:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: a committed submission survives a power cut, not only a crash.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    return connect


def _begin(read_only: bool) -> Any:
    statement = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin
