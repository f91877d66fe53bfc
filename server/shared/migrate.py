"""Migrations: the schema is brought up to date when a server-side command starts."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server.shared.database import Database

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
# Any number: two processes that start at once must not migrate at once.
LOCK = 7_215_304


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def migrate(database: Database) -> None:
    """Apply what is missing, in one transaction where the database can."""
    with database.read_engine.connect() as connection:
        if _revision(connection) == newest_revision():
            return
    with database.write_engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(connection), "head")


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def current_revision(database: Database) -> str | None:
    """Return the revision that a database is at, None for an empty one."""
    with database.read_engine.connect() as connection:
        return _revision(connection)


@cache
def newest_revision() -> str:
    """Return the revision that this code was written for; found once: all scripts are read."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())
