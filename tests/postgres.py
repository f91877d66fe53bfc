"""A PostgreSQL database of this test process's own, put back between its tests.

Migrating, truncating sixty tables and writing the cast took most of a test's time. Instead, what a
test left behind is deleted, and the cast's rows are copied from a schema of their own.
"""

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel

from server.shared.database import Database, server_engine
from server.shared.migrate import migrate
from tests.cast import Cast, add_cast

# Rows that were deleted still lie in the files: past so many bytes in a table, it is truncated.
MOST_LEFT_BEHIND = 512 * 1024
# Tables of which a page was ever written since the last truncation, with the longest first.
WRITTEN = sa.text(
    "SELECT relname, pg_relation_size(oid) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 ORDER BY 2 DESC"
)
COUNTED_ON = sa.text(
    "SELECT sequencename, last_value FROM pg_sequences"
    " WHERE schemaname = 'public' AND last_value IS NOT NULL"
)
# Rows that go together are deleted and copied in any order: no key is looked up, no trigger runs.
ANY_ORDER = "SET LOCAL session_replication_role = replica"


@contextmanager
def database_of_its_own(server: str, name: str) -> Iterator[str]:
    """Yield the URL of a new, empty database on a server; it is dropped at the end."""
    url = sa.make_url(server)
    full = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{full}"'))
    yield url.set(database=full).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))
    engine.dispose()


class KeptPool(sa.QueuePool):
    """Connections that outlive the engines of tests: a new one has to read the catalogue anew."""

    def dispose(self) -> None:
        """Keep them."""

    def recreate(self) -> "KeptPool":
        """Keep them."""
        return self

    def close(self) -> None:
        """Let go of them, at the end of all tests."""
        super().dispose()


class PostgresTemplate:
    """A migrated database whose tests each find it empty, or with the cast in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        database = Database(url)
        migrate(database)
        database.dispose()
        self._engine = self._kept(read_only=False)
        self._reading = self._kept(read_only=True)
        self._known = LRUCache[object, object](2_000)

    def _kept(self, *, read_only: bool) -> sa.Engine:
        pool = {"poolclass": KeptPool, "pool_size": 5, "max_overflow": 60}
        return server_engine(self.url, read_only=read_only, **pool)

    def close(self) -> None:
        """Let go of the connections."""
        for engine in (self._engine, self._reading):
            assert isinstance(engine.pool, KeptPool)
            engine.pool.close()

    def database(self) -> Database:
        """Return a database of a test's own, over connections and statements that are shared."""
        return SharingDatabase(self)

    def engine(self, *, read_only: bool) -> sa.Engine:
        """Return an engine, so that what a test listens to ends with the test."""
        kept = self._reading if read_only else self._engine
        made = sa.create_engine(self.url, pool=kept.pool)
        made.dialect = kept.dialect
        return made.execution_options(compiled_cache=self._known)

    def empty(self, *, as_new: bool = False) -> None:
        """Leave no row, or not even the room that rows took; every number begins at one."""
        with self._engine.begin() as connection:
            written = connection.execute(WRITTEN).all()
            if not written:
                return
            if as_new or written[0][1] > MOST_LEFT_BEHIND:
                _truncate(connection)
                return
            numbers = [name for name, _ in connection.execute(COUNTED_ON)]
            connection.exec_driver_sql(
                "; ".join(
                    [
                        ANY_ORDER,
                        *(f'DELETE FROM "{name}"' for name, _ in written),
                        *(f"SELECT setval('\"{name}\"', 1, false)" for name in numbers),
                    ]
                )
            )

    def people(self) -> Cast:
        """Copy the cast into the empty database, and return it usable outside any session."""
        script, pickled = self._peopled
        with self._engine.begin() as connection:
            connection.exec_driver_sql(script)
        made: Cast = pickle.loads(pickled)
        return made

    @cached_property
    def _peopled(self) -> tuple[str, bytes]:
        """Write the cast once, keep its rows aside, and return what copies them back."""
        self.empty(as_new=True)
        made = add_cast(self.database())
        with self._engine.begin() as connection:
            tables = [name for name, _ in connection.execute(WRITTEN)]
            connection.exec_driver_sql("CREATE SCHEMA the_cast")
            for name in tables:
                connection.exec_driver_sql(
                    f'CREATE TABLE the_cast."{name}" AS SELECT * FROM public."{name}"'
                )
            numbers = connection.execute(COUNTED_ON).all()
        self.empty()
        script = [
            ANY_ORDER,
            *(f'INSERT INTO public."{name}" SELECT * FROM the_cast."{name}"' for name in tables),
            *(f"SELECT setval('\"{name}\"', {last})" for name, last in numbers),
        ]
        return "; ".join(script), pickle.dumps(made)


class SharingDatabase(Database):
    """The template's database, for one test."""

    def __init__(self, template: PostgresTemplate) -> None:
        self._template = template
        super().__init__(template.url)

    def _engine(self, *, read_only: bool) -> sa.Engine:
        return self._template.engine(read_only=read_only)


def _truncate(connection: sa.Connection) -> None:
    tables = ", ".join(f'"{t.name}"' for t in SQLModel.metadata.sorted_tables)
    connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
