"""What `varsity check` says of a phase that ranks by a ladder: by what it tells noise."""

from pathlib import Path

import pytest

from server.folders.reading import Finding, Level, check_folder
from tests.folders.folders import Edit, read


def of_ladder(folder: Path) -> Finding:
    (found,) = [f for f in check_folder(read(folder)) if "ladder" in f.message]
    return found


@pytest.fixture
def ladder(wines: Path, edit: Edit) -> Path:
    """The wines, ranked by a ladder."""
    edit('ranking = "best"', 'ranking = "ladder"')
    return wines


def test_a_mean_of_losses_is_judged_by_the_losses(ladder: Path, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "accuracy"')
    edit('params = { average = "macro" }', "params = {}")
    edit('also = ["accuracy"]', "also = []")
    found = of_ladder(ladder)
    assert found.level is Level.OK
    assert found.message == (
        "Phase main: its ladder tells an improvement from noise by the losses of the test rows, of "
        "which the metric is a mean."
    )


def test_any_other_metric_is_judged_by_resamples(ladder: Path) -> None:
    found = of_ladder(ladder)
    assert found.level is Level.OK
    assert "by resamples of the test rows: the metric is no mean" in found.message


def test_without_either_the_phase_is_refused(ladder: Path, edit: Edit) -> None:
    (ladder / "private" / "solution.csv").write_text(_one_unit(ladder), "utf-8")
    edit("[scoring]\n", '[scoring]\nunit_column = "unit"\n')
    found = of_ladder(ladder)
    assert found.level is Level.ERROR
    assert "its ladder can't tell an improvement from noise" in found.message
    assert "one unit cannot show how units vary" in found.message
    assert found.remedy.startswith('Write ranking = "best"')


def _one_unit(folder: Path) -> str:
    lines = (folder / "private" / "solution.csv").read_text("utf-8").splitlines()
    return "\n".join([f"{lines[0]},unit", *(f"{line},cellar" for line in lines[1:])]) + "\n"


def test_a_phase_without_a_ladder_hears_nothing_of_it(wines: Path) -> None:
    assert not [f for f in check_folder(read(wines)) if "ladder" in f.message]


def test_a_file_that_cannot_be_scored_leaves_it_untried(ladder: Path) -> None:
    for name in ("data/sample_submission.csv", "private/baseline_logistic.csv"):
        file = ladder / name
        lines = file.read_text("utf-8").splitlines()
        file.write_text("\n".join([*lines[:-1], "9999,class_0"]) + "\n", "utf-8")
    found = of_ladder(ladder)
    assert found.level is Level.WARNING
    assert "no file could be scored" in found.message
