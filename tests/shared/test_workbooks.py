"""A table as Excel opens it, read back by another library than the one that writes it."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.shared.workbooks import Cell, workbook


def read(data: bytes):
    (sheet,) = load_workbook(BytesIO(data)).worksheets
    return sheet


def cells_of(data: bytes) -> list[list[str | float | None]]:
    sheet = read(data)
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}
    assert not [cell for row in sheet for cell in row if cell.hyperlink]
    return [[cell.value for cell in row] for row in sheet]


def test_numbers_are_numbers_and_text_is_text() -> None:
    rows: list[list[Cell]] = [["王伟", 0.8441558441558441, 3], ["77", None, float("nan")]]
    data = workbook("Grades", ["name", "score", "n"], rows)
    assert cells_of(data) == [
        ["name", "score", "n"], ["王伟", 0.8441558441558441, 3], ["77", None, None],
    ]  # fmt: skip
    assert workbook("Grades", ["name", "score", "n"], rows) == data


@pytest.mark.parametrize(
    "text",
    ["=HYPERLINK(1)", "+1", "@x", "<b>&amp;", " a ", "a\nb", "\u202eabc", "https://x.example/"],
)
def test_no_text_is_a_formula_or_a_link_or_changes(text: str) -> None:
    assert cells_of(workbook("t", ["a"], [[text]])) == [["a"], [text]]


def test_what_the_format_can_not_hold_is_left_out() -> None:
    assert cells_of(workbook("t", ["a"], [["a\x00\x0b\ud800b\uffff"]])) == [["a"], ["ab"]]
    title = "Homework 3: whose [grapes]? " * 3
    assert read(workbook(title, ["a"], [])).title == "Homework 3  whose  grapes   Hom"
    assert read(workbook("???", ["a"], [])).title == "1"
