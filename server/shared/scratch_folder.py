"""The folder that confined code may write in: what lies there, and its removal."""

import contextlib
import os
import shutil
from itertools import islice
from pathlib import Path


def contents(folder: Path, most: int) -> tuple[int, int]:
    """How many files and folders lie beneath a folder, counted to just past `most`; their bytes.

    Raises: OSError.
    """
    count = size = 0
    folders = [str(folder)]
    while folders:
        for entry in _entries(folders.pop(), most):
            count += 1
            if count > most:
                return count, size
            # It may be gone by now.
            with contextlib.suppress(FileNotFoundError):
                size += entry.stat(follow_symlinks=False).st_size
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
    return count, size


def _entries(folder: str, most: int) -> list[os.DirEntry[str]]:
    """The first entries of a folder, one more than `most` at the utmost; none if it is gone."""
    try:
        with os.scandir(folder) as entries:
            return list(islice(entries, most + 1))
    except FileNotFoundError:
        return []


def remove(scratch: Path) -> None:
    """Remove a scratch folder; what can't be removed is no reason to lose an answer."""
    with contextlib.suppress(OSError):
        _flatten(scratch)
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(scratch, ignore_errors=True)


def _flatten(scratch: Path) -> None:
    """Move every folder to the top: removing folders in folders recurses. Raises: OSError."""
    folders = _folders_in(str(scratch))
    for folder in folders:
        for path in _folders_in(folder):
            folders.append(str(scratch / f".varsity-{len(folders)}"))
            os.rename(path, folders[-1])


def _folders_in(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
