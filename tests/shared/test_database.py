"""Nothing is lost between two who write at once, and who reads can't write."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session, SQLModel, select

from server.shared.database import Database
from server.shared.migrate import current_revision, migrate, newest_revision
from server.shared.schedules import Schedule
from tests.cast import NOON


def put(session: Session, name: str, due_at: datetime) -> None:
    session.add(Schedule(name=name, due_at=due_at))
    session.commit()
    session.expire_all()


def test_a_moment_comes_back_aware_and_the_same_whatever_its_zone_was(session):
    kolkata = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=kolkata)
    put(session, "sweep", moment)
    kept = session.get_one(Schedule, "sweep").due_at
    assert (kept, kept.tzinfo) == (moment, UTC)


def test_a_naive_moment_is_refused(session):
    with pytest.raises(StatementError, match="a moment without a zone"):
        put(session, "sweep", datetime(2026, 11, 20, 12, 0))  # noqa: DTZ001


def test_moments_of_other_zones_are_compared_as_moments(session):
    beijing = timezone(timedelta(hours=8))
    put(session, "sweep", NOON.astimezone(beijing))
    found = session.exec(select(Schedule).where(Schedule.due_at == NOON)).all()
    assert len(found) == 1


def test_a_reading_session_can_not_write(database):
    with database.reading() as session:
        session.add(Schedule(name="sweep", due_at=NOON))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.commit()
    with database.reading() as session:
        assert not session.exec(select(Schedule)).all()


def test_a_reader_is_not_held_up_by_a_writer_and_sees_no_half_of_it(database):
    with database.writing() as writer:
        writer.add(Schedule(name="sweep", due_at=NOON))
        writer.flush()
        with database.reading() as reader:
            assert not reader.exec(select(Schedule)).all()
        writer.commit()
    with database.reading() as reader:
        assert len(reader.exec(select(Schedule)).all()) == 1


def test_what_is_read_after_the_commit_is_still_there(database):
    with database.writing() as session:
        row = Schedule(name="sweep", due_at=NOON)
        session.add(row)
        session.commit()
    assert row.due_at == NOON


def test_no_update_is_lost_when_eight_read_and_write_at_once(database):
    with database.writing() as session:
        put(session, "sweep", NOON)
    together = threading.Barrier(8)

    def move_on(_number: int) -> None:
        together.wait()
        for _ in range(10):
            with database.writing() as session:
                row = session.exec(
                    select(Schedule).where(Schedule.name == "sweep").with_for_update()
                ).one()
                row.due_at += timedelta(minutes=1)
                session.add(row)
                session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(move_on, range(8)))
    with database.reading() as session:
        assert session.get_one(Schedule, "sweep").due_at == NOON + timedelta(minutes=80)


def test_sqlite_keeps_what_is_committed_through_a_power_cut(database):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL flushes its own log")
    with database.write_engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_foreign_keys_hold(database):
    with database.writing() as session, pytest.raises(sa.exc.IntegrityError):
        session.execute(
            sa.insert(SQLModel.metadata.tables["admission"]).values(phase_id=99, team_id=99)
        )


def test_the_migrations_make_exactly_the_tables_of_the_models(database):
    with database.write_engine.connect() as connection:
        found = sa.inspect(connection)
        tables = set(found.get_table_names()) - {"alembic_version"}
        assert tables == set(SQLModel.metadata.tables)
        for name, table in SQLModel.metadata.tables.items():
            assert {c["name"] for c in found.get_columns(name)} == set(table.columns.keys()), name


def test_migrating_again_changes_nothing(database):
    migrate(database)
    assert current_revision(database) == newest_revision()


def test_all_that_a_reader_reads_is_of_one_moment(database):
    with database.reading() as reader:
        assert not reader.exec(select(Schedule)).all()
        with database.writing() as writer:
            put(writer, "sweep", NOON)
        reader.expire_all()
        assert not reader.exec(select(Schedule)).all()
    with database.reading() as reader:
        assert len(reader.exec(select(Schedule)).all()) == 1


ON_POSTGRESQL = pytest.mark.skipif(
    not os.environ.get("VARSITY_TEST_DATABASE_URL"),
    reason="SQLite has no server: `make test-all` runs this on PostgreSQL",
)


@ON_POSTGRESQL
def test_what_is_asked_often_is_planned_once_also_after_an_error(database):
    own = Database(database.url.render_as_string(hide_password=False))
    asking = select(Schedule).where(Schedule.name == "sweep")
    for _ in range(10):
        with own.reading() as session:
            session.exec(asking).all()
    with own.reading() as session, pytest.raises(DBAPIError, match="division by zero"):
        session.execute(sa.text("SELECT 1 / 0"))
    known = sa.text(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM schedule%'"
    )
    with own.reading() as session:
        assert session.execute(known).scalar() == 1
    own.dispose()


@ON_POSTGRESQL
def test_a_connection_that_the_server_closed_while_it_was_idle_is_not_relied_on(
    database, monkeypatch
):
    monkeypatch.setattr("server.shared.database.IDLE_SECONDS", 0.0)
    asking, ending = (
        sa.text("SELECT pg_backend_pid()"),
        sa.text("SELECT pg_terminate_backend(:pid)"),
    )
    # With a pool of its own: the tests share one.
    own = Database(database.url.render_as_string(hide_password=False))
    with own.reading() as session:
        closed = session.execute(asking).scalar_one()
    with database.reading() as other:
        assert other.execute(ending, {"pid": closed}).scalar()
    with own.reading() as session:
        assert session.execute(asking).scalar() != closed
    own.dispose()
