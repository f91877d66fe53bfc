"""A process's own folder of temporary files: one that is killed leaves nothing behind for ever.

The folder is locked as long as its process lives, so whoever gets the lock knows that it is dead.
(systemd-tmpfiles leaves a locked folder alone, too.)
"""

import fcntl
import os
import re
import tempfile
import time
from contextlib import suppress
from multiprocessing.util import Finalize, get_temp_dir
from pathlib import Path

from server.shared import scratch_folder

PREFIX = "varsity-own-"
# It has this name until it is locked.
_UNBORN = f".{PREFIX}"
_OWN = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")
# What a process without such a folder (`varsity check`, an older worker) left, by its names alone.
_LOOSE = re.compile(r"varsity-(scoring|metric|draft|export|copy)-[a-z0-9_]{8}")
_LOOSE_SECONDS = 86_400
# The folder of the sockets lies in it, and the path of a socket has at most 107 bytes.
_LONG_PATH = 50
# After the folder of the sockets, which multiprocessing removes by itself.
_LAST = -200


class OwnFolder:
    """This process's folder, in which all its temporary files lie from now on."""

    def __init__(self) -> None:
        self.base = Path(tempfile.gettempdir())
        if len(str(self.base)) > _LONG_PATH:
            get_temp_dir()
        unborn = tempfile.mkdtemp(prefix=_UNBORN, dir=self.base)
        self._lock = _locked(unborn)
        self.path = self.base / Path(unborn).name[1:]
        os.rename(unborn, self.path)
        os.environ["TMPDIR"] = tempfile.tempdir = str(self.path)
        Finalize(None, scratch_folder.remove, args=(self.path,), exitpriority=_LAST)

    def tidy(self) -> int:
        """Remove what dead processes of this user left, and return how many folders and files.

        Whoever tidies the temporary files may have removed ours: it is made again.
        """
        if not self.path.is_dir():
            self.path.mkdir(mode=0o700)
            if self._lock is not None:
                os.close(self._lock)
            self._lock = _locked(str(self.path))
        return remove_left(self.base)


def remove_left(base: Path) -> int:
    """Remove what processes that are dead left in a folder; return how many pieces."""
    return sum(_remove_if_dead(path) for path in _named_as_ours(base))


def _named_as_ours(base: Path) -> list[Path]:
    with suppress(OSError), os.scandir(base) as entries:
        names = [e.name for e in entries if _OWN.fullmatch(e.name) or _LOOSE.fullmatch(e.name)]
        return [base / name for name in names]
    return []


def _remove_if_dead(path: Path) -> bool:
    try:
        facts = path.lstat()
        if facts.st_uid != os.geteuid():
            return False
        if _LOOSE.fullmatch(path.name):
            return time.time() - facts.st_mtime > _LOOSE_SECONDS and _removed(path)
        lock = _locked(str(path))
    except OSError:
        # It is gone, or somebody's.
        return False
    try:
        return lock is not None and _removed(path)
    finally:
        if lock is not None:
            os.close(lock)


def _removed(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        scratch_folder.remove(path)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()


def _locked(folder: str) -> int | None:
    """Lock a folder until this process ends; None where the file system knows no locks.

    Raises: BlockingIOError where somebody has locked it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
