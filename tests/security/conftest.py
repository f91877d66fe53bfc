"""The world of the security tests: always SQLite, so that it can be put back in a moment."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from tests.security.building import build, copied
from tests.security.crawling import Crawl, crawl
from tests.security.world import World


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> World:
    """The world that each test's own is copied from: built once in a test process."""
    made = build(tmp_path_factory.mktemp("world") / "data", empty_sqlite)
    made.database.dispose()
    return made


@pytest.fixture
def world(tmp_path: Path, first_world: World) -> Iterator[World]:
    """A world of a test's own."""
    made = copied(first_world, tmp_path / "data")
    yield made
    made.database.dispose()


@pytest.fixture(scope="session")
def crawled(
    tmp_path_factory: pytest.TempPathFactory, first_world: World
) -> Iterator[Callable[[str], Crawl]]:
    """Return what a role reads in a world that nobody changes; each role reads it once."""
    made = copied(first_world, tmp_path_factory.mktemp("crawled") / "data")
    yield cache(partial(crawl, made))
    made.database.dispose()
