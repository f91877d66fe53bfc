import pytest
from sqlmodel import select

from server.app import _services, create_app
from server.notifications.actions import notify
from server.notifications.models import Notification
from server.shared.mail import OutgoingMail
from server.shared.settings import Settings
from tests.cast import NOON, sign_in


@pytest.fixture(scope="package")
def made_once(tmp_path_factory):
    """An application that every test here gives a database, a clock and caches of its own."""
    settings = Settings(
        _env_file=None, data_dir=tmp_path_factory.mktemp("once"), secret_key="x" * 40
    )
    made = create_app(settings)
    made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return made


@pytest.fixture
def app(made_once, settings, database, clock):
    made_once.extensions["varsity"] = _services(settings, clock, database)
    return made_once


@pytest.fixture
def tell(session):
    """Announce something to some people, and commit."""

    def tell(
        *people, kind="announcement", title="New data", link="/challenges/digits/news", **more
    ):
        values = {"challenge": "Handwritten digits", "title": title} | more
        ids = [person.id for person in people]
        told = notify(session, kind=kind, account_ids=ids, values=values, link=link, now=NOON)
        session.commit()
        return told

    return tell


@pytest.fixture
def rows(database):
    """Return the notifications as they are now, the oldest first."""

    def rows():
        with database.reading() as session:
            return list(session.exec(select(Notification).order_by(Notification.id)))

    return rows


@pytest.fixture
def letters(database):
    """Return the letters in the outbox, the oldest first."""

    def letters():
        with database.reading() as session:
            return list(session.exec(select(OutgoingMail).order_by(OutgoingMail.id)))

    return letters


@pytest.fixture
def wei(app, cast):
    return sign_in(app.test_client(), cast.wei)
