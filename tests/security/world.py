"""A small world in which everybody has a role."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from server.accounts.signin import COOKIE_KEY
from server.shared.database import Database
from server.shared.settings import Settings
from tests.cast import (
    Cast,
    FrozenClock,
)

# Who each role is. Olga owns `digits`, Judith judges it, Chidi owns `tides` and the hidden `vault`.
ROLES = {
    "visitor": None,
    "unconfirmed": "newt",
    "other team": "lena",
    "member": "wei",
    "organiser": "olga",
    "judge": "judith",
    "organiser elsewhere": "chidi",
    "manager": "manfred",
    "manager elsewhere": "amina",
    "administrator": "ada",
}


@dataclass
class World:
    """An application, the people in it, and the ids that addresses are built from."""

    settings: Settings
    database: Database
    clock: FrozenClock
    cast: Cast
    app: Flask
    solutions: list[Path]
    ids: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    kept: Path = Path()

    def browser(self, role: str) -> FlaskClient:
        """Return a new browser in which a role is signed in."""
        client = self.app.test_client()
        key = ROLES[role]
        if key is not None:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookie(key))
        return client

    def _cookie(self, key: str) -> str:
        """Return what somebody's browser keeps, signed once."""
        if key not in self.cookies:
            signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
            assert signer is not None
            self.cookies[key] = str(signer.dumps({COOKIE_KEY: f"session-of-{key}"}))
        return self.cookies[key]

    def bearer(self, role: str) -> dict[str, str]:
        """Return the header by which a role's program speaks."""
        key = ROLES[role]
        return {} if key is None else {"Authorization": f"Bearer token-of-{key}"}

    def keep(self) -> None:
        """Remember the database as it is."""
        self.kept = self.settings.data_dir / "kept.db"
        _copy(self._file, self.kept)

    def restore(self) -> None:
        """Make the database what it was when it was kept."""
        _copy(self.kept, self._file)

    @property
    def _file(self) -> Path:
        return self.settings.data_dir / "varsity.db"


def _copy(source: Path, target: Path) -> None:
    """Copy a database's content, also under connections that others hold open."""
    with sqlite3.connect(source) as before, sqlite3.connect(target, timeout=30) as after:
        before.backup(after)
    before.close()
    after.close()
