"""Every challenge that Varsity ships is complete, deterministic, and gives nothing away."""

import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from scorers import InvalidPredictions
from scorers.evaluate import Evaluated, evaluate_file
from server.folders.contents import Folder
from server.folders.reading import read_folder
from server.preflight.checking import report
from server.preflight.report import Level
from tests.cast import NOON
from tests.challenges_data.running import BUNDLED, TWO_BOARDS, definition_of

CHALLENGES = sorted(path.parent.name for path in BUNDLED.glob("*/challenge.toml"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids_of(path: Path) -> list[str]:
    return [row["id"] for row in rows_of(path)]


def questions_of(folder: Path, phase: str) -> Path:
    own = folder / "data" / f"test_{phase}.csv"
    return own if own.exists() else folder / "data" / "test.csv"


def boards_of(slug: str, built: Path) -> list[tuple[Path, Path]]:
    """The test file and the solution of each phase."""
    folder = built / slug
    phases = definition_of(slug)["phases"]
    return [(questions_of(folder, p["slug"]), folder / p["solution"]) for p in phases]


def folder_of(slug: str, built: Path) -> Folder:
    return read_folder(built / slug, now=NOON, allow_relative_times=True)


def scored(folder: Folder, phase: str, file: Path) -> Evaluated:
    return evaluate_file(file, folder.solution_of(phase).path, folder.spec_for(phase))


def test_seven_challenges_are_bundled():
    assert CHALLENGES == [
        "breast-cancer",
        "diabetes",
        "digits",
        "doctor-visits",
        "mauna-loa-co2",
        "travel-mode",
        "wine-course",
    ]


@pytest.mark.parametrize("slug", CHALLENGES)
def test_a_bundled_challenge_passes_the_check_before_launch(slug: str, built: Path):
    found = report(folder_of(slug, built), now=NOON)

    assert found.at(Level.PASSED)
    assert [line for line in found.lines if line.level in (Level.ERROR, Level.WARNING)] == []


@pytest.mark.parametrize("slug", CHALLENGES)
def test_preparing_again_in_another_process_gives_the_same_bytes(
    slug: str, built: Path, built_elsewhere: Path
):
    out = built_elsewhere / slug
    again = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.csv")}
    before = {p.relative_to(built / slug): p.read_bytes() for p in (built / slug).rglob("*.csv")}
    assert len(again) >= 5
    assert again == before


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_ids_of_a_solution_are_those_of_its_test_rows_once_each(slug: str, built: Path):
    for test_file, solution in boards_of(slug, built):
        ids = ids_of(solution)

        assert sorted(ids) == sorted(ids_of(test_file))
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("slug", CHALLENGES)
def test_no_row_is_both_trained_on_and_asked_for(slug: str, built: Path):
    trained = set(ids_of(built / slug / "data" / "train.csv"))

    for test_file, _ in boards_of(slug, built):
        assert trained.isdisjoint(ids_of(test_file))


@pytest.mark.parametrize("slug", TWO_BOARDS)
def test_the_b_board_asks_about_rows_the_a_board_never_saw(slug: str, built: Path):
    (a_test, a_solution), (b_test, b_solution) = boards_of(slug, built)

    assert set(ids_of(a_test)).isdisjoint(ids_of(b_test))
    assert set(ids_of(a_solution)).isdisjoint(ids_of(b_solution))


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_order_of_the_test_rows_is_that_of_their_random_ids(slug: str, built: Path):
    for test_file, _ in boards_of(slug, built):
        assert ids_of(test_file) == sorted(ids_of(test_file))


@pytest.mark.parametrize("slug", CHALLENGES)
def test_ids_say_nothing_about_the_answer(slug: str, built: Path):
    target = definition_of(slug)
    for _, solution in boards_of(slug, built):
        rows = rows_of(solution)
        answer = list(rows[0])[1]
        codes = {value: code for code, value in enumerate(sorted({r[answer] for r in rows}))}
        values = [codes[row[answer]] for row in sorted(rows, key=lambda row: row["id"])]

        same_as_next = sum(a == b for a, b in pairwise(values))
        by_chance = sum((values.count(code) / len(values)) ** 2 for code in set(values))
        spread = (by_chance * (1 - by_chance) / len(values)) ** 0.5
        assert abs(same_as_next / len(values) - by_chance) < 5 * spread + 0.01, target["title"]


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_sample_has_the_header_of_a_submission(slug: str, built: Path):
    definition = definition_of(slug)
    folder = built / slug
    solution = rows_of(folder / definition["phases"][0]["solution"])
    header = list(rows_of(folder / definition["submission"]["sample"])[0])

    answer = list(solution[0])[1]
    expected = definition["submission"]["labels"] if slug == "travel-mode" else [answer]
    assert header == ["id", *expected]


@pytest.mark.parametrize("slug", CHALLENGES)
def test_every_board_has_a_sample_that_is_accepted(slug: str, built: Path):
    folder = folder_of(slug, built)
    for phase in folder.definition.phases:
        suffix = "_b" if phase.slug == "b" else ""
        sample = built / slug / "data" / f"sample_submission{suffix}.csv"

        assert scored(folder, phase.slug, sample).public is not None


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_baseline_beats_the_sample_on_every_board(slug: str, built: Path):
    folder = folder_of(slug, built)
    for baseline in definition_of(slug)["baselines"]:
        suffix = "_b" if baseline["phase"] == "b" else ""
        sample = built / slug / "data" / f"sample_submission{suffix}.csv"
        reached = scored(folder, baseline["phase"], built / slug / baseline["file"])
        plain = scored(folder, baseline["phase"], sample)

        higher = folder.definition.scoring.scorer in ("f1", "roc_auc", "accuracy")
        for ours, theirs in ((reached.public, plain.public), (reached.private, plain.private)):
            assert ours is not None
            assert theirs is not None
            assert ours.value > theirs.value if higher else ours.value < theirs.value


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_starter_script_runs_and_writes_the_baseline_of_the_board(
    slug: str, built: Path, started: Path
):
    baseline = definition_of(slug)["baselines"][-1]

    file = started / slug / "submission.csv"
    assert file.is_file(), (started / slug / "said").read_text()
    assert file.read_bytes() == (built / slug / baseline["file"]).read_bytes()


@pytest.mark.parametrize("slug", TWO_BOARDS)
def test_a_file_for_the_other_board_is_refused(slug: str, built: Path):
    folder = folder_of(slug, built)

    with pytest.raises(InvalidPredictions):
        scored(folder, "b", built / slug / "data" / "sample_submission.csv")


@pytest.mark.parametrize("slug", ["doctor-visits", "mauna-loa-co2"])
def test_rows_that_belong_together_are_on_one_side_of_the_board(slug: str, built: Path):
    unit = definition_of(slug)["scoring"]["unit_column"]
    rows = rows_of(built / slug / "private" / "solution.csv")
    sides = {row[unit]: row["Usage"] for row in rows}

    assert len(sides) < len(rows) / 2
    assert all(sides[row[unit]] == row["Usage"] for row in rows)


def test_no_household_is_trained_on_and_asked_for(built: Path):
    data = built / "doctor-visits" / "data"
    trained = {row["household"] for row in rows_of(data / "train.csv")}

    assert trained.isdisjoint(row["household"] for row in rows_of(data / "test.csv"))


def test_the_forecast_lies_after_everything_it_is_trained_on(built: Path):
    data = built / "mauna-loa-co2" / "data"
    last_known = max(row["date"] for row in rows_of(data / "train.csv"))

    assert last_known < min(row["date"] for row in rows_of(data / "test.csv"))


def test_quarters_make_the_interval_of_a_forecast_wider_than_weeks_would(
    built: Path, tmp_path: Path
):
    folder = folder_of("mauna-loa-co2", built)
    file = built / "mauna-loa-co2" / "private" / "baseline_line_and_season.csv"
    rows = rows_of(built / "mauna-loa-co2" / "private" / "solution.csv")
    lines = ["id,co2,Usage", *(f"{row['id']},{row['co2']},{row['Usage']}" for row in rows)]
    weekly = tmp_path / "solution.csv"
    weekly.write_text("\n".join(lines) + "\n", encoding="utf-8")
    spec = replace(folder.spec_for("forecast"), unit_column=None)

    by_quarter = scored(folder, "forecast", file).private
    by_week = evaluate_file(file, weekly, spec).private
    assert by_quarter is not None
    assert by_quarter.interval is not None
    assert by_week is not None
    assert by_week.interval is not None
    assert by_quarter.value == by_week.value
    assert width(by_quarter.interval) > 1.5 * width(by_week.interval)


def width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_pages_name_every_column_and_the_licence(slug: str, built: Path):
    text = (BUNDLED / slug / "data.md").read_text(encoding="utf-8")
    table = rows_of(built / slug / "data" / "train.csv")[0]

    assert "## Licence and citation" in text
    if slug not in ("digits", "breast-cancer"):
        unnamed = [name for name in table if name not in text]
        assert [name for name in unnamed if not name.startswith("general_cost_")] == []


@pytest.mark.parametrize("slug", CHALLENGES)
def test_the_pages_state_the_true_number_of_rows(slug: str, built: Path):
    text = (BUNDLED / slug / "data.md").read_text(encoding="utf-8")

    for file in (built / slug / "data").glob("*.csv"):
        assert f"| `{file.name}` | {len(rows_of(file)):,} |" in text
