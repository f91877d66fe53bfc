"""Fixtures: the bundled challenges with their data, and the month of the demo."""

import runpy
from pathlib import Path

import pytest

from server.cli.demo.story import PlannedSubmission, plan
from server.cli.demo.windows import BUNDLED
from tests.cast import NOON


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the data of all bundled challenges."""
    out = tmp_path_factory.mktemp("challenges")
    for script in sorted(BUNDLED.glob("*/prepare.py")):
        runpy.run_path(str(script))["build"](out / script.parent.name)
    return out


@pytest.fixture(scope="session")
def month() -> list[PlannedSubmission]:
    """The submissions of a demo that starts at noon."""
    return plan(NOON, 1)
