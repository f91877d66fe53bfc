"""Whatever a scorer does in its child, the next one is scored."""

import contextlib
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.shared.isolation import Isolation, Killed, LimitExceeded, NoChildren
from server.shared.limited import Limits
from tests.shared import misbehaviour

SECONDS = 3


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


def busy_child(fork_server: int) -> int:
    """A child that has begun its work: it has left the folder that it was started in."""
    here = Path.cwd()
    for _ in range(200):
        listed = Path(f"/proc/{fork_server}/task/{fork_server}/children").read_text().split()
        for child in map(int, listed):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{child}/cwd").readlink() != here:
                    return child
        time.sleep(0.02)
    raise AssertionError("no child began to work")


def test_a_child_looks_for_garbage_but_not_in_what_its_fork_server_loaded(isolation):
    looks, left_alone = isolation.run(misbehaviour.looks_for_garbage).split()
    assert looks == "True"
    assert int(left_alone) > 10_000


@pytest.mark.parametrize("function", [misbehaviour.loop_for_ever, misbehaviour.sleep_for_ever])
def test_what_never_ends_is_stopped_and_told_so(isolation, function):
    assert refusal(isolation, function) == f"scoring took longer than {SECONDS} s of wall time"


def test_a_hog_is_stopped_by_its_memory(isolation):
    assert "1,500,000,000 bytes of memory" in refusal(isolation, misbehaviour.hog_memory)


def test_a_library_at_the_end_of_its_memory_does_not_wait_for_more_to_say_where(isolation):
    assert isolation.run(os.getenv, "RUST_BACKTRACE") == "0"


def test_a_child_that_leaves_is_told_by_its_exit_code(isolation):
    assert "exit code 7" in refusal(isolation, misbehaviour.leave, 7)


def test_a_child_that_leaves_without_a_fault_is_noticed_at_once(isolation):
    started = time.monotonic()
    assert (
        refusal(isolation, misbehaviour.leave, 0) == "the scoring process ended without an answer"
    )
    assert time.monotonic() - started < SECONDS


def test_a_crash_is_told_by_its_signal(isolation):
    assert f"exit code {-signal.SIGSEGV}" in refusal(isolation, misbehaviour.crash)


def test_a_child_that_was_killed_from_outside_is_told_apart(isolation):
    with pytest.raises(Killed, match="exit code -9"):
        isolation.run(misbehaviour.be_killed)


def test_a_child_whose_processor_time_is_used_up_was_not_killed_from_outside(isolation):
    with pytest.raises(LimitExceeded, match=f"exit code {-signal.SIGXCPU}") as stopped:
        isolation.run(misbehaviour.use_up_its_time)
    assert not isinstance(stopped.value, Killed)


def test_an_answer_may_be_long_but_not_without_end(isolation):
    assert len(isolation.run(misbehaviour.talk, 5_000_000)) == 5_000_000
    said = refusal(isolation, misbehaviour.talk, 70_000_000)
    assert said == "the result has 70,000,000 characters; 64,000,000 are allowed"


def test_a_child_can_not_fill_the_disk(isolation):
    assert isolation.run(misbehaviour.fill_the_disk) == "File too large after 16,777,216 bytes"


def test_a_child_writes_and_deletes_nothing_outside_its_own_folder(isolation, tmp_path):
    kept = tmp_path / "varsity.db"
    kept.write_text("scores")
    for act in (misbehaviour.write_to, misbehaviour.delete):
        with pytest.raises(PermissionError):
            isolation.run(act, str(kept))
    assert kept.read_text() == "scores"


def test_a_child_works_in_a_folder_of_its_own_that_is_removed(isolation):
    where, temporary, _ = isolation.run(misbehaviour.leave_something, "x").split()
    assert where == temporary
    assert not Path(where).parent.exists()


def test_a_child_reaches_no_network(isolation):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert misbehaviour.connect(port) == "connected"
        with pytest.raises(OSError, match=r"refused|unreachable|permitted|denied"):
            isolation.run(misbehaviour.connect, port)


def test_a_child_can_not_open_files_without_end(isolation):
    with pytest.raises(OSError, match="Too many open files"):
        isolation.run(misbehaviour.open_many_files)


def test_a_child_that_waits_has_warmed_up_and_its_threads_may_write_no_more_than_it(tmp_path):
    kept = tmp_path / "varsity.db"
    kept.write_text("scores")
    limits = Limits(1_500_000_000, SECONDS)
    warm = Isolation(workers=1, limits=limits, warm_up=misbehaviour.start_a_thread)
    try:
        said = warm.run(misbehaviour.let_the_thread_write, str(kept))
    finally:
        warm.stop()
    assert said.startswith("PermissionError")
    assert kept.read_text() == "scores"


def test_a_child_that_can_not_warm_up_works_all_the_same():
    cold = Isolation(workers=1, limits=Limits(1_500_000_000, SECONDS), warm_up=misbehaviour.burst)
    try:
        assert cold.run(misbehaviour.whose_child)
    finally:
        cold.stop()


def test_every_run_has_a_child_of_its_own(isolation):
    pids = {isolation.run(misbehaviour.whose_child).split()[0] for _ in range(3)}
    assert len(pids) == 3


def test_a_killed_fork_server_is_replaced_and_no_file_is_blamed(isolation):
    _, fork_server = map(int, isolation.run(misbehaviour.whose_child).split())
    os.kill(fork_server, signal.SIGKILL)
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(lambda n: isolation.run(misbehaviour.echo, str(n)), range(6)))
    assert said == [str(n) for n in range(6)]


def test_what_runs_while_the_fork_server_is_killed_is_run_again(isolation):
    _, fork_server = map(int, isolation.run(misbehaviour.whose_child).split())
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(isolation.run, misbehaviour.sleep_for_ever)
        first = busy_child(fork_server)
        os.kill(fork_server, signal.SIGKILL)
        assert gone(first)
        with pytest.raises(LimitExceeded, match="wall time"):
            running.result()


def test_a_stopped_pool_takes_its_children_along_and_starts_none():
    own = Isolation(workers=1, limits=Limits(1_500_000_000, 60))
    _, fork_server = map(int, own.run(misbehaviour.whose_child).split())
    threads = ThreadPoolExecutor(1)
    running = threads.submit(own.run, misbehaviour.sleep_for_ever)
    child = busy_child(fork_server)
    own.stop()
    assert gone(child)
    with pytest.raises(NoChildren):
        own.run(misbehaviour.echo, "late")
    with pytest.raises(NoChildren):
        running.result(timeout=20)
    threads.shutdown()
