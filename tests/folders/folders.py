"""Reading the challenge folders that tests have spoilt."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.folders.reading import Folder, FolderFault, InvalidFolder, read_folder

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Edit = Callable[[str, str], None]


def read(path: Path, *, max_bytes_limit: int | None = None) -> Folder:
    return read_folder(path, now=NOW, max_bytes_limit=max_bytes_limit)


def faults(path: Path, *, max_bytes_limit: int | None = None) -> tuple[FolderFault, ...]:
    with pytest.raises(InvalidFolder) as refused:
        read(path, max_bytes_limit=max_bytes_limit)
    return refused.value.faults


def only_fault(path: Path, *, max_bytes_limit: int | None = None) -> FolderFault:
    (fault,) = faults(path, max_bytes_limit=max_bytes_limit)
    return fault
