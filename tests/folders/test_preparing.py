from pathlib import Path

import pytest

from server.folders.reading import InvalidFolder, run_prepare
from tests.folders.folders import read


def test_prepare_is_left_alone_where_nothing_is_missing(wines: Path) -> None:
    (wines / "prepare.py").write_text("raise SystemExit('must not run')", "utf-8")
    assert run_prepare(wines) is False


def test_prepare_builds_what_is_missing_and_its_output_is_shown(wines: Path) -> None:
    moved = wines / "private" / "solution.csv"
    kept = moved.rename(wines / "kept.csv")
    script = f"import shutil\nprint('building ü')\nshutil.copy({str(kept)!r}, {str(moved)!r})\n"
    (wines / "prepare.py").write_text(script, "utf-8")
    shown: list[str] = []
    assert run_prepare(wines, show=shown.append) is True
    assert shown == ["building ü"]
    assert read(wines).slug == "wines"


def test_a_failing_prepare_is_the_organisers_mistake_with_the_end_of_its_trace(
    wines: Path,
) -> None:
    (wines / "private" / "solution.csv").unlink()
    (wines / "prepare.py").write_text("x = 1\nraise ValueError('no wine')\n", "utf-8")
    with pytest.raises(InvalidFolder, match="ValueError: no wine") as refused:
        run_prepare(wines, show=print)
    assert (refused.value.faults[0].file, refused.value.faults[0].line) == ("prepare.py", 2)


def test_without_prepare_nothing_runs(wines: Path) -> None:
    (wines / "private" / "solution.csv").unlink()
    assert run_prepare(wines) is False
