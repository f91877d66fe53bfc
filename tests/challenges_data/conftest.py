"""Fixtures: the bundled challenges, built once into a folder of their own."""

import runpy
import shutil
from pathlib import Path

import pytest

BUNDLED = Path(__file__).resolve().parents[2] / "challenges"
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
