"""An instance of an earlier version is brought up to date with all that it holds."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from sqlmodel import select

from server.accounts.models import Account, BrowserSession
from server.accounts.sessions import open_session
from server.shared.database import Database
from server.shared.migrate import _config, current_revision, migrate, newest_revision
from tests.cast import NOON

ACCOUNT = {
    "email": "wei@tsinghua.example",
    "name": "王伟",
    "password_hash": "",
    "is_admin": True,
    "session_version": 3,
    "created_at": "2026-11-20 12:00:00.000000",
}


def at(path: Path, revision: str) -> Database:
    """A database as an earlier version left it, with an account in it."""
    database = Database(f"sqlite:///{path}")
    with database.write_engine.begin() as connection:
        command.upgrade(_config(connection), revision)
        columns = ", ".join(ACCOUNT)
        values = ", ".join(f":{name}" for name in ACCOUNT)
        connection.execute(sa.text(f"INSERT INTO account ({columns}) VALUES ({values})"), ACCOUNT)
    return database


def test_a_database_of_the_first_version_is_upgraded_with_its_accounts(tmp_path) -> None:
    database = at(tmp_path / "varsity.db", "0001")
    assert current_revision(database) == "0001"
    assert "browser_session" not in sa.inspect(database.read_engine).get_table_names()
    migrate(database)
    assert current_revision(database) == newest_revision() != "0001"
    with database.writing() as session:
        account = session.exec(select(Account)).one()
        assert (account.email, account.name, account.is_admin) == (
            "wei@tsinghua.example",
            "王伟",
            True,
        )
        assert (account.session_version, account.created_at) == (3, NOON)
        open_session(session, account_id=account.id, browser="", now=NOON)
        session.commit()
        assert session.exec(select(BrowserSession.account_id)).one() == account.id
    database.dispose()


def test_an_upgraded_database_has_the_tables_of_a_new_one(tmp_path) -> None:
    upgraded, new = at(tmp_path / "upgraded.db", "0001"), Database(f"sqlite:///{tmp_path / 'n.db'}")
    for database in (upgraded, new):
        migrate(database)
    said = [
        database.read_engine.connect()
        .exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
        .all()
        for database in (upgraded, new)
    ]
    assert said[0] == said[1]
    for database in (upgraded, new):
        database.dispose()


def test_the_newest_version_can_be_taken_back(tmp_path) -> None:
    database = at(tmp_path / "varsity.db", "0001")
    migrate(database)
    with database.write_engine.begin() as connection:
        command.downgrade(_config(connection), "0001")
    assert current_revision(database) == "0001"
    with database.reading() as session:
        assert session.execute(sa.text("SELECT count(*) FROM account")).scalar() == 1
    database.dispose()
