"""Running tests as a user without privileges, from a test that root runs."""

import ctypes
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from server.shared.confinement import python_roots
from server.shared.kernel import unshare

USER = 54_321
ROOT = Path(__file__).resolve().parents[1]
_MOUNTS = 0x0002_0000
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18


def obstacle(file: Path) -> str:
    """Why a user without privileges can't run a file's tests here; empty where it can."""
    for folder in (file, *file.parents):
        if not folder.stat().st_mode & (0o001 if folder.is_dir() else 0o004):
            return f"{folder} can't be read by other users"
    try:
        made = subprocess.run(
            [sys.executable, "-c", "pass"], preexec_fn=_lose_privileges, capture_output=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"Python can't be reached by other users here, nor shown to them: {error}"
    return "" if made.returncode == 0 else f"Python does not start: {made.stderr.decode()[-300:]}"


def run_tests(file: Path) -> subprocess.CompletedProcess[str]:
    """Run a file's tests as that user."""
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, USER, USER)
        return subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
                *("-n", "0", "--noconftest", "--basetemp", f"{home}/tests", str(file)),
            ],
            preexec_fn=_lose_privileges,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home},
            capture_output=True,
            text=True,
            timeout=280,
        )


def _lose_privileges() -> None:
    """Between fork and exec: show Python to everybody in this process's own mounts, then setuid."""
    hidden = [root for root in python_roots() if not _open_to_all(root)]
    if hidden:
        unshare(_MOUNTS)
        _mount(b"none", b"/", None, _RECURSIVE | _PRIVATE)
        for root in hidden:
            _show(root)
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _show(root: Path) -> None:
    """Put an empty folder over the first closed one above, with nothing but this root in it."""
    closed = next(f for f in reversed(root.parents) if not f.stat().st_mode & 0o001)
    source = os.open(root, os.O_PATH)
    _mount(b"tmpfs", os.fsencode(closed), b"tmpfs", 0, b"mode=755")
    root.mkdir(parents=True)
    _mount(os.fsencode(f"/proc/self/fd/{source}"), os.fsencode(root), None, _BIND)


def _mount(
    source: bytes, target: bytes, kind: bytes | None, flags: int, data: bytes | None = None
) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source, target, kind, ctypes.c_ulong(flags), data) != 0:
        raise OSError(ctypes.get_errno(), f"mount {os.fsdecode(target)}")
