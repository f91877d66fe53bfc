"""All that stands against a launch is told in one pass, however much of it is wrong."""

from pathlib import Path

import pytest

from server.preflight.budget import Budget
from server.preflight.checking import report_on_mistakes
from server.preflight.report import Fix, Level
from tests.preflight.folders import Data, data_of, surveyed

QUICK = Budget(fields=20, permutations=20)


@pytest.fixture
def breast() -> Data:
    return data_of("breast")


def test_a_folder_that_cannot_be_read_is_a_report_of_errors(breast: Data, tmp_path: Path) -> None:
    breast.phase = "public_fractoin = 0.4"
    breast.scoring = 'scorer = "acuracy"'
    said = report_on_mistakes(surveyed(breast.write(tmp_path / "challenge")))
    assert not said.ok
    assert {line.fix for line in said.lines} == {Fix.METRIC, Fix.PHASES}
    assert all(line.where.line for line in said.lines)


def test_every_mistake_that_can_be_found_by_itself_is_told_in_one_pass(
    breast: Data, tmp_path: Path
) -> None:
    """A wrong date, a page that is gone, a solution without a row, a baseline of other rows."""
    breast.times = breast.times.replace("2026-12-31T16:00:00Z", '"in winter"')
    breast.head = 'pages = ["overview", "prizes"]\n' + breast.head
    folder = breast.write(tmp_path / "challenge")
    for name in ("solution", "base"):
        path = folder / "private" / f"{name}.csv"
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    solution = folder / "private" / "solution.csv"
    text = solution.read_text("utf-8").splitlines()
    solution.write_text("\n".join([*text, text[-1]]) + "\n", "utf-8")
    said = report_on_mistakes(surveyed(folder), budget=QUICK)
    told = " ".join(line.told(line.said) for line in said.lines)
    assert "is text, not a time" in told
    assert "There is no file prizes.md" in told
    assert "stands there more than once" in told
    assert {line.level for line in said.lines} == {Level.ERROR}
    assert len(said.lines) == 3


def test_a_broken_metric_keeps_no_wrong_rows_from_being_told(breast: Data, tmp_path: Path) -> None:
    breast.scoring = 'scorer = "acuracy"'
    folder = breast.write(tmp_path / "challenge")
    solution = folder / "private" / "solution.csv"
    solution.write_text(
        "".join(solution.read_text("utf-8").splitlines(keepends=True)[:-2]), "utf-8"
    )
    (folder / "data.md").write_bytes(b"\xff\xfe")
    said = report_on_mistakes(surveyed(folder))
    told = [line.told(line.said) for line in said.lines]
    assert any("acuracy" in text for text in told)
    assert any("private/solution.csv lacks 2 ids of the sample" in text for text in told)
    assert any("private/base.csv has 2 ids that the solution does not have" in t for t in told)
    assert any("not UTF-8" in text for text in told)
    assert {line.fix for line in said.lines} == {
        Fix.METRIC,
        Fix.SOLUTION,
        Fix.BASELINES,
        Fix.PAGES,
    }


def test_a_definition_that_is_no_toml_ends_the_reading_of_that_file_alone(
    breast: Data, tmp_path: Path
) -> None:
    folder = breast.write(tmp_path / "challenge")
    (folder / "challenge.toml").write_text('title = "Planted\n', "utf-8")
    (folder / "rules.md").write_bytes(b"\xff\xfe")
    (folder / "metric.py").write_text("def score(:", "utf-8")
    (folder / "private" / "solution.csv").write_bytes(b"id,,y\n1,2,3\n")
    (folder / "data" / "more").mkdir()
    files = {line.where.file for line in report_on_mistakes(surveyed(folder)).lines}
    assert files == {
        "challenge.toml",
        "rules.md",
        "metric.py",
        "private/solution.csv",
        "data/more",
    }


def test_a_metric_beside_that_is_wrong_keeps_nothing_from_being_tried(
    breast: Data, tmp_path: Path
) -> None:
    breast.scoring += '\nalso = ["f11"]'
    breast.sample = breast.answers
    said = report_on_mistakes(surveyed(breast.write(tmp_path / "challenge")), budget=QUICK)
    assert {line.code for line in said.lines} >= {"folder", "perfect-sample"}
