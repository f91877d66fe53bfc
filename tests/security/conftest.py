"""The world of the security tests: always SQLite, so that it can be put back in a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.building import build
from tests.security.world import World


@pytest.fixture
def world(tmp_path: Path, empty_sqlite: Path) -> Iterator[World]:
    """A world of a test's own."""
    made = build(tmp_path / "data", empty_sqlite)
    yield made
    made.database.dispose()
