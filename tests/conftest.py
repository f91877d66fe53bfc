"""Fixtures: a database, an application and a browser of each test's own."""

import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

import tests.collecting  # before the product, whose libraries count their threads when they load
from server.app import create_app
from server.shared.database import Database
from server.shared.migrate import migrate
from server.shared.settings import Settings
from tests.cast import (
    NOON,
    Cast,
    FrozenClock,
    add_cast,
)
from tests.compiled import share_what_is_compiled
from tests.postgres import PostgresTemplate, database_of_its_own

share_what_is_compiled()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark tests with a database before the marks are chosen from, and begin with long ones."""
    for item in items:
        if "postgres_template" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
    yield
    items[:] = tests.collecting.in_good_order(items, tests.collecting.workers())


def pytest_collection_finish() -> None:
    """Go on as a process that has loaded everything."""
    tests.collecting.finish()


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at noon."""
    return FrozenClock(NOON)


@pytest.fixture
def real_hashing() -> None:
    """Asks for the parameters that people get."""


@pytest.fixture(autouse=True)
def cheap_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the parameters of the cast, so that a test need not pay for each password."""
    if "real_hashing" not in request.fixturenames:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr("server.accounts.passwords.HASHER", cheap)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an instance in a folder of its own."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path / "data",
        secret_key="a-secret-that-only-the-tests-know-0123456789",
        base_url="http://localhost",
        replicates=200,
        rate_limit_uploads="1000 per minute",
        rate_limit_sign_in="1000 per minute",
        rate_limit_sign_up="1000 per minute",
        rate_limit_tokens="1000 per minute",
        rate_limit_codes="1000 per minute",
        rate_limit_questions="1000 per minute",
        rate_limit_comparisons="1000 per minute",
    )


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("template") / "varsity.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    _fold(database)
    return path


def _fold(database: Database) -> None:
    """Leave everything in the one file that is copied, and nothing in its log."""
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()


@pytest.fixture(scope="session")
def peopled_sqlite(empty_sqlite: Path) -> tuple[Path, bytes]:
    """An SQLite file with the cast in it, and the cast itself, pickled."""
    path = empty_sqlite.with_name("peopled.db")
    shutil.copy(empty_sqlite, path)
    database = Database(f"sqlite:///{path}")
    made = add_cast(database)
    _fold(database)
    return path, pickle.dumps(made)


@pytest.fixture
def new_tables() -> None:
    """Asks for tables as large as their rows: how large they are decides how they are read."""


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate | None]:
    """The PostgreSQL database of this process's tests, where VARSITY_TEST_DATABASE_URL names one."""
    url = os.environ.get("VARSITY_TEST_DATABASE_URL", "")
    if not url:
        yield None
        return
    with database_of_its_own(url, "varsity_test") as own:
        made = PostgresTemplate(own)
        yield made
        made.close()


@pytest.fixture
def database(
    settings: Settings,
    request: pytest.FixtureRequest,
    postgres_template: PostgresTemplate | None,
) -> Iterator[Database]:
    """An empty database: SQLite, or PostgreSQL where VARSITY_TEST_DATABASE_URL names one.

    Where a test asks for the cast as well, the SQLite file that is copied has it already.
    """
    if postgres_template:
        settings.database_url = postgres_template.url
        postgres_template.empty(as_new="new_tables" in request.fixturenames)
        made = postgres_template.database()
    else:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(_template(request), settings.data_dir / "varsity.db")
        made = Database(settings.database)
    yield made
    made.dispose()


def _template(request: pytest.FixtureRequest) -> Path:
    if "cast" in request.fixturenames:
        return request.getfixturevalue("peopled_sqlite")[0]
    return request.getfixturevalue("empty_sqlite")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that writes."""
    with database.writing() as made:
        yield made


@pytest.fixture
def cast(
    database: Database,
    request: pytest.FixtureRequest,
    postgres_template: PostgresTemplate | None,
) -> Cast:
    """Three universities, ten people, one open challenge `digits` with two phases, two teams."""
    if postgres_template:
        return postgres_template.people()
    made: Cast = pickle.loads(request.getfixturevalue("peopled_sqlite")[1])
    return made


@pytest.fixture
def app(settings: Settings, database: Database, clock: FrozenClock) -> Flask:
    """The web application over the test's database and clock."""
    made = create_app(settings, clock=clock, database=database)
    made.config["WTF_CSRF_ENABLED"] = False
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name files by what they are: an archive's bytes hold the time, and no two runs agree."""
    archive = isinstance(val, bytes) and val.startswith((b"PK", b"\x1f\x8b"))
    return f"{len(val)} bytes" if archive and isinstance(val, bytes) else None
