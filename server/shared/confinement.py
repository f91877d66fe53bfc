"""What a process gives up before it runs code that is not ours."""

import ctypes
import os
import resource
import site
import stat
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

from server.shared import landlock, seccomp
from server.shared.kernel import Missing, drop_capabilities, no_new_privileges

# Users that nobody has, a different one for each process at a time: none can touch another.
_FIRST_USER, _USERS = 2_000_000_000, 1 << 22
_NOBODY = 65534
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_OF_THE_SYSTEM = (*_SYSTEM, "/etc/ld.so.cache", "/etc/localtime", *_DEVICES)
_ENVIRONMENT_BLOCK = slice(47, 49)


class Bounds(NamedTuple):
    """What confined code may use; `seconds` of wall time, and the same of processor time."""

    memory_bytes: int
    seconds: int
    file_bytes: int = 1 << 24
    scratch_bytes: int = 1 << 26
    open_files: int = 64
    tasks: int = 64
    answer_bytes: int = 1 << 24
    output_bytes: int = 1 << 16


class Protection(NamedTuple):
    """What confined code is kept by, in the words of the log; "none" where nothing does it."""

    user: str
    files: str
    network: str
    processes: str


class NoConfinement(Exception):
    """This kernel can't keep code from reading files, and the operator has not allowed that."""


def confine(bounds: Bounds, scratch: Path, *, number: int, own_namespaces: bool) -> Protection:
    """Give up, for good, everything but reading Python and computing in `scratch`.

    Run in a process of one thread that is to do nothing else afterwards. `number`: one that no
    other confined process has at the same time.
    """
    _forget_environment(scratch)
    os.chdir(scratch)
    _lower_limits(bounds, alone=own_namespaces or os.geteuid() == 0)
    unreachable = _open_unreachable_roots()
    files = _restrict_files(scratch)
    user = _become_nobody(scratch, number)
    for root, descriptor in unreachable:
        _reach(root, descriptor)
    calls = _filter_calls()
    return Protection(
        user, files, _network(own_namespaces, calls), _processes(own_namespaces, calls)
    )


def _network(own_namespaces: bool, calls: bool) -> str:
    if own_namespaces:
        return "network namespace"
    if calls:
        return "seccomp"
    return "Landlock (TCP only)" if landlock.version() >= landlock.TCP_SINCE else "none"


def _processes(own_namespaces: bool, calls: bool) -> str:
    if own_namespaces:
        return "process namespace and seccomp" if calls else "process namespace"
    return "seccomp" if calls else "session"


def _forget_environment(scratch: Path) -> None:
    """Keys and addresses of the service stand in the environment, and in the memory it came in."""
    os.environ.clear()
    os.environ |= {"HOME": str(scratch), "TMPDIR": str(scratch), "PATH": "", "LANG": "C.UTF-8"}
    try:
        facts = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return
    start, end = map(int, facts.rpartition(")")[2].split()[_ENVIRONMENT_BLOCK])
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)


def _lower_limits(bounds: Bounds, *, alone: bool) -> None:
    tasks = bounds.tasks if alone else bounds.tasks + tasks_of(os.getuid())
    # Past the first a process is told, past the second it is killed.
    for what, soft, spare in (
        (resource.RLIMIT_AS, bounds.memory_bytes, 0),
        (resource.RLIMIT_CPU, bounds.seconds + 1, 1),
        (resource.RLIMIT_FSIZE, bounds.file_bytes, 0),
        (resource.RLIMIT_NOFILE, bounds.open_files, 0),
        (resource.RLIMIT_NPROC, tasks, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        lower_limit(what, soft, soft + spare)


def lower_limit(what: int, soft: int, hard: int) -> None:
    """Lower a limit of this process for good; what is lower already stays."""
    _, known = resource.getrlimit(what)
    most = hard if known == resource.RLIM_INFINITY else min(hard, known)
    resource.setrlimit(what, (min(soft, most), most))


def tasks_of(user: int) -> int:
    """How many threads a user runs now: the kernel counts them all together."""
    return sum(_threads_in(process, user) for process in Path("/proc").iterdir())


def _threads_in(process: Path, user: int) -> int:
    try:
        ours = process.name.isdecimal() and process.stat().st_uid == user
        return len(os.listdir(process / "task")) if ours else 0
    except OSError:
        return 0


def python_roots() -> list[Path]:
    """The folders of the Python installation, of the virtual environment, of their packages."""
    paths = sysconfig.get_paths()
    named = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    named += [paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"]]
    named += site.getsitepackages()
    roots = {Path(os.path.realpath(name)) for name in named if os.path.isdir(name)}
    return sorted(root for root in roots if not any(o in roots for o in root.parents))


def _restrict_files(scratch: Path) -> str:
    if landlock.version() < 1:
        return "none"
    readable = [*python_roots(), *map(Path, _OF_THE_SYSTEM)]
    landlock.restrict(readable=readable, writable=[scratch, Path("/dev/null")])
    return f"Landlock {landlock.version()}"


def _open_unreachable_roots() -> list[tuple[Path, int]]:
    """As root: the folders of Python that nobody else may enter, such as those in /root, opened."""
    if os.geteuid() != 0:
        return []
    closed = [root for root in python_roots() if not _may_be_entered(root)]
    return [(root, os.open(root, os.O_PATH | os.O_DIRECTORY)) for root in closed]


def _may_be_entered(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _reach(root: Path, descriptor: int) -> None:
    """Import what lies beneath a folder through its open descriptor from now on."""
    through = f"/proc/self/fd/{descriptor}"
    packages = [vars(module).get("__path__") for module in list(sys.modules.values())]
    for paths in [sys.path, *packages]:
        if isinstance(paths, list):
            paths[:] = [_moved(path, str(root), through) for path in paths]
    sys.path_importer_cache.clear()


def _moved(path: str, root: str, to: str) -> str:
    return to + path[len(root) :] if path == root or path.startswith(f"{root}/") else path


def _filter_calls() -> bool:
    try:
        seccomp.forbid_everything_else()
    except (Missing, OSError):
        return False
    return True


def _become_nobody(scratch: Path, number: int) -> str:
    """As root, become a user that owns nothing but the scratch folder; else stay who we are."""
    if os.geteuid() != 0:
        no_new_privileges()
        drop_capabilities()
        return "the worker's own"
    user = _FIRST_USER + number % _USERS
    try:
        return _become(user, scratch)
    except OSError:
        # A container that has few user numbers.
        return _become(_NOBODY, scratch)


def _become(user: int, scratch: Path) -> str:
    os.chown(scratch, user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    return f"nobody ({user})"
