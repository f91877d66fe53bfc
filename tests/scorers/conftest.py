"""Tables as files."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str, dict | str], Path]:
    """Write a table, of columns or as it stands, and return its path."""

    def csv(name: str, columns: dict | str) -> Path:
        path = tmp_path / name
        if isinstance(columns, str):
            path.write_text(columns)
        else:
            pl.DataFrame(columns).write_csv(path)
        return path

    return csv
