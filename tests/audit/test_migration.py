"""The log of an instance that was there before the chain is sealed like any other."""

import sqlalchemy as sa
from alembic import command

from server.audit.actions import seal_events
from server.audit.queries import waiting_events
from server.shared.database import Database
from server.shared.migrate import _config, migrate
from tests.audit.chains import LATER, verified


def test_events_of_an_earlier_version_are_sealed_after_the_upgrade(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'varsity.db'}")
    with database.write_engine.begin() as connection:
        command.upgrade(_config(connection), "0002")
        for number in (1, 2, 3):
            connection.execute(
                sa.text(
                    "INSERT INTO event (id, at, kind, data) "
                    "VALUES (:id, '2026-11-20 11:00:00.000000', 'team.founded', '{}')"
                ),
                {"id": number},
            )
    migrate(database)
    with database.reading() as session:
        assert waiting_events(session) == (3, 1, 3)
    assert seal_events(database, now=LATER) == 3
    assert not verified(database)
    database.dispose()
