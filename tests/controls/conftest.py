from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.tokens import create_token
from server.app import _services, create_app
from server.challenges.models import Phase
from server.shared.events import Event
from server.shared.settings import Settings
from tests.boards.scored import evaluate, scored
from tests.cast import NOON, sign_in


@pytest.fixture(scope="package")
def made_once(tmp_path_factory):
    """An application that every test here gives a database, a clock and caches of its own."""
    folder = tmp_path_factory.mktemp("once")
    settings = Settings(_env_file=None, data_dir=folder, secret_key="x" * 40)
    made = create_app(settings)
    made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return made


@pytest.fixture
def app(made_once, settings, database, clock):
    made_once.extensions["varsity"] = _services(settings, clock, database)
    return made_once


@pytest.fixture
def board(session, cast):
    """The open phase `a`: two teams with a score, each of its university, and a baseline."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    for key, public, private in (("pandas", 0.9, 0.4), ("isar", 0.8, 0.7)):
        team = session.merge(cast.teams[key])
        university = "tsinghua" if key == "pandas" else "munich"
        team.university_id, team.fixed_at = cast.universities[university].id, NOON
        person = cast.wei if key == "pandas" else cast.lena
        scored(session, phase, team, public, private, by=person, at=NOON - timedelta(hours=2))
    scored(session, phase, None, 0.5, 0.5, baseline="always zero")
    session.commit()
    return phase


@pytest.fixture
def olga(app, cast):
    """The browser of the challenge's organiser."""
    return sign_in(app.test_client(), cast.olga)


@pytest.fixture
def bearer(session):
    """Return the header by which somebody's program speaks."""

    def bearer(account):
        made = create_token(session, account_id=account.id, name="test", now=NOON)
        session.commit()
        return {"Authorization": f"Bearer {made[1]}"}

    return bearer


@pytest.fixture
def fresh(session):
    """Return the phase as it is in the database now; the session holds its lock from here on."""

    def fresh(phase):
        session.rollback()
        return session.get_one(Phase, phase.id, populate_existing=True)

    return fresh


@pytest.fixture
def seen(database):
    """Return a row as it is in the database now, for reading alone."""

    def seen(model, row_id):
        with database.reading() as session:
            return session.get_one(model, row_id)

    return seen


@pytest.fixture
def kinds(database):
    """Return the kinds of the events so far, the oldest first."""

    def kinds():
        with database.reading() as session:
            return [event.kind for event in session.exec(select(Event).order_by(Event.id))]

    return kinds
