import pytest
from sqlmodel import select

from server.app import _services, create_app
from server.challenges.models import Challenge, Organiser
from server.challenges.rules import Registering, Role
from server.discussions.announcing import publish
from server.discussions.asking import ask
from server.notifications.models import Notification
from server.shared.access import Viewer
from server.shared.events import Event
from server.shared.mail import OutgoingMail
from server.shared.settings import Settings
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
def browser(app, cast):
    """Return a browser in which somebody of the cast is signed in."""
    return lambda key: sign_in(app.test_client(), cast.people[key])


@pytest.fixture
def judge(session, cast):
    """Chidi judges the challenge."""
    session.add(Organiser(challenge_id=cast.digits.id, account_id=cast.chidi.id, role=Role.JUDGE))
    session.commit()
    return cast.chidi


@pytest.fixture
def announce(session, cast):
    """Publish news, and commit."""

    def announce(title="New data", text="There is *more* data.", *, by_mail=True, ticket=""):
        made = publish(
            session,
            challenge=session.get_one(Challenge, cast.digits.id),
            author_id=cast.olga.id,
            title=title,
            markdown=text,
            by_mail=by_mail,
            ticket=ticket or title,
            now=NOON,
        )
        session.commit()
        return made

    return announce


@pytest.fixture
def asked(session, cast):
    """Ask something, and commit."""

    def asked(key="wei", title="Which labels?", text="Are 0 and O the same?", *, named=False):
        person = cast.people[key]
        made = ask(
            session,
            challenge=session.get_one(Challenge, cast.digits.id),
            viewer=Viewer(id=person.id, name=person.name, confirmed=True),
            title=title,
            text=text,
            named=named,
            now=NOON,
        )
        session.commit()
        return made

    return asked


@pytest.fixture
def on_approval(session, cast):
    """The organisers decide who takes part, and ask for a number."""
    challenge = session.get_one(Challenge, cast.digits.id)
    challenge.registering, challenge.asks = Registering.APPROVAL, ["Student number"]
    session.commit()
    return challenge


@pytest.fixture
def rows(database):
    """Return every row of a table as it is now, the oldest first."""

    def rows(model=Notification):
        with database.reading() as session:
            return list(session.exec(select(model).order_by(*sorted_by(model))))

    return rows


def sorted_by(model):
    return [model.id] if hasattr(model, "id") else list(model.__table__.primary_key.columns)


@pytest.fixture
def letters(rows):
    return lambda: rows(OutgoingMail)


@pytest.fixture
def kinds(rows):
    return lambda: [event.kind for event in rows(Event)]
