"""A backup moves an instance from SQLite to PostgreSQL and back, with nothing changed."""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlmodel import Session

from server.accounts.sessions import open_session
from server.audit.actions import seal_events
from server.audit.rules import Fault
from server.audit.verification import Verification
from server.cli.main import cli
from server.evaluations.models import Replicates, Score
from server.evaluations.rules import Board
from server.shared.backup import tables_to_keep
from server.shared.database import Database
from server.shared.events import record
from server.shared.migrate import migrate
from server.shared.storage import FileStore
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from server.universities.models import University
from tests.cast import (
    NOON,
    Cast,
    add_challenge,
    add_people,
    add_teams,
    add_universities,
)
from tests.scores import add_live

BYTES = bytes(range(256))
PREDICTIONS, TRUTH = b"id,digit\n1,2\n", b"id,digit,Usage\n1,2,Public\n"


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    url = os.environ.get("VARSITY_TEST_DATABASE_URL", "")
    if not url:
        pytest.skip(
            "needs a PostgreSQL: `make test-all` starts one, or set VARSITY_TEST_DATABASE_URL "
            "(apt-get install postgresql)"
        )
    server = sa.make_url(url)
    name = f"varsity_moved_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture
def varsity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Run a command on an instance: its folder, and its database where that is no SQLite."""

    def run(folder: str, url: str, *arguments: str) -> dict[str, object]:
        monkeypatch.setenv("VARSITY_DATA_DIR", str(tmp_path / folder))
        monkeypatch.setenv("VARSITY_DATABASE_URL", url)
        result = CliRunner().invoke(cli, [*arguments, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    monkeypatch.chdir(tmp_path)
    return run


def fill(folder: Path) -> None:
    """An instance on SQLite with a row of nearly every kind of column, and two files."""
    folder.mkdir()
    database, cast = Database(f"sqlite:///{folder / 'varsity.db'}"), Cast()
    migrate(database)
    with database.writing() as session:
        add_universities(session, cast)
        add_people(session, cast)
        add_challenge(session, cast)
        add_teams(session, cast)
        # A row that refers to a later row of its own table.
        cast.pandas.merged_into = cast.isar.id
        session.add(cast.pandas)
        evaluation = add_live(session, cast.phase_a)
        submission = _submission(cast)
        session.add(submission)
        session.flush()
        score = Score(
            submission_id=submission.id,
            evaluation_id=evaluation.id,
            board=Board.PUBLIC,
            value=0.1 + 0.2,
            scored_at=NOON,
        )
        session.add(score)
        session.flush()
        session.add(Replicates(score_id=score.id, data=BYTES))
        open_session(session, account_id=cast.wei.id, browser="Firefox, Linux", now=NOON)
        record(session, "team.renamed", at=NOON.replace(microsecond=7), before="熊猫", share=1e-7)
        session.commit()
    assert seal_events(database, now=NOON + timedelta(minutes=1)) == 1
    database.dispose()
    for store, data in (("files", PREDICTIONS), ("hidden", TRUTH)):
        sha256 = hashlib.sha256(data).hexdigest()
        FileStore(str(folder / store)).copy_from(io.BytesIO(data), sha256)


def _submission(cast: Cast) -> Submission:
    return Submission(
        challenge_id=cast.digits.id,
        phase_id=cast.phase_a.id,
        team_id=cast.isar.id,
        account_id=cast.lena.id,
        state=SubmissionState.REJECTED,
        filename="预测 “x”.csv",
        size=2**40,
        sha256=hashlib.sha256(PREDICTIONS).hexdigest(),
        received_at=NOON.replace(microsecond=123456),
        faults=[{"code": "not_a_number", "line": 3, "value": "没有"}],
        fault_count=1,
        late=True,
    )


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url)
    with database.read_engine.connect() as connection:
        found = {
            t.name: [tuple(r) for r in connection.execute(sa.select(t).order_by(*t.primary_key))]
            for t in tables_to_keep()
        }
    database.dispose()
    return found


def faults_of_the_log(url: str, head: str) -> list[Fault]:
    database = Database(url)
    with database.reading() as session:
        found = list(Verification(now=NOON, kept={head}).faults(session))
    database.dispose()
    return found


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'varsity.db'}"


@pytest.mark.servers
def test_an_instance_moves_to_postgresql_and_back_unchanged(postgres, varsity, tmp_path) -> None:
    fill(tmp_path / "first")
    before = rows(sqlite(tmp_path / "first"))
    written = varsity("first", "", "backup", "to-postgres.tar.gz")
    restored = varsity("second", postgres, "restore", "to-postgres.tar.gz")
    assert restored == written
    assert rows(postgres) == before

    again = varsity("second", postgres, "backup", "to-sqlite.tar.gz")
    assert {k: again[k] for k in again.keys() - {"file"}} == {
        k: written[k] for k in written.keys() - {"file"}
    }
    varsity("third", "", "restore", "to-sqlite.tar.gz")
    assert rows(sqlite(tmp_path / "third")) == before
    for folder in ("second", "third"):
        for store, data in (("files", PREDICTIONS), ("hidden", TRUTH)):
            kept = FileStore(str(tmp_path / folder / store))
            assert kept.open(hashlib.sha256(data).hexdigest()).read() == data

    head = str(before["audit_block"][0][2])
    for url in (postgres, sqlite(tmp_path / "third")):
        assert not faults_of_the_log(url, head)

    # What is new there gets a number of its own, and nobody is signed in by an old cookie.
    database = Database(postgres)
    with Session(database.write_engine) as session:
        made = University(slug="oslo", name="University of Oslo", created_at=NOON)
        session.add(made)
        session.commit()
        assert made.id == len(before["university"]) + 1
        assert session.get_one(Team, 1).merged_into == 2
        assert session.execute(sa.text("SELECT count(*) FROM browser_session")).scalar() == 0
    database.dispose()
