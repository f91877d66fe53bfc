"""A confined process can compute and say so; where a layer is missing, the others hold."""

import fcntl
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.shared import confinement, landlock, sandbox, scratch_folder
from server.shared.confinement import Bounds, NoConfinement, Protection
from server.shared.sandbox import Stopped, run_confined

BOUNDS = Bounds(memory_bytes=3_000_000_000, seconds=5)


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def bare(monkeypatch):
    """A kernel that has neither namespaces nor filters for us: Landlock and limits alone."""
    monkeypatch.setattr(sandbox, "leave_all", lambda: False)
    monkeypatch.setattr(confinement, "_filter_calls", lambda: False)


def test_it_answers_and_what_it_prints_is_kept():
    def task(_: Protection) -> str:
        print("working")
        os.write(2, b"a warning")
        return "done"

    answer = run_confined(task, BOUNDS)
    assert answer.text == "done"
    assert answer.output == "working\na warning"


def test_it_says_what_it_is_kept_by():
    found = run_confined(repr, BOUNDS).text
    assert "Landlock" in found
    assert "network namespace" in found or "seccomp" in found


def test_it_sees_no_variable_of_the_service(monkeypatch):
    monkeypatch.setenv("VARSITY_SECRET_KEY", "nobody-may-read-this")
    said = run_confined(lambda _: repr(sorted(os.environ)), BOUNDS).text
    assert said == "['HOME', 'LANG', 'PATH', 'TMPDIR']"


def test_it_has_no_file_of_ours_open(tmp_path):
    with (tmp_path / "open").open("w+") as file:
        number = file.fileno()

        def task(_: Protection) -> str:
            try:
                os.write(number, b"x")
            except OSError as error:
                return error.strerror
            return "written"

        assert run_confined(task, BOUNDS).text == "Bad file descriptor"


def test_it_writes_in_a_folder_of_its_own_that_is_removed():
    def task(_: Protection) -> str:
        Path("note.txt").write_text("mine")
        return f"{Path.cwd()} {Path('note.txt').read_text()}"

    folder, text = run_confined(task, BOUNDS).text.split()
    assert text == "mine"
    assert not Path(folder).exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", __file__])
def test_it_reads_nothing_but_python(path):
    def task(_: Protection) -> str:
        try:
            return Path(path).read_text(errors="replace")
        except PermissionError:
            return "denied"

    assert run_confined(task, BOUNDS).text == "denied"


def test_it_imports_what_is_installed():
    def task(_: Protection) -> str:
        module = __import__("xml.dom.minidom", fromlist=["parseString"])
        return str(module.parseString("<a>b</a>").documentElement.tagName)

    assert run_confined(task, BOUNDS).text == "a"


def test_without_landlock_the_operator_must_allow_it(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(NoConfinement):
        run_confined(lambda _: "ran", BOUNDS)
    found = run_confined(repr, BOUNDS, without_landlock=True).text
    assert "files='none'" in found


def test_a_filter_of_calls_alone_keeps_it_from_the_network(monkeypatch):
    monkeypatch.setattr(sandbox, "leave_all", lambda: False)

    def task(protection: Protection) -> str:
        try:
            socket.socket()
        except PermissionError:
            return protection.network
        return "a socket"

    assert run_confined(task, BOUNDS).text == "seccomp"


@pytest.fixture
def filtered(monkeypatch):
    """A filter of calls alone: no namespaces, no Landlock, and the user that we are."""
    monkeypatch.setattr(sandbox, "leave_all", lambda: False)
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(confinement, "_become_nobody", lambda *_: "the worker's own")


def said_of(act: Callable[[], object]) -> str:
    def task(_: Protection) -> str:
        try:
            return repr(act())
        except OSError as error:
            return type(error).__name__

    return run_confined(task, BOUNDS, without_landlock=True).text


@pytest.mark.usefixtures("filtered")
@pytest.mark.parametrize(
    "act",
    [
        lambda file: os.chmod(file, 0),
        lambda file: os.chown(file, -1, -1),
        lambda file: os.setxattr(file, "user.note", b"x"),
        lambda file: os.utime(file, (0, 0)),
        lambda file: os.truncate(file, 0),
        lambda file: os.open(file, os.O_RDONLY | os.O_TRUNC),
        lambda file: os.open(file, os.O_ACCMODE | os.O_TRUNC),
        lambda file: fcntl.fcntl(os.open(file, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK),
        lambda file: os.rename(file, f"{file}.moved"),
        lambda file: os.link(file, f"{file}.again"),
    ],
    ids=[
        "rights",
        "owner",
        "attributes",
        "dates",
        "cut",
        "emptied",
        "emptied-unread",
        "lease",
        "renamed",
        "linked",
    ],
)
def test_a_filter_of_calls_alone_keeps_files_as_they_are(tmp_path, act):
    file = tmp_path / "file"
    file.write_text("a score")
    before = file.stat()
    assert said_of(lambda: act(file)) == "PermissionError"
    assert (file.stat().st_mode, file.stat().st_mtime) == (before.st_mode, before.st_mtime)
    assert [file.read_text(), *tmp_path.iterdir()] == ["a score", file]


@pytest.mark.usefixtures("filtered")
@pytest.mark.parametrize(
    "act",
    [
        lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
        lambda: os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0)),
        lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
        lambda: fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid()),
        lambda: fcntl.ioctl(0, 0x8901, b"\1\0\0\0"),
    ],
    ids=["limits", "processors", "priority", "signals", "signals by ioctl"],
)
def test_a_filter_of_calls_alone_keeps_it_from_other_processes(act):
    assert said_of(act) == "PermissionError"


@pytest.mark.usefixtures("filtered")
def test_it_may_lower_its_own_limits_and_write_plain_files():
    def act() -> str:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with tempfile.NamedTemporaryFile("w+") as file:
            file.write("mine")
            file.seek(0)
            Path("note.txt").write_text(file.read())
        return Path("note.txt").read_text()

    assert said_of(act) == "'mine'"


@pytest.mark.parametrize(
    "act",
    [
        lambda: os.mkdir("folder"),
        lambda: os.symlink("/", "link"),
        lambda: os.mkfifo("pipe"),
        lambda: os.rename("a", "b"),
    ],
    ids=["folder", "link", "pipe", "renamed"],
)
def test_its_folder_is_flat(act):
    assert said_of(act) == "PermissionError"


@pytest.mark.usefixtures("bare")
def test_without_a_filter_folders_are_counted_with_the_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def task(_: Protection) -> str:
        for _ in range(1001):
            os.mkdir("folder")
            os.chdir("folder")
        time.sleep(60)
        return "not counted"

    with pytest.raises(Stopped, match=r"more than 1,000 files|cannot be looked at"):
        run_confined(task, BOUNDS)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_looked_at_stops_it(monkeypatch):
    def broken(*_arguments):
        raise OSError("no such disk")

    monkeypatch.setattr(scratch_folder, "contents", broken)
    with pytest.raises(Stopped, match="cannot be looked at"):
        run_confined(lambda _: "ran", BOUNDS)


@pytest.mark.usefixtures("bare")
@pytest.mark.skipif(landlock.version() < 4, reason="this kernel's Landlock knows no network")
def test_landlock_alone_keeps_it_from_tcp():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        def task(protection: Protection) -> str:
            try:
                socket.create_connection(address, timeout=2)
            except PermissionError:
                return protection.network
            return "connected"

        assert run_confined(task, BOUNDS).text == "Landlock (TCP only)"


@pytest.mark.usefixtures("bare")
@pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock knows no signals")
def test_landlock_alone_keeps_it_from_killing_others():
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    own = os.getpid()

    def task(_: Protection) -> str:
        said = []
        for pid in (victim.pid, own, os.getppid()):
            try:
                os.kill(pid, 9)
            except PermissionError:
                said.append("denied")
        return " ".join(said)

    try:
        assert run_confined(task, BOUNDS).text == "denied denied denied"
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


@pytest.mark.usefixtures("bare")
def test_children_that_it_leaves_behind_are_ended_with_it():
    def task(_: Protection) -> str:
        children = []
        for apart in (False, True):
            child = os.fork()
            if child == 0:
                if apart:
                    os.setsid()
                os.close(1)
                time.sleep(60)
            children.append(str(child))
        return " ".join(children)

    children = [int(pid) for pid in run_confined(task, BOUNDS).text.split()]
    assert len(children) == 2
    assert all(gone(pid) for pid in children)


@pytest.mark.usefixtures("bare")
def test_a_fork_bomb_ends_at_the_limit_of_processes():
    def task(_: Protection) -> str:
        count = 0
        try:
            while os.fork():
                count += 1
        except BlockingIOError:
            return str(count)
        time.sleep(60)
        return "a child"

    few = BOUNDS._replace(tasks=8)
    assert int(run_confined(task, few).text) <= 8


def test_when_its_caller_is_killed_it_ends_too(tmp_path):
    note = tmp_path / "pid"
    script = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from server.shared.sandbox import run_confined\n"
        "from server.shared.confinement import Bounds\n"
        f"Path({str(note)!r}).write_text(str(os.getpid()))\n"
        "run_confined(lambda _: time.sleep(60) or '', Bounds(3_000_000_000, 60))\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    family: list[int] = []
    for _ in range(400):
        family = descendants(caller.pid)
        if len(family) == 2:
            break
        time.sleep(0.05)
    caller.kill()
    caller.wait()
    assert len(family) == 2
    assert all(gone(pid) for pid in family)


def descendants(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(child) for child in text.split()]
    return children + [grandchild for child in children for grandchild in descendants(child)]


def test_what_fails_before_the_task_begins_is_told(monkeypatch):
    def broken(*_arguments, **_named):
        raise OSError("no such layer")

    monkeypatch.setattr(sandbox, "confine", broken)
    with pytest.raises(Stopped, match="could not be kept apart") as stopped:
        run_confined(lambda _: "ran", BOUNDS)
    assert "no such layer" in stopped.value.output


@pytest.mark.parametrize("code", [127, 255])
def test_code_that_ends_with_a_high_exit_code_was_kept_apart_all_the_same(code):
    with pytest.raises(Stopped, match=r"exit code 127 or more\) without an answer"):
        run_confined(lambda _: os._exit(code), BOUNDS)
