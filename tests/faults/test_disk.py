"""The disk is full while a file arrives: it is said, nothing half is kept, the next one is fine."""

import ctypes
import os
import random
import resource
from pathlib import Path

import pytest
from sqlmodel import func, select

from server.shared.storage import FileStore
from server.submissions.models import Submission
from tests.faults.checking import all_ended
from tests.faults.producing import predictions, upload
from tests.faults.running import until

LARGE = "id,digit\n" + "0,1\n" * 230_000
FILE_BYTES = 700_000


def limit(pid: int, most: int) -> None:
    """Let a running process write no file longer than so many bytes."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def kept(settings) -> set[str]:
    return set(FileStore(settings.public_store).keys())


def left_behind(settings) -> list[Path]:
    """Return what stands in the folder of uploads that arrive and inside the store's folders."""
    incoming = list((settings.data_dir / "incoming").glob("upload-*"))
    return incoming + [p for p in Path(settings.public_store).rglob("*#*") if p.is_file()]


@pytest.fixture
def web(instance):
    instance.start_web()
    # The first of the two answers before the second is there.
    until(lambda: len(instance.children("web")) == 2)
    return instance


def count(database) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Submission)).one()


def test_a_full_disk_refuses_an_upload_whole_and_takes_the_next(database, settings, web, students):
    before = kept(settings)
    for pid in web.children("web"):
        limit(pid, FILE_BYTES)
    refused = upload(web.url, students[0], LARGE, "too much for the disk")
    assert refused.status_code == 507, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "no room" in refused.json()["detail"]
    assert (count(database), kept(settings), left_behind(settings)) == (0, before, [])
    for pid in web.children("web"):
        limit(pid, resource.RLIM_INFINITY)
    taken = upload(web.url, students[0], predictions(random.Random(1))[0], "after")
    assert taken.status_code == 202
    web.start("worker")
    until(lambda: all_ended(database))
    assert len(kept(settings)) == len(before) + 1


def mount_small(folder: Path) -> bool:
    """Mount a file system of one megabyte, where that is permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    return os.geteuid() == 0 and not libc.mount(
        b"tmpfs", str(folder).encode(), b"tmpfs", 0, b"size=1m"
    )


@pytest.fixture
def small_disk(settings, students):
    """The folder of uploads that arrive, on a disk of its own that is nearly full."""
    folder = settings.data_dir / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    if not mount_small(folder):
        pytest.skip("a disk to fill needs the right to mount one: run as root")
    yield folder
    ctypes.CDLL(None).umount2(str(folder).encode(), 2)


def test_a_disk_without_room_says_so_until_there_is_room(
    small_disk, database, settings, web, students
):
    filler = small_disk / "filler"
    filler.write_bytes(bytes(500_000))
    refused = upload(web.url, students[0], LARGE, "no room")
    assert refused.status_code == 507, refused.text
    assert "room" in refused.json()["detail"]
    assert (count(database), left_behind(settings)) == (0, [])
    filler.unlink()
    assert upload(web.url, students[0], LARGE, "room again").status_code == 202


def test_a_disk_without_a_byte_left_refuses_a_small_file_in_words(
    small_disk, database, settings, web, students
):
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(2_000_000))
    text = predictions(random.Random(1))[0]
    refused = upload(web.url, students[0], text, "no room")
    assert refused.status_code == 507, refused.text
    assert (count(database), left_behind(settings)) == (0, [])
    filler.unlink()
    assert upload(web.url, students[0], text, "room again").status_code == 202
