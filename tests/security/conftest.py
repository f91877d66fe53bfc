"""The world of the security tests: always SQLite, so that it can be put back in a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from server.evaluations.models import Evaluation
from tests.security.building import build, copied
from tests.security.crawling import Crawls
from tests.security.marks import CODE
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
def crawled(tmp_path_factory: pytest.TempPathFactory, first_world: World) -> Iterator[Crawls]:
    """Return what a role reads in a world whose metrics are files; each role reads it once."""
    made = copied(first_world, tmp_path_factory.mktemp("crawled") / "data")
    score_by_files(made)
    yield Crawls(made)
    made.database.dispose()


def score_by_files(world: World) -> None:
    """Let every evaluation score by a metric file, whose text has a mark in it."""
    with world.database.writing() as session:
        for evaluation in session.exec(select(Evaluation)):
            evaluation.scorer = "metric.py"
            evaluation.spec = {**evaluation.spec, "scorer": "metric.py", "code": CODE, "params": {}}
            session.add(evaluation)
        session.commit()
