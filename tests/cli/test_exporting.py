"""`varsity export`, and what `check` and `deploy` make of the archive."""

import os
import stat
import zipfile

import pytest

from server.folders.scaffold import new_challenge
from tests.cast import NOON


@pytest.fixture
def folder(tmp_path):
    return new_challenge("wines", now=NOON, parent=tmp_path).path


@pytest.fixture
def deployed(varsity, folder):
    assert varsity("deploy", str(folder)).exit_code == 0


def names(path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_a_whole_archive_is_read_back_and_changes_nothing(varsity, deployed, tmp_path):
    path = tmp_path / "wines.zip"
    told = varsity.json("export", "wines", str(path), "--with-solution", "--with-submissions")
    assert told == {"challenge": "wines", "file": str(path), "bytes": path.stat().st_size}
    assert "wines/private/solution.csv" in names(path)
    assert "nothing to change" in varsity("deploy", str(path)).stdout
    assert varsity("check", str(path), "--quick").exit_code == 0


def test_an_archive_with_answers_is_its_owners_alone(varsity, deployed, tmp_path):
    varsity("export", "wines", "wines.zip", "--with-solution")
    assert stat.S_IMODE(os.stat(tmp_path / "wines.zip").st_mode) == 0o600


def test_without_its_answers_an_archive_says_what_is_missing(varsity, deployed, tmp_path):
    assert "Wrote wines.zip" in varsity("export", "wines", "wines.zip").stdout
    assert "wines/private/solution.csv" not in names(tmp_path / "wines.zip")
    for command in ("check", "deploy"):
        answer = varsity(command, "wines.zip")
        assert answer.exit_code == 1
        assert "There is no file private/solution.csv" in answer.stderr
        assert "Put the file there" in answer.stderr


def test_an_unknown_challenge_is_refused(varsity, tmp_path):
    answer = varsity("export", "nothing", "nothing.zip")
    assert answer.exit_code == 1
    assert "no challenge named" in answer.stderr
    assert not (tmp_path / "nothing.zip").exists()


def test_where_nothing_can_be_written_nothing_is_left(varsity, deployed, tmp_path):
    answer = varsity("export", "wines", "missing/wines.zip")
    assert answer.exit_code == 1
    assert "missing/wines.zip" in answer.stderr


def test_an_archive_that_leads_outside_is_refused(varsity, tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("wines/challenge.toml", "")
        archive.writestr("../evil.txt", "")
    answer = varsity("deploy", "evil.zip")
    assert answer.exit_code == 1
    assert "outside itself" in answer.stderr
    assert not (tmp_path.parent / "evil.txt").exists()


def test_what_an_archive_brings_is_never_run(varsity, folder, tmp_path):
    (folder / "private" / "solution.csv").unlink()
    (folder / "prepare.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with zipfile.ZipFile(tmp_path / "wines.zip", "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, f"wines/{path.relative_to(folder)}")
    answer = varsity("deploy", "wines.zip")
    assert answer.exit_code == 1
    assert "There is no file private/solution.csv" in answer.stderr
    assert not (tmp_path / "ran").exists()
