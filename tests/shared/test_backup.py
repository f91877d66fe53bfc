"""One file with everything, taken while the service writes; and back into an empty instance."""

import hashlib
import io
import json
import shutil
import stat
import tarfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

import server.app  # noqa: F401 - every room's tables
from server.accounts.models import Account
from server.shared.backup import (
    OF_THE_ENGINE,
    OF_THE_MOMENT,
    Contents,
    tables_to_keep,
    write_backup,
)
from server.shared.backup_rows import load_table
from server.shared.database import Database
from server.shared.errors import Conflict, DomainError, Invalid
from server.shared.restore import read_backup
from server.shared.schedules import WorkerBeat, claim_schedule
from server.shared.settings import Settings
from server.shared.storage import FileStore, Stores
from server.teams.models import Team
from server.universities.models import University
from tests.cast import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return _stores(tmp_path / "first")


def _stores(folder: Path) -> Stores:
    return Stores(FileStore(str(folder / "files")), FileStore(str(folder / "hidden")))


def _put(store: FileStore, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    store.copy_from(io.BytesIO(data), sha256)
    return sha256


@pytest.fixture
def second(tmp_path: Path, empty_sqlite: Path):
    made = Database(f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'second.db')}")
    yield made
    made.dispose()


def _backup(path: Path, database: Database, stores: Stores) -> Contents:
    return write_backup(
        path, database=database, stores=stores, version="0.1.0", now=NOON, advance=lambda _: None
    )


def _restore(path: Path, database: Database, stores: Stores) -> Contents:
    return read_backup(path, database=database, stores=stores, advance=lambda _: None)


def _rows(database: Database) -> dict[str, list[tuple]]:
    with database.read_engine.connect() as connection:
        return {
            t.name: [tuple(r) for r in connection.execute(sa.select(t).order_by(*t.primary_key))]
            for t in tables_to_keep()
        }


def test_a_restored_instance_has_the_same_rows_and_files(
    tmp_path, database, cast, stores, second
) -> None:
    public, hidden = (
        _put(stores.public_files, b"id,digit\n1,2\n"),
        _put(stores.hidden_files, b"truth"),
    )
    path = tmp_path / "backup.tar.gz"
    written = _backup(path, database, stores)
    there = _stores(tmp_path / "second")
    assert _restore(path, second, there) == written
    assert _rows(second) == _rows(database)
    assert there.public_files.open(public).read() == b"id,digit\n1,2\n"
    assert there.hidden_files.open(hidden).read() == b"truth"
    assert written.files == 2
    assert written.rows == sum(len(rows) for rows in _rows(database).values()) > 20


def test_a_restored_instance_gives_new_rows_new_numbers(
    tmp_path, database, cast, stores, second
) -> None:
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    _restore(path, second, _stores(tmp_path / "second"))
    with second.writing() as session:
        row = University(slug="oslo", name="University of Oslo", created_at=NOON)
        session.add(row)
        session.commit()
        assert row.id == len(cast.universities) + 1


def test_a_backup_goes_back_onto_the_same_kind_of_database(
    tmp_path, database, cast, stores, settings
) -> None:
    """On PostgreSQL this empties the tables and sets the sequences."""
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    before = _rows(database)
    with database.write_engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(sa.delete(table))
    _restore(path, database, stores)
    assert _rows(database) == before
    with database.writing() as session:
        row = University(slug="oslo", name="University of Oslo", created_at=NOON)
        session.add(row)
        session.commit()
        assert row.id == len(cast.universities) + 1


def test_a_backup_is_readable_by_its_owner_alone(tmp_path, database, stores) -> None:
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.glob("varsity-backup-*")] == []


def test_an_existing_file_is_not_overwritten(tmp_path, database, stores) -> None:
    path = tmp_path / "backup.tar.gz"
    path.write_text("precious")
    with pytest.raises(Conflict, match="exists already"):
        _backup(path, database, stores)
    assert path.read_text() == "precious"


def test_every_table_of_the_database_is_kept(database) -> None:
    found = sa.inspect(database.read_engine).get_table_names()
    names = {name for name in found if not name.startswith(OF_THE_ENGINE)}
    assert names == {t.name for t in tables_to_keep()} | OF_THE_MOMENT | {"alembic_version"}


def test_a_table_that_the_program_does_not_know_stops_the_backup(
    tmp_path, database, stores
) -> None:
    if not database.is_sqlite:
        pytest.skip("the other tests share this PostgreSQL database")
    with database.write_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE strange (id INTEGER)")
    with pytest.raises(Conflict, match="strange"):
        _backup(tmp_path / "backup.tar.gz", database, stores)


def test_a_job_engine_in_the_same_database_stops_no_backup(tmp_path, database, stores) -> None:
    with database.write_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE huey_signals (id INTEGER)")
    try:
        contents = _backup(tmp_path / "backup.tar.gz", database, stores)
    finally:
        with database.write_engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE huey_signals")
    assert contents.tables > 50


def test_a_backup_taken_while_rows_are_written_is_of_one_moment(
    tmp_path, database, cast, stores, second
) -> None:
    """A writer adds a university and an account that refers to it in one transaction, again and again."""
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            number = len(written)
            with database.writing() as session:
                row = University(slug=f"u{number}", name=f"U {number}", created_at=NOON)
                session.add(row)
                session.flush()
                session.add(
                    Account(
                        email=f"{number}@busy.example",
                        name="Busy",
                        university_id=row.id,
                        created_at=NOON,
                    )
                )
                session.commit()
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            stop.wait(0.01)
        path = tmp_path / "backup.tar.gz"
        _backup(path, database, stores)
    finally:
        stop.set()
        writer.join()
    _restore(path, second, _stores(tmp_path / "second"))
    with second.reading() as session:
        universities = session.exec(select(University).where(University.slug.startswith("u"))).all()
        people = session.exec(select(Account).where(Account.name == "Busy")).all()
    assert len(universities) == len(people) >= 5


def test_a_restore_into_an_instance_in_use_is_refused_and_changes_nothing(
    tmp_path, database, cast, stores
) -> None:
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    before = _rows(database)
    with pytest.raises(Conflict, match="not empty"):
        _restore(path, database, stores)
    assert _rows(database) == before


def test_an_instance_that_only_its_workers_have_touched_counts_as_empty(
    tmp_path, database, cast, stores, second
) -> None:
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    with second.writing() as session:
        claim_schedule(session, "sweep", every=MINUTE, now=NOON)
        session.add(WorkerBeat(name="host-1", started_at=NOON, seen_at=NOON))
        session.commit()
    _restore(path, second, _stores(tmp_path / "second"))
    assert _rows(second) == _rows(database)


def _tampered(path: Path, name_part: str, change) -> Path:
    """Copy a backup with one member's bytes changed."""
    copy = path.with_name("tampered.tar.gz")
    with tarfile.open(path) as source, tarfile.open(copy, "w:gz") as target:
        for member in source:
            data = source.extractfile(member).read()
            if name_part in member.name:
                data = change(data)
                if data is None:
                    continue
            member.size = len(data)
            target.addfile(member, io.BytesIO(data))
    return copy


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("tables/university.jsonl", lambda data: data.replace(b"Nairobi", b"Mombasa")),
        ("tables/university.jsonl", lambda data: data[:-30]),
        ("hidden/", lambda data: b"false" if data == b"truth" else data),
        ("public/", lambda _: None),
    ],
)
def test_a_damaged_backup_leaves_nothing_behind(
    tmp_path, database, cast, stores, second, member, change
) -> None:
    _put(stores.public_files, b"id,digit\n1,2\n")
    _put(stores.hidden_files, b"truth")
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    there = _stores(tmp_path / "second")
    with pytest.raises(Invalid, match="damaged"):
        _restore(_tampered(path, member, change), second, there)
    assert not any(_rows(second).values())
    assert [*there.public_files.keys(), *there.hidden_files.keys()] == []
    assert not any([*store.root.iterdir()] for store in there)


def test_a_file_that_was_not_stored_yet_does_not_hide_what_is_wrong(
    tmp_path, database, cast, stores, second, monkeypatch
) -> None:
    _put(stores.public_files, b"id,digit\n1,2\n")
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    there = _stores(tmp_path / "second")

    def cut_off(*_arguments):
        raise EOFError("the end was reached too early")

    monkeypatch.setattr(FileStore, "copy_from", cut_off)
    with pytest.raises(Invalid, match="damaged: the end was reached too early"):
        _restore(path, second, there)


def test_a_backup_that_was_cut_off_is_refused(tmp_path, database, cast, stores, second) -> None:
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Invalid, match="damaged"):
        _restore(path, second, _stores(tmp_path / "second"))
    assert not any(_rows(second).values())


def test_another_file_is_no_backup(tmp_path, stores, second) -> None:
    text = tmp_path / "text.tar.gz"
    text.write_text("hello")
    other = tmp_path / "other.tar.gz"
    with tarfile.open(other, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("readme"), io.BytesIO())
    for path in (text, other):
        with pytest.raises(Invalid):
            _restore(path, second, stores)


def test_a_backup_of_another_schema_names_the_version_to_use(
    tmp_path, database, cast, stores, second
) -> None:
    def older(data: bytes) -> bytes:
        return json.dumps({**json.loads(data), "revision": "0000"}).encode()

    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    with pytest.raises(Conflict, match=r"Varsity 0\.1\.0"):
        _restore(_tampered(path, "manifest.json", older), second, stores)


def test_a_stored_file_that_is_damaged_stops_the_backup_and_is_named(
    tmp_path, database, stores
) -> None:
    sha256 = _put(stores.public_files, b"good")
    assert stores.public_files.root is not None
    (stores.public_files.root / sha256[:2] / sha256).write_bytes(b"evil")
    with pytest.raises(DomainError, match=sha256):
        _backup(tmp_path / "backup.tar.gz", database, stores)
    assert not (tmp_path / "backup.tar.gz").exists()


def test_a_row_may_refer_to_a_later_row_of_its_own_table(
    tmp_path, database, cast, stores, second
) -> None:
    with database.writing() as session:
        first = session.get(Team, cast.pandas.id)
        first.merged_into = cast.isar.id
        session.add(first)
        session.commit()
    assert cast.isar.id > cast.pandas.id
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    _restore(path, second, _stores(tmp_path / "second"))
    with second.reading() as session:
        assert session.get(Team, cast.pandas.id).merged_into == cast.isar.id


def test_bytes_and_moments_come_back_as_they_were(second) -> None:
    line = json.dumps({"name": "sweep", "due_at": NOON.isoformat()}).encode()
    with second.write_engine.begin() as connection:
        assert load_table(connection, SQLModel.metadata.tables["schedule"], iter([line])) == 1
        row = connection.execute(sa.select(SQLModel.metadata.tables["schedule"])).one()
    assert tuple(row) == ("sweep", NOON)


def test_the_settings_of_an_instance_are_not_in_its_backup(
    tmp_path, database, cast, stores, settings: Settings
) -> None:
    path = tmp_path / "backup.tar.gz"
    _backup(path, database, stores)
    with tarfile.open(path) as tar:
        held = b"".join(tar.extractfile(m).read() for m in tar)
    assert settings.secret_key.encode() not in held
