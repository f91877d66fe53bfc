from pathlib import Path

import polars as pl
import pytest

from tests.folders.folders import Edit, faults, only_fault


def add_phase(folder: Path, *lines: str) -> None:
    defaults = {
        "slug": '"final"',
        "starts": "2027-02-01T00:00:00Z",
        "ends": "2027-02-08T00:00:00Z",
        "solution": '"private/solution.csv"',
    }
    keys = defaults | {key: value for key, _, value in (line.partition(" = ") for line in lines)}
    with (folder / "challenge.toml").open("a", encoding="utf-8") as file:
        file.write("\n[[phases]]\n" + "".join(f"{key} = {keys[key]}\n" for key in keys))


def line_of(path: Path, key: str) -> int:
    lines = (path / "challenge.toml").read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(key))


def test_a_missing_sample_is_named(wines: Path) -> None:
    (wines / "data" / "sample_submission.csv").unlink()
    fault = only_fault(wines)
    assert (fault.key, fault.line) == ("submission.sample", line_of(wines, "sample"))


def test_a_sample_without_the_id_column_is_answered_with_its_columns(
    wines: Path, edit: Edit
) -> None:
    edit('id_column = "id"', 'id_column = "ID"')
    fault = only_fault(wines)
    assert fault.message == 'data/sample_submission.csv has no column "ID".'
    assert '"id"' in fault.remedy


def test_a_sample_with_nothing_to_predict_is_refused(wines: Path) -> None:
    (wines / "data" / "sample_submission.csv").write_text("id\n1\n", "utf-8")
    assert "no column to predict" in only_fault(wines).message


def test_a_sample_larger_than_a_submission_may_be_is_refused(wines: Path, edit: Edit) -> None:
    edit("max_bytes = 1_000_000", "max_bytes = 100")
    assert only_fault(wines).key == "submission.max_bytes"


def test_a_sample_that_is_no_table_is_refused(wines: Path, edit: Edit) -> None:
    edit("sample_submission.csv", "sample_submission.parquet")
    (wines / "data" / "sample_submission.parquet").write_bytes(b"PAR1 but no more")
    assert only_fault(wines).key == "submission.sample"


def test_more_bytes_than_the_server_takes_are_refused(wines: Path) -> None:
    fault = only_fault(wines, max_bytes_limit=500_000)
    assert (fault.key, fault.line) == ("submission.max_bytes", line_of(wines, "max_bytes"))
    assert "500_000" in fault.remedy


def test_an_unknown_scorer_is_answered_with_the_nearest(wines: Path, edit: Edit) -> None:
    edit('also = ["accuracy"]', 'also = ["acuracy"]')
    fault = only_fault(wines)
    assert fault.key == "scoring.also[0]"
    assert "accuracy" in fault.message


@pytest.mark.parametrize("params", ['{ averag = "macro" }', '{ average = "x" }', '{ name = "x" }'])
def test_a_parameter_that_the_scorer_lacks_is_named(wines: Path, edit: Edit, params: str) -> None:
    edit('{ average = "macro" }', params)
    fault = only_fault(wines)
    assert (fault.key, fault.line) == ("scoring.params", line_of(wines, "params"))


def test_a_scorer_shown_beside_must_read_the_same_kind_of_file(wines: Path, edit: Edit) -> None:
    edit('also = ["accuracy"]', 'also = ["rmse", "f1"]')
    kinds, twice = sorted(faults(wines), key=lambda fault: fault.key or "")
    assert (kinds.key, "rmse reads numbers, but f1 reads labels" in kinds.message) == (
        "scoring.also[0]",
        True,
    )
    assert (twice.key, twice.message) == ("scoring.also[1]", '"f1" is shown already.')


def test_a_scorer_of_one_column_refuses_a_sample_with_two(wines: Path, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "cohen_kappa"')
    edit('params = { average = "macro" }', "#")
    sample = wines / "data" / "sample_submission.csv"
    pl.read_csv(sample).with_columns(more=pl.lit("x")).write_csv(sample)
    fault = only_fault(wines)
    assert fault.key == "scoring.scorer"
    assert "one prediction column; the sample has 2" in fault.message


def test_labels_beside_probabilities_are_the_columns_of_the_sample(wines: Path, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "log_loss"')
    edit('params = { average = "macro" }', "#")
    edit('also = ["accuracy"]', "#")
    sample = wines / "data" / "sample_submission.csv"
    columns = [pl.lit(0.5).alias(name) for name in ("class_0", "class_9")]
    pl.read_csv(sample).select("id", *columns).write_csv(sample)
    fault = only_fault(wines)
    assert (fault.key, "class_0, class_9" in fault.message) == ("submission.labels", True)


def test_labels_have_no_meaning_for_a_scorer_of_numbers(wines: Path, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "rmse"')
    edit('params = { average = "macro" }', "#")
    edit('also = ["accuracy"]', "#")
    assert only_fault(wines).key == "submission.labels"


def test_a_phase_ends_after_it_starts(wines: Path, edit: Edit) -> None:
    edit("ends = 2027", "ends = 2025")
    assert only_fault(wines).key == "phases[0].ends"


def test_two_phases_need_two_slugs(wines: Path) -> None:
    add_phase(wines, 'slug = "main"')
    assert only_fault(wines).key == "phases[1].slug"


def test_the_first_phase_admits_everybody(wines: Path, edit: Edit) -> None:
    edit("per_day = 5", "admit_top = 3\nper_day = 5")
    assert only_fault(wines).key == "phases[0].admit_top"


def test_a_phase_that_admits_the_best_waits_for_the_end_of_the_one_before(wines: Path) -> None:
    add_phase(wines, "admit_top = 3", "starts = 2026-12-01T00:00:00Z")
    assert only_fault(wines).key == "phases[1].admit_top"


def test_teams_are_locked_before_the_last_end(wines: Path, edit: Edit) -> None:
    edit("# lock_at = 2026", "lock_at = 2028")
    assert only_fault(wines).key == "teams.lock_at"


def test_a_fraction_beside_a_usage_column_is_refused(wines: Path) -> None:
    solution = wines / "private" / "solution.csv"
    usage = pl.read_csv(solution).with_columns(Usage=pl.lit("Public"))
    usage.write_csv(solution)
    assert only_fault(wines).key == "phases[0].public_fraction"


def test_a_baseline_names_a_phase_and_a_file_that_exist(wines: Path, edit: Edit) -> None:
    edit('phase = "main"', 'phase = "mian"')
    edit("private/baseline_logistic.csv", "private/nothing.csv")
    phase, file = faults(wines)
    assert (phase.key, '"main"' in phase.remedy) == ("baselines[0].phase", True)
    assert file.key == "baselines[0].file"


def test_a_scorer_shown_beside_takes_the_parameters_that_it_shares(wines: Path, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "map_at_k"')
    edit('params = { average = "macro" }', "params = { k = 3 }")
    edit('also = ["accuracy"]', 'also = ["hit_rate_at_k", "err"]')
    found = [fault for fault in faults(wines) if fault.key != "submission.labels"]
    assert [fault.key for fault in found] == ["scoring.also[1]"]
    assert "err needs the parameter “max_grade”" in found[0].message
