from pathlib import Path

import pytest

from server.folders.reading import InvalidFolder, score_file
from tests.folders.folders import Edit, faults, only_fault, read


def test_a_folder_is_read_with_its_pages_files_solutions_and_baselines(wines: Path) -> None:
    folder = read(wines)
    assert folder.slug == "wines"
    assert folder.header == ("id", "cultivar")
    assert [(page.slug, page.title) for page in folder.pages] == [
        ("overview", "Overview"),
        ("data", "Data"),
        ("rules", "Rules"),
    ]
    assert [file.name for file in folder.files] == [
        "sample_submission.csv",
        "test.csv",
        "train.csv",
        "baseline.py",
    ]
    assert [file.size for file in folder.files] == [
        file.path.stat().st_size for file in folder.files
    ]
    assert folder.solution_of("main").path == wines / "private" / "solution.csv"
    assert [(line.name, line.phase) for line in folder.baselines] == [
        ("logistic regression", "main")
    ]


def test_reading_a_folder_again_gives_the_same_evaluation(wines: Path) -> None:
    assert read(wines).spec_for("main") == read(wines).spec_for("main")


def test_another_solution_gives_other_seeds(wines: Path) -> None:
    before = read(wines).spec_for("main")
    solution = wines / "private" / "solution.csv"
    solution.write_text(solution.read_text("utf-8") + "999,class_0\n", "utf-8")
    after = read(wines).spec_for("main")
    assert before.split_seed != after.split_seed
    assert before.replicate_seed != after.replicate_seed
    assert before.split_seed != before.replicate_seed


def test_the_evaluation_says_what_the_definition_says(wines: Path) -> None:
    spec = read(wines).spec_for("main")
    assert (spec.scorer, dict(spec.params), spec.also) == (
        "f1",
        {"average": "macro"},
        ("accuracy",),
    )
    assert (spec.id_columns, spec.header) == (("id",), ("id", "cultivar"))
    assert spec.labels == ("class_0", "class_1", "class_2")
    assert (spec.public_fraction, spec.replicates) == (0.5, 1000)


def test_a_folder_without_a_definition_is_refused(tmp_path: Path) -> None:
    assert "no challenge.toml" in only_fault(tmp_path).message
    assert "no such folder" in only_fault(tmp_path / "nowhere").message


def test_a_folder_whose_name_is_no_address_is_refused(wines: Path) -> None:
    fault = only_fault(wines.rename(wines.with_name("My Wines")))
    assert (fault.file, "my-wines" in fault.remedy) == ("My Wines", True)


def test_mistakes_of_form_and_of_sense_are_reported_together(wines: Path, edit: Edit) -> None:
    edit("per_day = 5", "per_dya = 5")
    edit('scorer = "f1"', 'scorer = "f2"')
    edit('solution = "private/solution.csv"', 'solution = "private/answers.csv"')
    (wines / "rules.md").unlink()
    assert [fault.key or fault.file for fault in faults(wines)] == [
        "scoring.scorer",
        "phases[0].solution",
        "phases[0].per_dya",
        "rules.md",
    ]


def test_a_file_is_scored_without_a_server(wines: Path) -> None:
    scored = score_file(wines, wines / "private" / "solution.csv")
    assert scored.phase == "main"
    assert scored.result.public is not None
    assert scored.result.public.value == 1.0
    assert scored.result.public.also == {"accuracy": 1.0}


def test_scoring_in_an_unknown_phase_names_the_phases(wines: Path) -> None:
    with pytest.raises(InvalidFolder, match="Known: main"):
        score_file(wines, wines / "private" / "solution.csv", phase="finale")
