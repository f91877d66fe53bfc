"""Whatever a scorer does in its child, the next one is scored."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.shared.isolation import Isolation, LimitExceeded, Limits, NoChildren
from tests.shared import misbehaviour

SECONDS = 4


@pytest.fixture(scope="module")
def isolation():
    made = Isolation(workers=2, limits=Limits(1_500_000_000, SECONDS, file_bytes=1 << 24))
    yield made
    made.stop()


def refusal(isolation, function, *arguments) -> str:
    with pytest.raises(LimitExceeded) as stopped:
        isolation.run(function, *arguments)
    assert isolation.run(misbehaviour.echo, "next") == "next"
    return str(stopped.value)


def gone(pid: int) -> bool:
    """Whether a process has ended, waiting a while for it."""
    for _ in range(100):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("function", [misbehaviour.loop_for_ever, misbehaviour.sleep_for_ever])
def test_what_never_ends_is_stopped_and_told_so(isolation, function):
    assert refusal(isolation, function) == f"scoring took longer than {SECONDS} s of wall time"


def test_a_hog_is_stopped_by_its_memory(isolation):
    assert "1,500,000,000 bytes of memory" in refusal(isolation, misbehaviour.hog_memory)


def test_a_child_that_leaves_is_told_by_its_exit_code(isolation):
    assert "exit code 7" in refusal(isolation, misbehaviour.leave, 7)


def test_a_crash_is_told_by_its_signal(isolation):
    assert f"exit code {-signal.SIGSEGV}" in refusal(isolation, misbehaviour.crash)


def test_an_answer_may_be_long_but_not_without_end(isolation):
    assert len(isolation.run(misbehaviour.talk, 5_000_000)) == 5_000_000
    said = refusal(isolation, misbehaviour.talk, 70_000_000)
    assert said == "the result has 70,000,000 characters; 64,000,000 are allowed"


def test_a_child_can_not_fill_the_disk(isolation, tmp_path):
    with pytest.raises(OSError, match="File too large"):
        isolation.run(misbehaviour.fill_the_disk, str(tmp_path / "big"))
    assert (tmp_path / "big").stat().st_size <= 1 << 24


def test_a_child_can_not_open_files_without_end(isolation):
    with pytest.raises(OSError, match="Too many open files"):
        isolation.run(misbehaviour.open_many_files)


def test_every_run_has_a_child_of_its_own(isolation):
    pids = {isolation.run(misbehaviour.whose_child).split()[0] for _ in range(3)}
    assert len(pids) == 3


def test_a_killed_fork_server_is_replaced_and_no_file_is_blamed(isolation):
    _, fork_server = map(int, isolation.run(misbehaviour.whose_child).split())
    os.kill(fork_server, signal.SIGKILL)
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(lambda n: isolation.run(misbehaviour.echo, str(n)), range(6)))
    assert said == [str(n) for n in range(6)]


def test_what_runs_while_the_fork_server_is_killed_is_run_again(isolation, tmp_path):
    _, fork_server = map(int, isolation.run(misbehaviour.whose_child).split())
    note = tmp_path / "pid"
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(isolation.run, misbehaviour.own_pid, str(note))
        while not note.exists() or not note.read_text():
            time.sleep(0.02)
        first = int(note.read_text())
        os.kill(fork_server, signal.SIGKILL)
        assert gone(first)
        with pytest.raises(LimitExceeded, match="wall time"):
            running.result()
    assert int(note.read_text()) != first


def test_a_stopped_pool_takes_its_children_along_and_starts_none(tmp_path):
    own = Isolation(workers=1, limits=Limits(1_500_000_000, 60))
    note = tmp_path / "pid"
    threads = ThreadPoolExecutor(1)
    running = threads.submit(own.run, misbehaviour.own_pid, str(note))
    while not note.exists() or not note.read_text():
        time.sleep(0.02)
    own.stop()
    assert gone(int(note.read_text()))
    with pytest.raises(NoChildren):
        own.run(misbehaviour.echo, "late")
    with pytest.raises(NoChildren):
        running.result(timeout=20)
    threads.shutdown()
