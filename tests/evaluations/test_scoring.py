"""What the child says of a file: whose mistake it is, always as JSON."""

import json

import numpy as np
import pytest

from scorers.evaluate import EvaluationSpec
from server.evaluations.scoring import (
    Outcome,
    Report,
    SolutionReport,
    look_at_solution,
    score_file,
    spec_text,
)
from tests.scores import SPEC

TEXT = spec_text(SPEC)


@pytest.fixture
def files(tmp_path):
    solution, prediction = tmp_path / "solution.csv", tmp_path / "prediction.csv"
    rows = [f"{i},{i % 3},{'Public' if i % 2 else 'Private'}\n" for i in range(40)]
    solution.write_text("id,digit,Usage\n" + "".join(rows))
    prediction.write_text("id,digit\n" + "".join(f"{i},{i % 3}\n" for i in range(40)))
    return prediction, solution


def said(prediction, solution) -> Report:
    return Report.model_validate_json(score_file(str(prediction), str(solution), TEXT))


def test_a_perfect_file_scores_one_on_both_boards(files):
    report = said(*files)
    assert report.outcome is Outcome.SCORED
    assert (report.public.value, report.private.value) == (1.0, 1.0)
    assert (report.public.rows, report.private.rows) == (20, 20)
    replicates = np.frombuffer(report.public.replicate_bytes, "<f8")
    assert replicates.shape == (200,)
    assert np.isfinite(replicates).all()


def test_a_wrong_file_is_rejected_with_its_faults_in_their_places(files):
    prediction, solution = files
    prediction.write_text(prediction.read_text().replace("\n5,2\n", "\n5,\n"))
    report = said(prediction, solution)
    assert (report.outcome, report.fault_count) == (Outcome.REJECTED, 1)
    assert report.faults[0]["line"] == 7
    assert report.public is None


def test_a_file_that_is_no_table_is_rejected(files):
    prediction, solution = files
    prediction.write_bytes(b"\x00\xff\x00\xff" * 1000)
    assert said(prediction, solution).outcome is Outcome.REJECTED


def test_a_broken_solution_is_the_organisers_fault(files):
    prediction, solution = files
    solution.write_text("nonsense\n1\n")
    report = said(prediction, solution)
    assert report.outcome is Outcome.SOLUTION
    assert report.message


def test_a_fault_of_ours_carries_its_trace(files, monkeypatch):
    def burst(*_arguments, **_named):
        raise ZeroDivisionError("by design")

    monkeypatch.setattr("server.evaluations.scoring.evaluate_file", burst)
    report = said(*files)
    assert report.outcome is Outcome.FAULT
    assert "ZeroDivisionError: by design" in report.trace


def test_running_out_of_memory_is_not_hidden_in_a_report(files, monkeypatch):
    def burst(*_arguments, **_named):
        raise MemoryError

    monkeypatch.setattr("server.evaluations.scoring.evaluate_file", burst)
    with pytest.raises(MemoryError):
        score_file(*map(str, files), TEXT)


def test_a_look_at_a_solution_counts_its_rows_or_says_the_problem(files):
    _, solution = files
    facts = SolutionReport.model_validate_json(look_at_solution(str(solution), TEXT))
    assert facts == SolutionReport(rows=40, public_rows=20, private_rows=20, by_usage=True)
    solution.write_text("nonsense\n1\n")
    assert SolutionReport.model_validate_json(look_at_solution(str(solution), TEXT)).problem


def test_a_stored_spec_is_the_spec_again():
    spec = EvaluationSpec.from_json(TEXT)
    assert (spec.scorer, spec.replicates) == ("accuracy", 200)
    assert json.loads(TEXT) == SPEC
