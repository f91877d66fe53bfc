"""What a killed process leaves in the temporary folder goes; nobody else's does."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from server.shared import own_folder
from server.shared.own_folder import OwnFolder, remove_left

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys, tempfile, time\n"
    "from server.shared.own_folder import OwnFolder\n"
    "own = OwnFolder()\n"
    "tempfile.mkdtemp(prefix='varsity-scoring-')\n"
    "print(own.path, flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def base():
    """A folder for temporary files with a short path, as /tmp is."""
    folder = Path(tempfile.mkdtemp(prefix="varsity-tests-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def here(base, monkeypatch):
    """The same, for this very process."""
    monkeypatch.setattr(tempfile, "tempdir", str(base))
    monkeypatch.setenv("TMPDIR", str(base))
    return base


def holder(base: Path) -> subprocess.Popen[str]:
    """Another process with a folder of its own, in which there is something."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(base)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert folder.parent == base
    assert [path.name[:16] for path in folder.iterdir()] == ["varsity-scoring-"]
    return process


def ended(process: subprocess.Popen[str]) -> None:
    with process:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


def test_what_a_killed_process_left_is_removed(base):
    killed = holder(base)
    killed.send_signal(signal.SIGKILL)
    ended(killed)
    assert len(list(base.iterdir())) == 1
    assert remove_left(base) == 1
    assert list(base.iterdir()) == []


def test_what_a_living_process_has_stays(base):
    living = holder(base)
    try:
        before = list(base.rglob("*"))
        assert remove_left(base) == 0
        assert list(base.rglob("*")) == before
    finally:
        ended(living)


def test_a_process_that_ends_leaves_nothing(base):
    ended(holder(base))
    assert list(base.iterdir()) == []


def test_all_temporary_files_lie_in_the_folder_and_processes_are_told(here):
    own = OwnFolder()
    assert own.path.parent == here
    assert (tempfile.gettempdir(), os.environ["TMPDIR"]) == (str(own.path), str(own.path))
    assert own.tidy() == 0
    assert own.path.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_tidied_away_is_made_again_and_is_still_its_own(here):
    own = OwnFolder()
    own.path.rmdir()
    assert own.tidy() == 0
    assert own.path.is_dir()
    assert remove_left(here) == 0


def test_folders_in_folders_without_end_are_removed(here):
    deep = here / f"{own_folder.PREFIX}abcdefgh"
    deep.mkdir()
    inside = os.getcwd()
    try:
        os.chdir(deep)
        for _ in range(1500):
            os.mkdir("folder")
            os.chdir("folder")
    finally:
        os.chdir(inside)
    assert remove_left(here) == 1


@pytest.mark.parametrize("name", ["varsity-scoring-ab_12xyz", "varsity-copy-abcdefgh"])
def test_what_has_no_lock_is_left_for_a_day(here, name):
    for path, age in ((here / name, 86_000), (here / f"{name[:-1]}0", 87_000)):
        path.write_text("answers") if "copy" in name else path.mkdir()
        os.utime(path, (time.time() - age,) * 2)
    assert remove_left(here) == 1
    assert [path.name for path in here.iterdir()] == [name]


def test_what_is_not_called_so_stays(here):
    for name in ("varsity-backup-2026", "varsity-scoring-x", "varsity-november", "pymp-abcdefgh"):
        (here / name).mkdir()
        os.utime(here / name, (0, 0))
    assert remove_left(here) == 0


def test_a_link_by_that_name_leads_nowhere(here, tmp_path):
    (tmp_path / "kept").write_text("scores")
    for name in (f"{own_folder.PREFIX}abcdefgh", "varsity-scoring-abcdefgh"):
        (here / name).symlink_to(tmp_path)
        os.utime(here / name, (0, 0), follow_symlinks=False)
    remove_left(here)
    assert (tmp_path / "kept").read_text() == "scores"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_another_users_folder_stays(here):
    theirs = here / f"{own_folder.PREFIX}abcdefgh"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    assert remove_left(here) == 0
