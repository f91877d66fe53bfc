from datetime import timedelta

import pytest
from sqlmodel import select

from server.app import _services, create_app
from server.notifications.models import Notification
from server.shared.events import Event
from server.shared.settings import Settings
from tests.boards.scored import add_team, evaluate, scored
from tests.cast import NOON, sign_in


@pytest.fixture(scope="package")
def made_once(tmp_path_factory):
    """An application that every test here gives a database, a clock and caches of its own."""
    folder = tmp_path_factory.mktemp("once")
    made = create_app(Settings(_env_file=None, data_dir=folder, secret_key="x" * 40))
    made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return made


@pytest.fixture
def app(made_once, settings, database, clock):
    made_once.extensions["varsity"] = _services(settings, clock, database)
    return made_once


@pytest.fixture
def final(session, cast, clock):
    """The revealed phase `a`: Pandas first, Isar and Moon share the second place, Sun is fourth."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    moon = add_team(session, phase.challenge_id, "Moon", captain=cast.amina)
    sun = add_team(session, phase.challenge_id, "Sun", captain=cast.jonas)
    pandas, isar = (session.merge(cast.teams[key]) for key in ("pandas", "isar"))
    for team, private in ((pandas, 0.9), (isar, 0.8), (moon, 0.8), (sun, 0.1)):
        scored(session, phase, team, 0.5, private, at=NOON - timedelta(hours=2))
    phase.ends, phase.revealed_at = NOON - timedelta(hours=1), NOON
    session.commit()
    return phase


@pytest.fixture
def browser(app, cast):
    """Return a browser in which somebody of the cast is signed in."""
    return lambda key: sign_in(app.test_client(), cast.people[key])


@pytest.fixture
def told(database):
    """Return the kinds of the notifications of an account."""

    def told(account):
        with database.reading() as session:
            query = select(Notification).where(Notification.account_id == account.id)
            return [row.kind for row in session.exec(query.order_by(Notification.id))]

    return told


@pytest.fixture
def kinds(database):
    """Return the kinds of the events so far, the oldest first."""

    def kinds():
        with database.reading() as session:
            return [event.kind for event in session.exec(select(Event).order_by(Event.id))]

    return kinds
