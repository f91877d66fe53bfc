"""What is planted is found, and honest data are not accused."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from server.preflight.budget import Budget
from server.preflight.report import Fix, Level
from tests.preflight.folders import Data, checked, complaints, data_of, found

QUICK = Budget(fields=20)


def check(data: Data, tmp_path: Path):
    return checked(data.write(tmp_path / "planted"), budget=QUICK)


@pytest.mark.parametrize("name", ["digits", "breast", "diabetes"])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_honest_challenge_is_not_accused(name: str, seed: int, tmp_path: Path) -> None:
    said = check(data_of(name, seed=seed), tmp_path)
    assert complaints(said) == {}
    assert found(said, "leaks").level is Level.PASSED
    assert found(said, "order").level is Level.PASSED
    assert found(said, "split").level is Level.PASSED


@pytest.fixture
def digits() -> Data:
    return data_of("digits")


@pytest.fixture
def breast() -> Data:
    return data_of("breast")


@pytest.mark.parametrize(("share", "level"), [(0.1, Level.WARNING), (0.8, Level.ERROR)])
def test_test_rows_that_stand_in_train_are_found(
    digits: Data, tmp_path: Path, share: float, level: Level
) -> None:
    count = round(share * digits.test.height)
    copied = digits.test[:count].with_columns(y=digits.answers[:count], id=pl.col("id") + 100_000)
    digits.train = pl.concat([digits.train, copied.select(digits.train.columns)])
    said = check(digits, tmp_path)
    line = found(said, "same-rows")
    assert line.level is level
    assert line.values["rows"] == count
    assert line.values["usual"] == "0\N{NO-BREAK SPACE}%"
    assert line.fix is Fix.DATA


def test_rows_that_stand_in_train_under_another_patient_are_found(
    digits: Data, tmp_path: Path
) -> None:
    count = digits.test.height
    copies = digits.train.head(count // 5).select(pl.exclude("id", "y"))
    others = digits.test.drop("id").tail(count - copies.height)
    patients = pl.Series("patient", [f"q{row // 3}" for row in range(count)])
    digits.test = (
        digits.test.select("id").hstack(pl.concat([copies, others])).with_columns(patients)
    )
    digits.train = digits.train.with_columns(
        patient=pl.Series([f"p{row // 3}" for row in range(digits.train.height)])
    )
    digits.beside = {"patient": patients}
    digits.scoring = 'scorer = "accuracy"\nunit_column = "patient"'
    digits.phase = 'public_fraction = 0.4\nsplit = { by = "group", column = "patient" }'
    assert found(check(digits, tmp_path), "same-rows").level is Level.WARNING


def test_rows_of_few_values_repeat_without_being_a_leak(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    both = pl.DataFrame(
        {
            "id": np.arange(2000) + 7000,
            "a": random.integers(0, 4, 2000),
            "b": random.integers(0, 3, 2000),
        }
    )
    both = both.sample(fraction=1, shuffle=True, seed=3).with_columns(
        id=pl.Series(random.permutation(90_000)[:2000])
    )
    y = pl.Series(random.integers(0, 2, 2000))
    data = Data(both[:1000].with_columns(y=y[:1000]), both[1000:].sort("id"), y[1000:])
    said = check(data, tmp_path)
    assert found(said, "same-rows").level is Level.NOTE
    assert "same-rows" not in complaints(said)


def test_numbers_written_otherwise_are_the_same_rows(digits: Data, tmp_path: Path) -> None:
    copied = digits.test.with_columns(y=digits.answers, id=pl.col("id") + 100_000)
    whole = [pl.col(n).cast(pl.Int64) for n in copied.columns if n.startswith("x")]
    digits.train = copied.with_columns(whole).select(digits.train.columns)
    assert found(check(digits, tmp_path), "same-rows").values["share"] == "100\N{NO-BREAK SPACE}%"


def test_ids_in_the_order_of_the_answers_are_found(digits: Data, tmp_path: Path) -> None:
    order = digits.answers.arg_sort()
    digits.test, digits.answers = digits.test[order], digits.answers[order]
    digits.test = digits.test.with_columns(id=np.arange(digits.test.height) + 5000)
    digits.baseline = None
    said = check(digits, tmp_path)
    line = found(said, "order")
    assert line.level is Level.WARNING
    assert line.values["trend"] > 0.9
    assert "order of the ids" in line.said


def test_blocks_of_equal_answers_in_the_file_are_found(breast: Data, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    blocks = np.argsort(
        random.permutation(len(breast.answers) // 20 + 1)[np.arange(len(breast.answers)) // 20],
        kind="stable",
    )
    order = breast.answers.arg_sort().to_numpy()[blocks]
    breast.test, breast.answers = breast.test[order], breast.answers[order]
    breast.baseline = None
    line = found(check(breast, tmp_path), "order")
    assert line.level is Level.WARNING
    assert "order of the rows" in line.said
    assert line.values["alike"] > 0.5


def test_an_order_that_a_column_tells_too_is_only_worth_knowing(
    breast: Data, tmp_path: Path
) -> None:
    order = breast.test["x0"].arg_sort()
    breast.test, breast.answers = breast.test[order], breast.answers[order]
    breast.test = breast.test.with_columns(id=np.arange(len(order)) + 5000)
    breast.baseline = None
    line = found(check(breast, tmp_path), "order")
    assert line.level is Level.NOTE
    assert line.values["column"] == "x0"


@pytest.mark.parametrize("name", ["digits", "breast", "diabetes"])
def test_a_column_made_from_the_answers_is_found(name: str, tmp_path: Path) -> None:
    data = data_of(name)
    labels = name != "diabetes"
    spell = (lambda y: y.cast(pl.String).replace("0", "none")) if labels else (lambda y: y**3 + 1)
    data.train = data.train.with_columns(code=spell(data.train["y"]))
    data.test = data.test.with_columns(code=spell(data.answers))
    said = check(data, tmp_path)
    line = found(said, "telling-column")
    assert line.values["column"] == "code"
    assert str(line.where) == "data/train.csv, line 1, column code"


def test_an_ordered_column_that_parts_two_classes_is_found(breast: Data, tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    breast.train = breast.train.with_columns(
        marker=pl.col("y") + random.random(breast.train.height) / 2
    )
    breast.test = breast.test.with_columns(
        marker=breast.answers + random.random(breast.test.height) / 2
    )
    assert found(check(breast, tmp_path), "telling-column").values["column"] == "marker"


def test_the_answers_beside_the_ids_stop_a_launch(breast: Data, tmp_path: Path) -> None:
    breast.test = breast.test.with_columns(y=breast.answers)
    said = check(breast, tmp_path)
    assert complaints(said)["answers-served"] is Level.ERROR
    assert found(said, "target-in-test").where.column == "y"


def test_a_label_that_nobody_can_learn_is_named(digits: Data, tmp_path: Path) -> None:
    digits.train = digits.train.filter(pl.col("y") != 4)
    assert found(check(digits, tmp_path), "unseen-label").values["labels"] == "4"


def test_ids_of_both_files_that_are_alike_are_worth_knowing(digits: Data, tmp_path: Path) -> None:
    digits.train = digits.train.with_columns(
        id=pl.concat([digits.test["id"], digits.test["id"] + 100_000])[: digits.train.height]
    )
    line = found(check(digits, tmp_path), "same-ids")
    assert line.level is Level.NOTE
    assert line.values["rows"] == digits.train.height


@pytest.mark.parametrize(("first", "share"), [("2025-01-01", None), ("2024-01-02", "less")])
def test_the_order_in_time_is_said(
    breast: Data, tmp_path: Path, first: str, share: str | None
) -> None:
    def days(count: int, start: str) -> pl.Series:
        begin = pl.Series([start]).str.to_date()[0]
        return pl.date_range(begin, begin + pl.duration(days=count - 1), eager=True)

    breast.train = breast.train.with_columns(
        visit_date=days(breast.train.height, "2024-01-01").shuffle(1)
    )
    breast.test = breast.test.with_columns(visit_date=days(breast.test.height, first).shuffle(1))
    line = found(check(breast, tmp_path), "time-order")
    assert line.level is (Level.PASSED if share is None else Level.NOTE)


def test_a_file_too_large_to_search_is_named(digits: Data, tmp_path: Path) -> None:
    said = checked(digits.write(tmp_path / "planted"), budget=Budget(bytes=10_000, fields=20))
    named = {line.values["name"] for line in said.lines if line.code == "not-searched"}
    assert named == {"train.csv", "test.csv"}


def test_a_name_with_control_characters_and_places_does_no_harm(
    breast: Data, tmp_path: Path
) -> None:
    name = "<b>\x1b[31m%(phase)s 100%" + "x" * 400
    for frame in ("train", "test"):
        answers = breast.train["y"] if frame == "train" else breast.answers
        spelt = answers.cast(pl.String).replace("0", "none")
        setattr(breast, frame, getattr(breast, frame).with_columns(spelt.alias(name)))
    line = found(check(breast, tmp_path), "telling-column")
    told = line.told(line.said)
    assert "\x1b" not in told
    assert "%(phase)s 100%" in told
    assert len(told) < 500
    assert "\x1b" not in str(line.where)


@pytest.mark.parametrize("named_in_test", [True, False])
def test_groups_with_rows_in_train_and_in_test_are_counted(
    digits: Data, tmp_path: Path, named_in_test: bool
) -> None:
    asked = pl.Series("patient", [f"q{row // 3}" for row in range(digits.test.height)])
    shown = [f"p{row // 3}" for row in range(digits.train.height)]
    shown[:20] = ["q0"] * 10 + ["q1"] * 10
    digits.train = digits.train.with_columns(patient=pl.Series(shown))
    if named_in_test:
        digits.test = digits.test.with_columns(asked)
    digits.beside = {"patient": asked}
    digits.scoring = 'scorer = "accuracy"\nunit_column = "patient"'
    digits.phase = 'public_fraction = 0.4\nsplit = { by = "group", column = "patient" }'
    (line,) = [line for line in check(digits, tmp_path).lines if line.code == "same-groups"]
    assert line.level is Level.WARNING
    assert line.values["both"] == 2
    assert line.values["asked"] == asked.n_unique()


def test_groups_that_stand_on_one_side_alone_are_no_matter(digits: Data, tmp_path: Path) -> None:
    asked = pl.Series("patient", [f"q{row // 3}" for row in range(digits.test.height)])
    digits.train = digits.train.with_columns(
        patient=pl.Series([f"p{row // 3}" for row in range(digits.train.height)])
    )
    digits.beside = {"patient": asked}
    digits.scoring = 'scorer = "accuracy"\nunit_column = "patient"'
    digits.phase = 'public_fraction = 0.4\nsplit = { by = "group", column = "patient" }'
    assert not [line for line in check(digits, tmp_path).lines if line.code == "same-groups"]


def test_a_data_file_whose_header_names_a_column_twice_is_said_to_be_no_table(
    digits: Data, tmp_path: Path
) -> None:
    folder = digits.write(tmp_path / "challenge")
    (folder / "data" / "more.csv").write_text("id,x,x\n1,2,3\n", "utf-8")
    lines = [line for line in checked(folder).lines if line.code == "no-table"]
    assert [line.where.file for line in lines] == ["data/more.csv"]
    assert "the column “x” more than once" in lines[0].told(lines[0].said)
