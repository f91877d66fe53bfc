"""The files in which a process keeps its numbers for others to read: with room that is there.

The library maps files that have a size and no blocks. Where the disk is full, the first write to
such a file ends the process (SIGBUS), page by page the whole site.
"""

import os
from pathlib import Path

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
KINDS = ("counter", "histogram")
# Bytes of a new file, as the library has it.
FIRST_BYTES = 1 << 16


def reserve(path: str | Path, size: int) -> None:
    """Make a file so long, with blocks for every byte.

    Raises:
        OSError: the disk has no room left; the file is as it was.
    """
    path = Path(path)
    before = path.stat().st_size if path.exists() else 0
    try:
        with path.open("ab") as file:
            file.write(bytes(max(0, size - before)))
    except OSError:
        # An empty file could not be read with the others'.
        path.unlink(missing_ok=True) if not before else os.truncate(path, before)
        raise


class ReservedDict(MmapedDict):
    """The library's file of numbers, which grows only where there is room.

    Raises:
        OSError: there is none; the numbers kept so far stay as they are.
    """

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        if not read_mode:
            reserve(filename, FIRST_BYTES)
        super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        # As long as the entry at most: its length, the key padded to eight bytes, two doubles.
        needed = self._used + len(key.encode()) + 4 + 8 + 16
        if needed > self._capacity:
            reserve(self._fname, 2 * self._capacity)
        super()._init_value(key)  # type: ignore[no-untyped-call]


class Room:
    """Whether this process has files for its numbers; after a fork it needs files of its own."""

    def __init__(self) -> None:
        self._pid = 0

    def is_there(self) -> bool:
        """Reserve the files if need be, and say whether that was possible."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if not folder or self._pid == os.getpid():
            return True
        try:
            for kind in KINDS:
                reserve(Path(folder) / f"{kind}_{os.getpid()}.db", FIRST_BYTES)
        except OSError:
            return False
        self._pid = os.getpid()
        return True


def install() -> None:
    """Have every file of numbers made with room; before the first number is."""
    values.MmapedDict = ReservedDict  # type: ignore[attr-defined]
