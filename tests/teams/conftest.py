"""Ways for the tests of teams to speak as somebody."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from server.accounts.models import Account, ApiToken
from server.accounts.signin import token_digest
from server.shared.access import Viewer
from server.shared.database import Database
from tests.cast import NOON


@pytest.fixture
def bearer(database: Database) -> Callable[[Account], dict[str, str]]:
    """Make the header with which a program speaks for somebody."""

    def make(account: Account) -> dict[str, str]:
        token = f"token-of-{account.id}"
        with database.writing() as session:
            if session.get(Account, account.id) is not None:
                session.add(
                    ApiToken(
                        account_id=account.id,
                        name="tests",
                        hint=token[:4],
                        digest=token_digest(token),
                        created_at=NOON,
                    )
                )
                session.commit()
        return {"Authorization": f"Bearer {token}"}

    return make


def as_viewer(account: Account) -> Viewer:
    """Return the plain values by which actions know somebody."""
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=account.confirmed_at is not None,
        is_admin=account.is_admin,
        university_id=account.university_id,
    )


@pytest.fixture
def viewer_of() -> Callable[[Account], Viewer]:
    """Return what turns an account into a viewer."""
    return as_viewer


@pytest.fixture
def change(database: Database) -> Callable[..., None]:
    """Write other values into a row, behind everybody's back."""

    def write(kind: type, key: object, **values: object) -> None:
        with database.writing() as session:
            _set(session, kind, key, values)
            session.commit()

    return write


def _set(session: Session, kind: type, key: object, values: dict[str, object]) -> None:
    row = session.get_one(kind, key)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
