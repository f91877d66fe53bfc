"""What a phase says of its split: each mistake with its line and its remedy."""

from pathlib import Path

import polars as pl
import pytest

from scorers.evaluate import check_solution
from scorers.spec import Split
from server.folders.reading import Level, check_folder
from tests.folders.folders import Edit, faults, only_fault, read

FRACTION = "public_fraction = 0.5 "


@pytest.fixture
def farms(wines: Path) -> Path:
    """The wines with the farm of each in the solution."""
    file = wines / "private" / "solution.csv"
    table = pl.read_csv(file).with_row_index("row")
    table.with_columns(farm=pl.col("row") % 9).drop("row").write_csv(file)
    return wines


def split(edit: Edit, text: str, fraction: str = FRACTION) -> None:
    edit(FRACTION, f"split = {text}\n{fraction}")


def test_a_split_by_group_reaches_the_scorer(farms: Path, edit: Edit) -> None:
    split(edit, '{ by = "group", column = "farm" }')
    folder = read(farms)
    spec = folder.spec_for("main")
    assert spec.split == Split("group", "farm")
    facts = check_solution(folder.solution_of("main").path, spec, sample=folder.sample)
    assert facts.public_rows == pytest.approx(0.5 * 89, abs=5)
    errors = [f for f in check_folder(folder) if f.level is Level.ERROR]
    assert not errors


def test_a_split_by_rows_is_what_there_is_without_one(wines: Path, edit: Edit) -> None:
    before = read(wines).spec_for("main")
    split(edit, '{ by = "rows" }')
    assert read(wines).spec_for("main") == before


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ('{ by = "group" }', "A split by group needs to know the column", "Add column"),
        ('{ by = "group", column = "fram" }', 'no column "fram"', 'Did you mean "farm"?'),
        ('{ by = "group", column = "cultivar" }', "holds the answers", "Name another column"),
        ('{ by = "rows", column = "farm" }', "reads no column", "Remove column"),
        ('{ by = "time", column = "farm", public = ["a"] }', "takes no values", "Remove public"),
        ('{ by = "gruop", column = "farm" }', 'by can\'t be "gruop"', 'Did you mean "group"?'),
        ('{ by = "group", colum = "farm" }', 'no key "colum"', 'Did you mean "column"?'),
        ('{ column = "farm" }', "by is missing", 'by = "group"'),
    ],
)
def test_a_mistake_is_named_with_its_line(
    farms: Path, edit: Edit, text: str, said: str, remedy: str
) -> None:
    split(edit, text)
    fault = only_fault(farms)
    assert said in fault.message
    assert remedy in fault.remedy
    lines = (farms / "challenge.toml").read_text("utf-8").splitlines()
    assert lines[fault.line - 1].startswith("split = ")


def test_values_decide_alone_how_much_is_public(farms: Path, edit: Edit) -> None:
    split(edit, '{ by = "column", column = "farm", public = ["1"] }')
    fault = only_fault(farms)
    assert fault.key == "phases[0].public_fraction"
    assert fault.remedy == "Remove public_fraction."


def test_a_split_that_needs_a_share_asks_for_one(farms: Path, edit: Edit) -> None:
    split(edit, '{ by = "time", column = "farm" }', fraction="#")
    assert only_fault(farms).remedy == "Add public_fraction = 0.3 to the phase."


def test_a_column_of_boards_and_a_split_contradict_each_other(farms: Path, edit: Edit) -> None:
    split(edit, '{ by = "group", column = "farm" }')
    file = farms / "private" / "solution.csv"
    pl.read_csv(file).with_columns(Usage=pl.lit("Public")).write_csv(file)
    assert {fault.key for fault in faults(farms)} == {
        "phases[0].split",
        "phases[0].public_fraction",
    }


def table(wines: Path, **columns: object) -> Path:
    """A table beside the solution that says which rows are public."""
    ids = pl.read_csv(wines / "private" / "solution.csv").select("id")
    path = wines / "private" / "usage.csv"
    ids.with_columns(**columns).write_csv(path)
    return path


def test_a_table_beside_the_solution_says_which_rows_are_public(wines: Path, edit: Edit) -> None:
    usage = pl.when(pl.int_range(pl.len()) < 9).then(pl.lit("Public")).otherwise(pl.lit("Private"))
    table(wines, Usage=usage)
    edit(FRACTION, f'usage = "private/usage.csv"\n{FRACTION}')
    folder = read(wines)
    spec, solution = folder.spec_for("main"), folder.solution_of("main").path
    facts = check_solution(solution, spec, sample=None)
    assert (facts.public_rows, facts.private_rows) == (9, 80)


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("private/usage.csv", {"usage": pl.lit("Public")}, "must have the columns id, Usage"),
        ("private/nothing.csv", {}, "nothing.csv"),
        ("data/train.csv", {}, "participants would download it"),
    ],
)
def test_a_table_that_says_nothing_of_rows_is_told(
    wines: Path, edit: Edit, name: str, columns: dict[str, object], said: str
) -> None:
    table(wines, **columns)
    edit(FRACTION, f'usage = "{name}"\n{FRACTION}')
    fault = only_fault(wines)
    assert (fault.key, said in fault.message) == ("phases[0].usage", True)


def test_a_column_of_boards_and_a_table_contradict_each_other(wines: Path, edit: Edit) -> None:
    path = table(wines, Usage=pl.lit("Public"))
    edit(FRACTION, 'usage = "private/usage.csv"\n#')
    file = wines / "private" / "solution.csv"
    pl.read_csv(file).join(pl.read_csv(path), on="id").write_csv(file)
    assert {fault.key for fault in faults(wines)} == {"phases[0].usage"}
