"""What a person finds in the mail."""

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session, col, select

from server.shared.database import Database
from server.shared.events import Event
from server.shared.mail import OutgoingMail


class Mailbox:
    """The outbox, read by recipient."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self, recipient: str | None = None) -> list[OutgoingMail]:
        with Session(self.database.read_engine) as session:
            query = select(OutgoingMail).order_by(col(OutgoingMail.id))
            if recipient is not None:
                query = query.where(OutgoingMail.recipient == recipient)
            return list(session.exec(query))

    def last(self, recipient: str) -> OutgoingMail:
        return self.all(recipient)[-1]

    def link(self, recipient: str, part: str) -> str:
        """The path of the link in the last message to an address."""
        found = re.search(rf"http://localhost(/{part}/\S+)", self.last(recipient).body)
        assert found, self.last(recipient).body
        return found[1]


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    return Mailbox(database)


@pytest.fixture
def events_of(database: Database) -> Callable[[], list[str]]:
    """The kinds of all events so far."""

    def read() -> list[str]:
        with Session(database.read_engine) as session:
            return [e.kind for e in session.exec(select(Event).order_by(col(Event.id)))]

    return read
