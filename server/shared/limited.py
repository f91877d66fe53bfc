"""What a scoring child does to itself before it scores: lower its limits, leave the network."""

import gc
import os
import resource
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from server.shared import landlock, seccomp
from server.shared.confinement import lower_limit, tasks_of
from server.shared.kernel import die_with_parent
from server.shared.namespaces import leave_network

# In a child's own folder: the pipe that it holds open, and where it may write.
ALIVE, SCRATCH = "alive", "scratch"
# Who is killed outright by the limit of its time can't be told from who is killed from outside.
SPARE_SECONDS = 5


class Limits(NamedTuple):
    """What one child may use; `tasks`: processes and threads, of which root may have any number."""

    memory_bytes: int
    wall_seconds: int
    file_bytes: int = 1 << 30
    open_files: int = 256
    tasks: int = 512
    result_characters: int = 64_000_000


class TooMuchSaid(Exception):
    """The answer would fill the worker's memory."""


def prepare(limits: Limits, base: str, warm_up: Callable[[Path], None] | None) -> None:
    """Run in the child before anything else: give up what it needs no longer, then warm up.

    Landlock holds for the thread that asks and for those started afterwards. Warming up starts
    the libraries' threads: these may write beneath `base` alone, the child's first thread in
    `bounded` no more than in its own folder there. What does not warm up scores all the same.
    """
    # At the end of its memory a library written in Rust would wait for ever for more, to say where.
    os.environ["RUST_BACKTRACE"] = "0"
    # What the fork server loaded is left alone: looking through it would copy its memory.
    gc.freeze()
    gc.enable()
    lower_limits(limits)
    os.makedirs(base, mode=0o700, exist_ok=True)
    _write_only_beneath(Path(base))
    if warm_up is not None:
        # A panic of a library is no Exception, and would end the child before its work.
        with suppress(BaseException), tempfile.TemporaryDirectory(dir=base) as folder:
            warm_up(Path(folder))


def lower_limits(limits: Limits) -> None:
    """Lower the limits of this process for good."""
    die_with_parent(signal.SIGKILL)
    alone = _leave_the_network()
    tasks = limits.tasks + (0 if alone else tasks_of(os.getuid()))
    seconds = limits.wall_seconds * 2
    # Past the first a process is told, and ends; past the second it is killed.
    for what, most, spare in (
        (resource.RLIMIT_AS, limits.memory_bytes, 0),
        (resource.RLIMIT_CPU, seconds, SPARE_SECONDS),
        (resource.RLIMIT_FSIZE, limits.file_bytes, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, 0),
        (resource.RLIMIT_NPROC, tasks, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        lower_limit(what, most, most + spare)


def _leave_the_network() -> bool:
    """By a namespace, else by a filter of calls; whether its processes are counted apart now."""
    if leave_network():
        return os.geteuid() != 0
    with suppress(OSError):
        seccomp.forbid_network()
    return False


def bounded(function: Callable[..., str], most: int, folder: str, *arguments: Any) -> str:
    """Run in the child: write in its own folder only, and answer no more than the worker can hold.

    Raises: TooMuchSaid, and what the function raises.
    """
    # Never closed: the worker sees that this process has ended when the kernel closes it.
    os.open(Path(folder) / ALIVE, os.O_WRONLY)
    _write_only_in(Path(folder) / SCRATCH)
    text = function(*arguments)
    if len(text) > most:
        raise TooMuchSaid(f"the result has {len(text):,} characters; {most:,} are allowed")
    return text


def _write_only_in(scratch: Path) -> None:
    scratch.mkdir()
    os.chdir(scratch)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    _write_only_beneath(scratch)


def _write_only_beneath(folder: Path) -> None:
    # Where there is no Landlock the limits are all there is: the worker's log says so.
    with suppress(OSError):
        landlock.restrict(readable=None, writable=[folder, Path(os.devnull)])


def protection_of_this_child(network_of_the_worker: str) -> dict[str, str]:
    """What a scoring child is kept by, looked at from inside it; in the words of the log."""
    writes = f"Landlock {landlock.version()}" if landlock.version() else "none"
    return {"scoring_writes": writes, "scoring_network": _network(network_of_the_worker)}


def network_of_this_process() -> str:
    """Which network a process is in; empty where the system does not say."""
    with suppress(OSError):
        return os.readlink("/proc/self/ns/net")
    return ""


def _network(of_the_worker: str) -> str:
    if of_the_worker and network_of_this_process() != of_the_worker:
        return "network namespace"
    if "Seccomp:\t2" in Path("/proc/self/status").read_text(encoding="ascii"):
        return "seccomp"
    return "Landlock (TCP only)" if landlock.version() >= landlock.TCP_SINCE else "none"
