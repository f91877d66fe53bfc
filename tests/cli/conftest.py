"""Commands that run against an instance of the test's own."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from server.cli.main import cli
from server.shared.database import Database
from server.shared.migrate import current_revision, migrate


class Varsity:
    """Runs commands and keeps what they said."""

    def __init__(self) -> None:
        self._runner = CliRunner()

    def __call__(self, *arguments: str, stdin: str = "") -> Result:
        result = self._runner.invoke(cli, arguments, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    def json(self, *arguments: str):
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch) -> None:
    for name in ("VARSITY_URL", "VARSITY_TOKEN", "VARSITY_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VARSITY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def varsity(empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Varsity:
    """Commands, whose new database is what a migration once made of one in this process."""

    def migrate_quickly(database: Database) -> None:
        if current_revision(database) is None:
            _fill(database, empty_sqlite)
        migrate(database)

    monkeypatch.setattr("server.cli.instance.migrate", migrate_quickly)
    return Varsity()


def _fill(database: Database, template: Path) -> None:
    file = str(database.write_engine.url.database)
    with closing(sqlite3.connect(template)) as before, closing(sqlite3.connect(file)) as after:
        before.backup(after)


@pytest.fixture
def url(app) -> Iterator[str]:
    """A live server over the test's application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
