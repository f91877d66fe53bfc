"""A challenge folder that is deployed, again and again."""

import shutil
from pathlib import Path

import pytest

from server.deployments.actions import deploy
from server.deployments.run import Deployed
from server.folders.reading import read_folder
from server.folders.scaffold import new_challenge
from server.shared.storage import FileStore, Stores
from tests.cast import NOON


@pytest.fixture(scope="package")
def template(tmp_path_factory) -> Path:
    return new_challenge("wines", now=NOON, parent=tmp_path_factory.mktemp("template")).path


@pytest.fixture
def wines(template, tmp_path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "wines"))


@pytest.fixture
def stores(tmp_path) -> Stores:
    return Stores(FileStore(str(tmp_path / "files")), FileStore(str(tmp_path / "hidden")))


@pytest.fixture
def put(session, cast, wines, stores):
    """Deploy the folder as it is now."""

    def put(**options) -> Deployed:
        deployed = deploy(session, read_folder(wines, now=NOON), stores=stores, now=NOON, **options)
        session.commit()
        return deployed

    return put
