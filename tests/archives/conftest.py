"""A challenge of which every key is said, deployed, and archives of it."""

import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from server.archives.answers import solution_members
from server.archives.exporting import Export, all_members
from server.archives.streaming import zip_stream
from server.challenges.models import Challenge
from server.deployments.actions import deploy
from server.folders.reading import read_folder
from server.folders.scaffold import new_challenge
from server.shared.storage import FileStore, Stores
from tests.cast import NOON

SAID = {
    'citation = "': 'citation = """Two\nlines"""  # "',
    "personal_data = false": "personal_data = true\nstatement = "
    + repr('Measured on "volunteers".')
    + '\ncontact = "data@tum.example"',
    "max_size = 4": "max_size = 3",
    "same_university = true": "same_university = false",
    'join = "open"': 'join = "approval"\nlock_at = 2026-12-01T00:00:00Z',
    "per_day = 5": "per_day = 7",
    'ranking = "best"': 'ranking = "selected"',
    "select = 2": "select = 3",
    'reveal = "at_end"': 'reveal = "by_organiser"',
}
MORE = """
[registration]
mode = "approval"
ask = ["Which course?", "=1+1"]

[course]
anonymous = false
late_days = 2
grading = { rule = "linear", bottom = 0.5, top = "best", decimals = 1 }

[[files]]
name = "test.csv"
description = "What to predict, =1+1 and \\\\ “so”"

[[files]]
name = "train.csv"
"""


def say_more(folder: Path) -> None:
    """Say in a folder what its scaffold leaves out, or leaves at its default."""
    path = folder / "challenge.toml"
    text = path.read_text()
    for before, after in SAID.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    path.write_text(text + MORE)
    (folder / "images").mkdir()
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    (folder / "images" / "plot.png").write_bytes(picture.getvalue())
    (folder / "baseline.py").write_text("print('begin here')\n")


@pytest.fixture(scope="session")
def full_template(tmp_path_factory) -> Path:
    path = new_challenge("wines", now=NOON, parent=tmp_path_factory.mktemp("archives")).path
    say_more(path)
    return path


@pytest.fixture
def folder(full_template, tmp_path) -> Path:
    return Path(shutil.copytree(full_template, tmp_path / "wines"))


@pytest.fixture
def stores(settings) -> Stores:
    return Stores(FileStore(settings.public_store), FileStore(settings.hidden_store))


@pytest.fixture
def put(session, stores):
    """Deploy a folder, and return the changes."""

    def put(path: Path, **options) -> list[str]:
        read = read_folder(path, now=NOON)
        done = deploy(session, read, stores=stores, now=NOON, **options)
        session.commit()
        return [change.what for change in done.changes]

    return put


@pytest.fixture
def wines(put, folder, session, cast) -> Challenge:
    put(folder, organisers=[cast.olga.email])
    from_slug = session.query(Challenge).filter_by(slug="wines")
    return from_slug.one()


@pytest.fixture
def pack(database, session, stores, tmp_path):
    """Write a challenge's archive into a file."""

    def pack(challenge: Challenge, *, whole=False, submissions=False, code=False) -> Path:
        wanted = Export(
            database=database,
            challenge_id=challenge.id or 0,
            public_files=stores.public_files,
            with_submissions=submissions,
            now=NOON,
            with_code=code or whole,
        )
        hidden = solution_members(session, challenge, stores.hidden_files) if whole else ()
        members = list(all_members(session, challenge, wanted, solutions=hidden))
        slug = session.get_one(Challenge, wanted.challenge_id).slug
        path = tmp_path / "archive.zip"
        path.write_bytes(b"".join(zip_stream(slug, members, now=NOON)))
        return path

    return pack


def names_in(archive: Path) -> set[str]:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return set(opened.namelist())


def text_in(archive: Path, name: str) -> str:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name).decode()
