"""A challenge's own metric.py: what is wrong with it is found before anybody submits."""

from functools import partial
from pathlib import Path

import pytest

from scorers.metric_files.scoring import Run
from server.evaluations.metrics import MetricRules, run_metric
from server.folders.checking import check_folder
from server.folders.findings import Finding, Level
from tests.folders.folders import Edit, only_fault, read

METRIC = """
higher_is_better = True
def score(truth, prediction, *, weight: float = 1.0) -> float:
    return weight * float((truth == prediction).mean())
"""
SCORER = """scorer = "f1"                                # the metric that ranks
params = { average = "macro" }               # its parameters, by scikit-learn's names
"""


@pytest.fixture
def metric(wines: Path, edit: Edit) -> Path:
    """The wines, scored by a metric of their own."""
    edit(SCORER, 'scorer = "metric.py"\nparams = { weight = 2.0 }\n')
    path = wines / "metric.py"
    path.write_text(METRIC)
    return path


@pytest.fixture
def run() -> Run:
    return partial(run_metric, rules=MetricRules(seconds=20, memory_bytes=4_000_000_000))


def errors(findings: list[Finding]) -> list[str]:
    return [finding.message for finding in findings if finding.level is Level.ERROR]


def test_the_folder_carries_its_text_and_the_columns_of_numbers(wines: Path, metric: Path) -> None:
    folder = read(wines)
    spec = folder.spec_for("main")
    assert (spec.scorer, spec.code, spec.numbers) == ("metric.py", METRIC, ())
    assert METRIC not in repr(folder)


def test_a_folder_without_one_has_no_code(wines: Path) -> None:
    assert read(wines).spec_for("main").code is None


def test_it_must_be_there(wines: Path, metric: Path) -> None:
    metric.unlink()
    fault = only_fault(wines)
    assert (fault.key, fault.message) == ("scoring.scorer", "There is no file metric.py.")


def test_a_mistake_in_it_has_its_line(wines: Path, metric: Path) -> None:
    metric.write_text(METRIC + "def broken(:\n")
    assert "metric.py, line 5: this is not Python" in only_fault(wines).message


def test_it_is_utf_8(wines: Path, metric: Path) -> None:
    metric.write_bytes(METRIC.encode() + b"# \xff\n")
    assert only_fault(wines).message == "metric.py is not UTF-8."


def test_a_misspelt_parameter_is_answered_with_the_nearest(
    wines: Path, metric: Path, edit: Edit
) -> None:
    edit("weight =", "wieght =")
    fault = only_fault(wines)
    assert fault.key == "scoring.params"
    assert "no parameter “wieght”. Did you mean “weight”?" in fault.message


def test_the_kind_of_input_is_not_named_for_it(wines: Path, metric: Path, edit: Edit) -> None:
    edit('scorer = "metric.py"', 'scorer = "metric.py"\ninput = "labels"')
    assert only_fault(wines).key == "scoring.input"


def test_a_check_tries_it_on_the_answers(wines: Path, metric: Path, run: Run) -> None:
    findings = check_folder(read(wines), run=run)
    assert errors(findings) == []
    assert any("a perfect submission scores 2, 2." in f.message for f in findings)


def test_a_zero_has_no_sign(wines: Path, metric: Path, run: Run) -> None:
    metric.write_text(
        METRIC.replace(
            "float((truth == prediction).mean())", "-float((truth != prediction).mean())"
        )
    )
    findings = check_folder(read(wines), run=run)
    assert any("a perfect submission scores 0, 0." in f.message for f in findings)


def test_a_check_tells_the_wrong_direction(wines: Path, metric: Path, run: Run) -> None:
    metric.write_text(METRIC.replace("= True", "= False"))
    found = errors(check_folder(read(wines), run=run))
    assert any("Write higher_is_better = True in metric.py." in message for message in found)


def test_a_check_shows_the_trace_of_one_that_fails(wines: Path, metric: Path, run: Run) -> None:
    metric.write_text(METRIC.replace("return ", "return 1 / 0 + "))
    found = errors(check_folder(read(wines), run=run))
    assert all("ZeroDivisionError" in message for message in found)
    assert 'File "metric.py", line 4, in score' in found[0]
