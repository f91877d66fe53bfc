"""What a page says, and whether somebody is signed in."""

import re

from flask.testing import FlaskClient
from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_email
from server.shared.database import Database

NEW = {
    "name": "Zhang San",
    "email": "zhang@tsinghua.example",
    "password": "seven green kettles",
    "accepts": "y",
}


def words_of(text: str) -> str:
    """A page without its token against forgery, which carries the time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def account_of(database: Database, email: str) -> Account:
    with Session(database.read_engine) as session:
        account = account_by_email(session, email)
        assert account is not None
        return account


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/settings").status_code == 200
