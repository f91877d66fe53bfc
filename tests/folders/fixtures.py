"""A challenge folder to spoil: the wines that `varsity new` writes."""

import shutil
from pathlib import Path

import pytest

from server.folders.scaffold import new_challenge
from tests.folders.folders import NOW, Edit


@pytest.fixture(scope="session")
def wine_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_challenge("wines", now=NOW, parent=tmp_path_factory.mktemp("template")).path


@pytest.fixture
def wines(wine_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(wine_template, tmp_path / "wines"))


@pytest.fixture
def edit(wines: Path) -> Edit:
    def replace(old: str, new: str) -> None:
        file = wines / "challenge.toml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return replace
