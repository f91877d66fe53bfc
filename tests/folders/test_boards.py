"""What an organiser is told of a board that lacks a class, and of perfect scores not known."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from server.folders.answers import perfect_submission
from server.folders.reading import Level, check_folder
from tests.folders.folders import read

ROWS = 12


@pytest.fixture
def challenge(tmp_path: Path) -> Path:
    folder = tmp_path / "coins"
    folder.mkdir()
    return folder


def make_binary(
    folder: Path, scorer: str, solution: Mapping[str, Sequence[object]], phase: str
) -> None:
    ids = {"id": list(range(ROWS))}
    text = f"""title = "T"
summary = "S."
host = "H"
tags = ["tabular"]
pages = ["overview", "rules", "data"]
visibility = "public"
[submission]
id_column = "id"
sample = "data/sample.csv"
max_bytes = 1_000_000
[scoring]
{scorer}
[teams]
max_size = 4
same_university = true
join = "open"
[[phases]]
slug = "main"
title = "Main"
starts = 2026-11-22T00:00:00Z
ends = 2027-01-03T16:00:00Z
solution = "private/solution.csv"
per_day = 5
total = 100
ranking = "best"
select = 2
reveal = "at_end"
{phase}
"""
    (folder / "challenge.toml").write_text(text, "utf-8")
    for page in ("overview", "rules", "data"):
        (folder / f"{page}.md").write_text("x\n", "utf-8")
    for name in ("data", "private"):
        (folder / name).mkdir()
    pl.DataFrame({**ids, **solution}).write_csv(folder / "private" / "solution.csv")
    pl.DataFrame(ids | {"y": [0] * ROWS}).write_csv(folder / "data" / "sample.csv")


def error_of(folder: Path) -> tuple[str, str]:
    (found,) = [f for f in check_folder(read(folder)) if f.level is Level.ERROR]
    return found.message, found.remedy


def test_a_board_of_one_class_names_the_one_that_is_missing(challenge: Path) -> None:
    halves = ["Public", "Private"] * (ROWS // 2)
    solution: dict[str, Sequence[object]] = {"y": [0, 1] * (ROWS // 2), "Usage": halves}
    make_binary(challenge, 'scorer = "roc_auc"', solution, "")
    said, remedy = error_of(challenge)
    assert "The public board has no row of “1”." in said
    assert "The private board has no row of “0”." in said
    assert "Usage" in remedy


def test_a_drawn_board_of_one_class_asks_for_another_fraction(challenge: Path) -> None:
    solution = {"y": [1] + [0] * (ROWS - 1)}
    make_binary(challenge, 'scorer = "roc_auc"', solution, "public_fraction = 0.3")
    said, remedy = error_of(challenge)
    assert "board has no row of “1”." in said
    assert "public_fraction" in remedy


def test_answers_that_are_all_the_same_are_named_as_the_cause(challenge: Path) -> None:
    make_binary(challenge, 'scorer = "spearman"', {"y": [7] * ROWS}, "")
    said, _ = error_of(challenge)
    assert "All answers of the public board are the same." in said


@pytest.mark.parametrize("scorer", ["mutual_info_score", "hinge_loss"])
def test_no_perfect_score_is_claimed_where_none_is_known(challenge: Path, scorer: str) -> None:
    solution = {"y": [0, 1] * (ROWS // 2)}
    make_binary(challenge, f'scorer = "sklearn:{scorer}"', solution, "")
    findings = check_folder(read(challenge))
    assert not [f for f in findings if "a perfect submission" in f.message]
    assert [f for f in findings if "the answers themselves score" in f.message]


def test_a_share_from_scikit_learn_is_known_to_be_perfect_at_one(challenge: Path) -> None:
    solution = {"y": [0, 1] * (ROWS // 2)}
    make_binary(challenge, 'scorer = "sklearn:accuracy_score"', solution, "")
    said = [f.message for f in check_folder(read(challenge))]
    assert "Phase main: a perfect submission scores 1, as it should." in said


def test_a_positive_class_that_is_not_named_is_the_last_one(challenge: Path) -> None:
    solution = {"y": [0, 1] * (ROWS // 2)}
    make_binary(challenge, 'scorer = "brier_score"', solution, "")
    frame = perfect_submission(read(challenge), "main")
    assert frame is not None
    assert frame["y"].to_list() == [0, 1] * (ROWS // 2)
