"""Fixtures: the bundled challenges, built once into a folder of their own."""

import runpy
import shutil
from pathlib import Path

import pytest

from tests.challenges_data.running import BUNDLED, prepare_all, start_all

BUILT = shutil.ignore_patterns("data", "private", "__pycache__")


def build_all(out: Path) -> Path:
    """A copy of every bundled challenge with its data/ and private/ built."""
    shutil.copytree(BUNDLED, out, ignore=BUILT, dirs_exist_ok=True)
    for script in sorted(BUNDLED.glob("*/prepare.py")):
        runpy.run_path(str(script))["build"](out / script.parent.name)
    return out


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds all bundled challenges, built."""
    return build_all(tmp_path_factory.mktemp("challenges"))


@pytest.fixture(scope="session")
def built_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which another process has built the data of all bundled challenges."""
    out = tmp_path_factory.mktemp("elsewhere")
    prepare_all(out)
    return out


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Path:
    """The folder in which every starter script has run."""
    out = tmp_path_factory.mktemp("started")
    start_all(out, built)
    return out
