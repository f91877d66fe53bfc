"""The data of the bundled challenges, built in one process: their libraries are loaded once."""

import runpy
from pathlib import Path


def build(folder: Path) -> None:
    """Write `data/` and `private/` of a bundled challenge, as its `prepare.py` does by hand."""
    runpy.run_path(str(folder / "prepare.py"))["build"](folder)
