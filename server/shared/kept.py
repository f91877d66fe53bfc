"""A small secret that an instance makes for itself and keeps in its data folder."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept_text(path: Path, make: Callable[[], str]) -> str:
    """Return a file's text; where there is none it is made, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # It appears whole or not at all: another process may look for it at this very moment.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as partial:
            partial.write(make())
            partial.flush()
            os.fsync(partial.fileno())
            with suppress(FileExistsError):
                os.link(partial.name, path)
    return path.read_text(encoding="ascii").strip()
