from pathlib import Path

import polars as pl

from server.folders.reading import Finding, Level, check_folder, score_file
from tests.folders.folders import read

LABELS = ["class_0", "class_1", "class_2"]


def change(folder: Path, *changes: tuple[str, str]) -> None:
    file = folder / "challenge.toml"
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def complaints(folder: Path) -> list[Finding]:
    findings = check_folder(read(folder))
    return [finding for finding in findings if finding.level is not Level.OK]


def only_complaint(folder: Path) -> Finding:
    (finding,) = complaints(folder)
    return finding


def test_a_good_folder_is_told_what_its_files_score(wines: Path) -> None:
    findings = check_folder(read(wines))
    assert {finding.level for finding in findings} == {Level.OK}
    said = "\n".join(finding.message for finding in findings)
    assert "89 rows: 45 public, 44 private, 0 ignored" in said
    assert "sample_submission.csv scores 0." in said
    baseline = score_file(wines, wines / "private" / "baseline_logistic.csv").result.public
    assert baseline is not None
    assert f"the baseline “logistic regression” scores {baseline.value:.6f} [" in said
    assert "] public, " in said


def test_a_baseline_with_a_foreign_id_would_be_rejected(wines: Path) -> None:
    file = wines / "private" / "baseline_logistic.csv"
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([*lines[:-1], "9999,class_0"]) + "\n", "utf-8")
    finding = only_complaint(wines)
    assert finding.level is Level.ERROR
    assert "would reject the baseline “logistic regression”" in finding.message
    assert "9999" in finding.message


def test_a_sample_of_other_rows_is_an_error(wines: Path) -> None:
    sample = wines / "data" / "sample_submission.csv"
    pl.read_csv(sample).head(50).write_csv(sample)
    finding = only_complaint(wines)
    assert finding.level is Level.ERROR
    assert "would reject data/sample_submission.csv" in finding.message


def test_a_solution_with_an_id_twice_is_an_error(wines: Path) -> None:
    solution = wines / "private" / "solution.csv"
    text = solution.read_text("utf-8")
    solution.write_text(text + text.splitlines()[-1] + "\n", "utf-8")
    finding = only_complaint(wines)
    assert finding.level is Level.ERROR
    assert "private/solution.csv is wrong" in finding.message


def add_final_phase(folder: Path) -> pl.DataFrame:
    solution = pl.read_csv(folder / "private" / "solution.csv").with_columns(pl.col("id") + 1000)
    solution.write_csv(folder / "private" / "final.csv")
    with (folder / "challenge.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[phases]]\nslug = "final"\nstarts = 2027-02-01T00:00:00Z\n'
            'ends = 2027-02-08T00:00:00Z\nsolution = "private/final.csv"\npublic_fraction = 0.5\n'
        )
    return solution


def test_a_later_phase_with_a_test_set_of_its_own_wants_a_sample_of_its_own(wines: Path) -> None:
    add_final_phase(wines)
    finding = only_complaint(wines)
    assert finding.level is Level.WARNING
    assert finding.message == "No file in data/ shows a submission that phase final would accept."
    assert finding.remedy == "Add data/sample_submission_final.csv."


def test_a_later_solution_that_lacks_ids_of_the_sample_is_told_with_the_ids(wines: Path) -> None:
    add_final_phase(wines)
    solution = pl.read_csv(wines / "private" / "solution.csv")
    solution.head(-2).write_csv(wines / "private" / "final.csv")
    finding = only_complaint(wines)
    assert finding.level is Level.WARNING
    assert f"the id “{solution['id'][-1]}” is not one of the sample's" in finding.message


def test_the_sample_of_a_later_phase_is_found_by_its_columns(wines: Path) -> None:
    sample = add_final_phase(wines).with_columns(cultivar=pl.lit("class_1"))
    sample.write_csv(wines / "data" / "sample_of_the_final.csv")
    findings = check_folder(read(wines))
    assert {finding.level for finding in findings} == {Level.OK}
    assert any(
        finding.message.startswith("Phase final: data/sample_of_the_final.csv scores 0.")
        for finding in findings
    )


def test_without_private_rows_the_organiser_is_warned(wines: Path) -> None:
    change(wines, ("public_fraction = 0.5 ", "#"))
    solution = wines / "private" / "solution.csv"
    pl.read_csv(solution).with_columns(Usage=pl.lit("Public")).write_csv(solution)
    finding = only_complaint(wines)
    assert (finding.level, "no private rows" in finding.message) == (Level.WARNING, True)


def test_a_missing_or_empty_page_is_a_warning(wines: Path) -> None:
    change(wines, ('"data", "rules"]', '"data"]'))
    (wines / "data.md").write_text("\n", "utf-8")
    assert [(finding.level, finding.message) for finding in complaints(wines)] == [
        (Level.WARNING, "There is no rules page."),
        (Level.WARNING, "data.md is empty."),
    ]


def test_more_a_day_than_in_all_is_a_warning(wines: Path) -> None:
    change(wines, ("total = 100", "total = 3"))
    finding = only_complaint(wines)
    assert (finding.level, finding.remedy) == (Level.WARNING, "Write per_day = 3 or less.")


def test_a_sample_that_nobody_can_download_is_a_warning(wines: Path) -> None:
    (wines / "data" / "sample_submission.csv").rename(wines / "private" / "sample.csv")
    change(wines, ("data/sample_submission.csv", "private/sample.csv"))
    finding = only_complaint(wines)
    assert (finding.level, "can't download the sample" in finding.message) == (Level.WARNING, True)


def test_answers_left_in_the_test_file_are_an_error(wines: Path) -> None:
    test = pl.read_csv(wines / "data" / "test.csv")
    solution = pl.read_csv(wines / "private" / "solution.csv")
    test.join(solution, on="id").write_csv(wines / "data" / "test.csv")
    finding = only_complaint(wines)
    assert finding.level is Level.ERROR
    assert "data/test.csv holds the answers of phase main" in finding.message


def test_a_perfect_submission_of_probabilities_is_built_from_the_labels(wines: Path) -> None:
    change(
        wines,
        ('scorer = "f1"', 'scorer = "log_loss"'),
        ('params = { average = "macro" }', "#"),
        ('also = ["accuracy"]', "#"),
        ("labels = [", "# ["),
    )
    solution = pl.read_csv(wines / "private" / "solution.csv")
    even = solution.select("id", *(pl.lit(1 / 3).alias(label) for label in LABELS))
    even.write_csv(wines / "data" / "sample_submission.csv")
    even.write_csv(wines / "private" / "baseline_logistic.csv")
    findings = check_folder(read(wines))
    assert {finding.level for finding in findings} == {Level.OK}
    assert any("perfect submission scores 0, as" in finding.message for finding in findings)


def test_a_perfect_submission_of_one_probability_is_built_for_the_positive_class(
    wines: Path,
) -> None:
    change(
        wines,
        ('scorer = "f1"', 'scorer = "average_precision"'),
        ('params = { average = "macro" }', 'params = { pos_label = "class_1" }'),
        ('also = ["accuracy"]', "#"),
        ("labels = [", "# ["),
    )
    solution = pl.read_csv(wines / "private" / "solution.csv")
    two = solution.with_columns(cultivar=pl.col("cultivar").replace("class_2", "class_0"))
    two.write_csv(wines / "private" / "solution.csv")
    half = two.with_columns(cultivar=pl.lit(0.5))
    half.write_csv(wines / "data" / "sample_submission.csv")
    half.write_csv(wines / "private" / "baseline_logistic.csv")
    findings = check_folder(read(wines))
    assert {finding.level for finding in findings} == {Level.OK}
    assert any("perfect submission scores 1, as" in finding.message for finding in findings)


def test_a_solution_label_that_no_prediction_may_take_is_an_error(wines: Path) -> None:
    change(wines, ('"class_1", "class_2"]', '"class_1"]'))
    finding = only_complaint(wines)
    assert finding.level is Level.ERROR
    assert "class_2" in finding.message


def test_the_labels_of_the_sample_count_where_they_are_all_that_can_be_right(wines: Path) -> None:
    change(wines, ("labels = [", "# ["))
    assert read(wines).spec_for("main").labels is None
    sample = wines / "data" / "sample_submission.csv"
    table = pl.read_csv(sample)
    cycle = pl.Series("cultivar", [LABELS[row % 3] for row in range(table.height)])
    table.with_columns(cycle).write_csv(sample)
    assert read(wines).spec_for("main").labels == tuple(LABELS)
