"""`varsity check` for people and for programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def folder(varsity, tmp_path) -> Path:
    assert varsity("new", "wines").exit_code == 0
    return tmp_path / "wines"


def test_a_new_challenge_is_in_order_and_told_what_to_expect(varsity, folder) -> None:
    answer = varsity("check", str(folder))
    assert answer.exit_code == 0
    assert "To correct before launch" not in answer.stdout
    assert "Worth a second look (1)" in answer.stdout, "89 wines are few, and it is said"
    assert "tells two submissions apart when they differ by" in answer.stdout
    assert "→ " in answer.stdout
    assert "a perfect submission scores 1, as it should" in answer.stdout


def test_a_program_gets_each_line_with_its_numbers_and_its_step(varsity, folder) -> None:
    found = varsity.json("check", str(folder))
    assert found["ok"]
    assert not found["quick"]
    (line,) = [line for line in found["findings"] if line["code"] == "detectable"]
    assert line["level"] == "warning"
    assert line["values"]["deciding"] > line["values"]["reach"]
    assert line["fix"] == "solution"
    assert 0 < line["values"]["deciding"] < 1
    assert {"message", "why", "remedy", "how", "where", "phase"} <= set(line)


def test_a_quick_check_reads_no_solution(varsity, folder) -> None:
    found = varsity.json("check", str(folder), "--quick")
    assert found["quick"]
    assert {line["code"] for line in found["findings"]} == {"terms"}


def test_an_error_is_named_first_and_stops_a_launch(varsity, folder) -> None:
    data, answers = folder / "data" / "test.csv", folder / "private" / "solution.csv"
    truth = dict(line.split(",") for line in answers.read_text().splitlines())
    lines = [f"{line},{truth[line.split(',')[0]]}" for line in data.read_text().splitlines()]
    data.write_text("\n".join(lines) + "\n")
    answer = varsity("check", str(folder))
    assert answer.exit_code == 1
    assert answer.stdout.startswith("To correct before launch (1)")
    assert "holds the answers of phase main" in answer.stdout
    assert "is not ready: 1 to correct" in answer.stderr


def test_a_folder_that_cannot_be_read_is_told_to_a_program_too(varsity, folder) -> None:
    definition = folder / "challenge.toml"
    definition.write_text(definition.read_text().replace("per_day", "per_dya"))
    answer = varsity("check", str(folder), "--json")
    assert answer.exit_code == 1
    assert '"code": "folder"' in answer.stdout
    assert '"fix": "phases"' in answer.stdout


def test_a_file_whose_name_is_no_text_is_told_as_well_as_that_can_be(folder) -> None:
    Path(os.fsdecode(bytes(folder / "data") + b"/caf\xe9.csv")).write_text("id\n1\n")
    command = [sys.executable, "-m", "server.cli.main", "check", str(folder)]
    here = {"cwd": Path(__file__).parents[2], "capture_output": True, "check": False}
    spoken, written = subprocess.run(command, **here), subprocess.run([*command, "--json"], **here)
    for answer in (spoken, written):
        assert answer.returncode == 1
        assert b"Traceback" not in answer.stderr
        assert b"caf\\udce9.csv" in answer.stdout + answer.stderr
    assert json.loads(written.stdout)["faults"]


def test_links_in_a_circle_and_names_that_cannot_be_are_files_that_are_not_there(
    varsity, folder
) -> None:
    (folder / "data" / "round").symlink_to("round")
    definition = folder / "challenge.toml"
    text = definition.read_text()
    for name in ("data/round", "data/\\u0000"):
        definition.write_text(text.replace('"data/sample_submission.csv"', f'"{name}"'))
        answer = varsity("check", str(folder))
        assert answer.exit_code == 1
        assert "There is no file data/" in answer.stderr


def test_a_wrong_setting_is_named_by_who_needs_no_instance(varsity, folder, monkeypatch) -> None:
    monkeypatch.setenv("VARSITY_REPLICATES", "7")
    sample = folder / "data" / "sample_submission.csv"
    for command in (("check", str(folder)), ("score", str(folder), str(sample))):
        answer = varsity(*command)
        assert answer.exit_code == 1
        assert "VARSITY_REPLICATES: Input should be greater than" in answer.stderr
