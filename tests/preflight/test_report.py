"""The report: its levels, its JSON, and what it says of scores, boards, times and terms."""

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtri

from server.preflight.budget import Budget
from server.preflight.report import Level, Report, in_words, share_in_words
from tests.preflight.folders import HEAD, NOW, PHASE, Data, checked, complaints, data_of, found

QUICK = Budget(fields=20, permutations=20)


@pytest.fixture
def breast() -> Data:
    return data_of("breast")


def check(data: Data, tmp_path: Path) -> Report:
    return checked(data.write(tmp_path / "challenge"), budget=QUICK)


def test_a_report_is_the_same_each_time_and_comes_back_from_json(
    breast: Data, tmp_path: Path
) -> None:
    folder = breast.write(tmp_path / "challenge")
    one, two = checked(folder, budget=QUICK), checked(folder, budget=QUICK)
    assert one == two
    assert Report.from_json(one.to_json()) == one
    assert one.ok
    levels = [list(Level).index(line.level) for line in one.lines]
    assert levels == sorted(levels)


def test_every_line_reads_as_sentences_without_a_place_left_open(
    breast: Data, tmp_path: Path
) -> None:
    for line in check(breast, tmp_path).lines:
        for sentence in (line.said, line.why, line.remedy, line.how):
            told = line.told(sentence)
            assert "%(" not in told
            assert "%%" not in told
        if line.level is not Level.PASSED:
            assert line.why
            assert line.remedy


def test_the_smallest_difference_is_that_of_the_paired_error(breast: Data, tmp_path: Path) -> None:
    line = found(check(breast, tmp_path), "detectable")
    truth, said = breast.answers.to_numpy(), breast.baseline
    rows, share = line.values["rows"], (truth == said).mean()
    error = math.sqrt(share * (1 - share) / rows)
    assert line.values["deciding"] == pytest.approx((ndtri(0.975) + ndtri(0.8)) * error, rel=0.25)
    assert "correlation of 0.5" in line.told(line.how)


def test_two_baselines_measure_how_unlike_submissions_are(breast: Data, tmp_path: Path) -> None:
    folder = breast.write(tmp_path / "challenge")
    other = breast.baseline.copy()
    other[::9] = 1 - other[::9]
    pl.DataFrame({"id": breast.test["id"], "y": other}).write_csv(folder / "private" / "other.csv")
    with (folder / "challenge.toml").open("a") as file:
        file.write('[[baselines]]\nname = "other"\nphase = "main"\nfile = "private/other.csv"\n')
    line = found(checked(folder, budget=QUICK), "detectable")
    assert "Measured between" in line.told(line.how)
    apart = (other != breast.baseline).mean()
    error = math.sqrt(apart / line.values["rows"])
    assert line.values["deciding"] == pytest.approx(2.80 * error, rel=0.3)


def test_what_the_luckiest_of_all_tries_gains_grows_with_the_quota(
    breast: Data, tmp_path: Path
) -> None:
    few = found(checked(breast.write(tmp_path / "few" / "c"), budget=QUICK), "probing")
    breast.phase += "\ntotal = 10"
    less = found(checked(breast.write(tmp_path / "less" / "c"), budget=QUICK), "probing")
    assert (few.values["probes"], less.values["probes"]) == (100, 10)
    ratio = few.values["one"] / less.values["one"]
    assert ratio == pytest.approx(2.5076 / 1.5388, rel=1e-3)
    assert few.values["many"] > few.values["one"]
    assert few.level is Level.NOTE


def test_without_a_private_board_as_many_tries_as_rows_are_a_warning(
    breast: Data, tmp_path: Path
) -> None:
    breast.phase = "total = 1000\nper_day = 30"
    said = check(breast, tmp_path)
    assert {"no-private", "probing"} <= set(complaints(said))
    breast.phase += '\nranking = "ladder"'
    assert "probing" not in complaints(checked(breast.write(tmp_path / "ladder"), budget=QUICK))


def test_a_quick_report_looks_at_no_solution(breast: Data, tmp_path: Path) -> None:
    said = checked(breast.write(tmp_path / "challenge"), quick=True)
    assert said.quick
    assert {line.code for line in said.lines} == {"terms", "host"}


def test_a_solution_that_cannot_be_read_leaves_the_other_lines(
    breast: Data, tmp_path: Path
) -> None:
    folder = breast.write(tmp_path / "challenge")
    solution = folder / "private" / "solution.csv"
    lines = solution.read_text("utf-8").splitlines()
    solution.write_text("\n".join([*lines, lines[-1]]) + "\n", "utf-8")
    said = checked(folder, budget=QUICK)
    assert complaints(said) == {"solution": Level.ERROR}
    assert str(found(said, "solution").where) == "private/solution.csv"


def test_what_is_missing_of_licence_and_privacy_is_asked_for(breast: Data, tmp_path: Path) -> None:
    breast.head = 'title = "Planted"\n'
    assert set(complaints(check(breast, tmp_path))) == {"licence", "privacy", "summary"}
    breast.head = HEAD.replace("false", "true")
    said = checked(breast.write(tmp_path / "people"), budget=QUICK)
    assert found(said, "privacy-contact").where.line == 4


@pytest.mark.parametrize(
    ("times", "code", "level"),
    [
        ("2025-12-31T16:00:00Z", "past", Level.WARNING),
        ("2026-12-31T00:00:00Z", "midnight", Level.NOTE),
        ("2028-12-31T16:00:00Z", "length", Level.WARNING),
        ("2026-11-01T00:20:00Z", "length", Level.WARNING),
    ],
)
def test_a_time_that_can_hardly_be_meant_is_named(
    breast: Data, tmp_path: Path, times: str, code: str, level: Level
) -> None:
    breast.times = PHASE.replace("2026-12-31T16:00:00Z", times)
    if code == "past":
        breast.times = breast.times.replace("2026-11", "2025-11")
    line = found(checked(breast.write(tmp_path / "challenge"), quick=True), code)
    assert line.level is level
    assert (line.where.file, line.where.line) == ("challenge.toml", 13)


def test_a_challenge_without_a_host_is_told_what_its_certificates_would_say(
    breast: Data, tmp_path: Path
) -> None:
    line = found(checked(breast.write(tmp_path / "nobody"), quick=True), "host")
    assert (line.level, line.fix) == (Level.NOTE, "about")
    assert "server's address" in line.told(line.why)
    breast.head = HEAD + 'host = "Chair of Statistics"\n'
    said = checked(breast.write(tmp_path / "somebody"), quick=True)
    assert "host" not in {line.code for line in said.lines}


def test_how_long_a_phase_is_open_is_said_in_its_own_unit(breast: Data, tmp_path: Path) -> None:
    for times, said in (
        ("2026-11-01T00:20:00Z", "is open for 20 min."),
        ("2028-12-31T16:00:00Z", "is open for 791 days, more than a year."),
    ):
        breast.times = PHASE.replace("2026-12-31T16:00:00Z", times)
        line = found(checked(breast.write(tmp_path / said[12:14]), quick=True), "length")
        assert line.told(line.said).endswith(said)


def test_pictures_that_no_reader_would_see_are_named(breast: Data, tmp_path: Path) -> None:
    folder = breast.write(tmp_path / "challenge")
    (folder / "images").mkdir()
    (folder / "images" / "own.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "overview.md").write_text("![](images/own.png) ![](images/none.png)\n")
    (folder / "rules.md").write_text("![](https://elsewhere.example/x.png)\n")
    said = checked(folder, quick=True)
    lacking, elsewhere = found(said, "picture"), found(said, "picture-elsewhere")
    assert lacking.values == {"page": "overview", "source": "images/none.png"}
    assert (lacking.where.file, elsewhere.where.file) == ("overview.md", "rules.md")
    assert elsewhere.fix == "rules"
    assert "https://elsewhere.example/x.png" in elsewhere.told(elsewhere.said)


def test_times_of_a_demo_are_not_in_the_past(breast: Data, tmp_path: Path) -> None:
    breast.times = PHASE.replace("2026-11-01T00:00:00Z", '"-30d"').replace(
        "2026-12-31T16:00:00Z", '"-2d"'
    )
    assert complaints(checked(breast.write(tmp_path / "challenge"), quick=True)) == {}


def test_phases_that_overlap_and_many_tries_a_day_are_named(breast: Data, tmp_path: Path) -> None:
    breast.phase += f"\nper_day = 80\n[[phases]]\n{PHASE}".replace('"main"', '"b"')
    said = checked(breast.write(tmp_path / "challenge"), quick=True)
    assert found(said, "overlap").level is Level.NOTE
    assert found(said, "many-a-day").values["per_day"] == 80


@pytest.mark.parametrize(
    ("reveal", "starts", "warned"),
    [
        ("by_organiser", "2026-12-31T16:00:00Z", True),
        ("by_organiser", "2027-01-03T16:00:00Z", False),
        ("at_end", "2026-12-31T16:00:00Z", False),
    ],
)
def test_a_phase_that_waits_for_a_reveal_by_hand_is_named(
    breast: Data, tmp_path: Path, reveal: str, starts: str, *, warned: bool
) -> None:
    later = PHASE.replace("2026-11-01T00:00:00Z", starts).replace('"main"', '"b"')
    later = later.replace("2026-12-31T16:00:00Z\nsol", "2027-02-01T16:00:00Z\nsol")
    breast.phase += f'\nreveal = "{reveal}"\n[[phases]]\n{later}\nadmit_top = 3'
    said = checked(breast.write(tmp_path / "challenge"), quick=True)
    assert ("admission" in complaints(said)) is warned


def test_a_perfect_sample_stops_a_launch(breast: Data, tmp_path: Path) -> None:
    breast.sample = breast.answers
    breast.phase = ""
    breast.beside = {"Usage": np.where(np.arange(breast.test.height) % 2, "Public", "Private")}
    said = check(breast, tmp_path)
    assert complaints(said)["perfect-sample"] is Level.ERROR


def test_a_baseline_with_its_labels_swapped_is_found(breast: Data, tmp_path: Path) -> None:
    breast.baseline = 1 - breast.baseline
    assert {"baseline-order", "weak-baseline"} <= set(complaints(check(breast, tmp_path)))


def test_a_perfect_baseline_is_found(breast: Data, tmp_path: Path) -> None:
    breast.baseline = breast.answers.to_numpy()
    assert "perfect-baseline" in complaints(check(breast, tmp_path))


def test_a_metric_that_sees_no_difference_is_an_error(tmp_path: Path) -> None:
    data = data_of("digits")
    data.baseline, data.sample = None, 0
    data.scoring = 'scorer = "f1"\nparams = { average = "macro", labels = ["0"] }'
    honest = check(data, tmp_path)
    assert "blind-metric" not in complaints(honest)
    data.answers = pl.Series(np.zeros(data.test.height, dtype=int))
    data.train, data.sample = data.train.with_columns(y=pl.lit(0)), 1
    data.scoring = 'scorer = "accuracy"'
    said = checked(data.write(tmp_path / "blind"), budget=QUICK)
    assert complaints(said)["blind-metric"] is Level.ERROR


def test_zeros_under_a_relative_error_are_counted(tmp_path: Path) -> None:
    data = data_of("diabetes")
    data.answers[3] = 0
    data.answers[5] = 0
    data.scoring = 'scorer = "mape"'
    assert found(check(data, tmp_path), "zeros-in-truth").values["zeros"] == 2


def test_a_rare_class_under_a_mean_over_classes_is_named(tmp_path: Path) -> None:
    data = data_of("digits")
    keep = (data.answers != 8) | (pl.Series(np.arange(len(data.answers))) < 60)
    data.test, data.answers, data.baseline = data.test.filter(keep), data.answers.filter(keep), None
    data.scoring = 'scorer = "f1"\nparams = { average = "macro" }'
    assert found(check(data, tmp_path), "rare-class").values["label"] == "8"


def test_few_rows_and_a_class_that_one_board_lacks_are_named(breast: Data, tmp_path: Path) -> None:
    usage = np.where(np.arange(breast.test.height) < 260, "Private", "Public")
    rows = (breast.answers == 1) | pl.Series(usage == "Private")
    breast.beside = {"Usage": usage}
    breast.phase, breast.baseline = "", None
    breast.test, breast.answers = breast.test.filter(rows), breast.answers.filter(rows)
    breast.beside["Usage"] = usage[rows.to_numpy()]
    said = check(breast, tmp_path)
    assert found(said, "few-rows").values["board"] == "public"
    assert found(said, "missing-class").values["labels"] == "0"


def test_sides_with_other_answers_are_found_unless_they_are_meant(
    breast: Data, tmp_path: Path
) -> None:
    sick = breast.answers.to_numpy() == 0
    random = np.random.default_rng(3).random(len(sick))
    breast.beside = {"Usage": np.where(random < np.where(sick, 0.7, 0.2), "Public", "Private")}
    breast.phase = ""
    assert found(check(breast, tmp_path), "split").level is Level.WARNING
    high = breast.test["x0"].to_numpy() > np.median(breast.test["x0"].to_numpy())
    breast.beside = {"Usage": np.where(high, "Public", "Private")}
    line = found(checked(breast.write(tmp_path / "meant"), budget=QUICK), "split")
    assert (line.level, line.values["column"]) == (Level.NOTE, "x0")


def test_groups_are_named_as_units_and_stay_on_one_board(breast: Data, tmp_path: Path) -> None:
    clinic = np.arange(breast.test.height) % 40
    breast.beside = {"clinic": clinic}
    breast.phase += '\nsplit = { by = "group", column = "clinic" }'
    assert set(complaints(check(breast, tmp_path))) == {"group-without-unit"}
    breast.scoring += '\nunit_column = "clinic"'
    assert complaints(checked(breast.write(tmp_path / "units"), budget=QUICK)) == {}
    breast.beside["Usage"] = np.where(np.arange(len(clinic)) % 2, "Public", "Private")
    breast.beside["clinic"] = np.arange(len(clinic)) % 41
    breast.phase = ""
    said = checked(breast.write(tmp_path / "both"), budget=QUICK)
    assert found(said, "unit-on-both-sides").values["count"] == 41


def test_who_can_see_what_splits_the_rows_is_said(breast: Data, tmp_path: Path) -> None:
    breast.beside = {"year": 2000 + np.arange(breast.test.height) // 40}
    breast.test = breast.test.with_columns(year=pl.Series(breast.beside["year"]))
    breast.phase += '\nsplit = { by = "time", column = "year" }'
    assert found(check(breast, tmp_path), "split-seen").values["test"] == "test.csv"


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234567, "1,234,567"), (0.123456, "0.123"), (12345.6, "12,346"), ("<b>", "<b>")],
)
def test_numbers_are_written_with_the_digits_that_count(value: object, words: str) -> None:
    assert in_words(value) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0\N{NO-BREAK SPACE}%"),
        (1, "100\N{NO-BREAK SPACE}%"),
        (0.00001, "less than 0.1\N{NO-BREAK SPACE}%"),
        (0.99999, "more than 99.9\N{NO-BREAK SPACE}%"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_all(share: float, words: str) -> None:
    assert share_in_words(share) == words


def test_the_day_of_the_tests_is_in_the_phase() -> None:
    assert datetime(2026, 11, 1, tzinfo=UTC) < NOW
