from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.folders.reading import Level, check_folder, read_folder
from server.folders.scaffold import CannotScaffold, new_challenge, wine_tables

NOW = datetime(2026, 11, 21, 12, 34, 56, tzinfo=UTC)


def test_a_new_challenge_is_read_and_checked_without_a_complaint(tmp_path: Path) -> None:
    made = new_challenge("wine-cellar", now=NOW, parent=tmp_path)
    folder = read_folder(made.path, now=NOW)
    findings = check_folder(folder)
    assert folder.definition.title == "Wine cellar"
    assert [finding for finding in findings if finding.level is not Level.OK] == []
    assert any("baseline" in finding.message for finding in findings)
    assert any("perfect submission scores 1" in finding.message for finding in findings)


def test_a_new_challenge_is_open_on_the_day_it_is_made(tmp_path: Path) -> None:
    made = new_challenge("wine-cellar", now=NOW, parent=tmp_path)
    phase = read_folder(made.path, now=NOW).definition.phases[0]
    assert phase.starts <= NOW < phase.ends


def test_the_next_command_is_told(tmp_path: Path) -> None:
    made = new_challenge("wine-cellar", now=NOW, parent=tmp_path)
    assert made.next_command == f"varsity check {tmp_path / 'wine-cellar'}"


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "wine-cellar").mkdir()
    (tmp_path / "wine-cellar" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(CannotScaffold, match="exists already"):
        new_challenge("wine-cellar", now=NOW, parent=tmp_path)
    assert [path.name for path in (tmp_path / "wine-cellar").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("slug", ["Wine Cellar", "../wine", "", "wine_cellar"])
def test_a_slug_that_is_no_address_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(CannotScaffold, match="can't stand in an address"):
        new_challenge(slug, now=NOW, parent=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_wines_are_split_in_halves_that_share_no_row() -> None:
    tables = wine_tables()
    assert (tables.train.height, tables.test.height) == (89, 89)
    assert not set(tables.train["id"]) & set(tables.test["id"])
    assert tables.solution["id"].to_list() == tables.test["id"].to_list()
    assert "cultivar" not in tables.test.columns


def test_the_wines_are_the_same_every_time() -> None:
    assert wine_tables().solution.equals(wine_tables().solution)


def test_the_baseline_can_be_run_by_hand(tmp_path: Path) -> None:
    made = new_challenge("wine-cellar", now=NOW, parent=tmp_path)
    written = (made.path / "private" / "baseline_logistic.csv").read_text("utf-8")
    assert written.splitlines()[0] == "id,cultivar"
    assert len(written.splitlines()) == 90
