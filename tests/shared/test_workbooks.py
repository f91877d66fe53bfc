"""A table as Excel opens it, read back by another library than the one that writes it."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.shared import workbooks
from server.shared.errors import Conflict
from server.shared.workbooks import Cell, write_workbook


def written(title: str, header: list[str], rows: list[list[Cell]]) -> bytes:
    file = BytesIO()
    write_workbook(file, title, header, rows)
    return file.getvalue()


def read(data: bytes):
    (sheet,) = load_workbook(BytesIO(data)).worksheets
    return sheet


def cells_of(data: bytes) -> list[list[str | float | None]]:
    sheet = read(data)
    kinds = {cell.data_type for row in sheet for cell in row}
    assert kinds <= {"s", "n", "inlineStr"}, kinds
    assert not [cell for row in sheet for cell in row if cell.hyperlink]
    return [[cell.value for cell in row] for row in sheet]


def test_numbers_are_numbers_and_text_is_text() -> None:
    rows: list[list[Cell]] = [["王伟", 0.8441558441558441, 3], ["77", None, float("nan")]]
    data = written("Grades", ["name", "score", "n"], rows)
    assert cells_of(data) == [
        ["name", "score", "n"], ["王伟", 0.8441558441558441, 3], ["77", None, None],
    ]  # fmt: skip
    assert written("Grades", ["name", "score", "n"], rows) == data


@pytest.mark.parametrize("number", [0.1 + 0.2, -1 / 3, 1e-300, 123456789.01234567, 0.0, 10**9])
def test_a_number_keeps_every_digit(number: float) -> None:
    assert cells_of(written("t", ["a"], [[number]])) == [["a"], [number]]


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+1",
        "@x",
        "<b>&amp;",
        " a ",
        "a\nb",
        "\u202eabc",
        "https://x.example/",
        "<r></r>",
        "<r><t>x</t></r></is><f>1+1</f><is><r><t>y</t></r>",
        '</t></is></c><c r="A3"><f>1+1</f></c>',
    ],
)
def test_no_text_is_a_formula_or_a_link_or_changes(text: str) -> None:
    assert cells_of(written("t", ["a"], [[text]])) == [["a"], [text]]


def test_what_the_format_can_not_hold_is_left_out() -> None:
    assert cells_of(written("t", ["a"], [["a\x00\x0b\ud800b\uffff"]])) == [["a"], ["ab"]]
    title = "Homework 3: whose [grapes]? " * 3
    assert read(written(title, ["a"], [])).title == "Homework 3  whose  grapes   Hom"
    assert read(written("???", ["a"], [])).title == "1"


def test_the_header_stays_in_sight_and_columns_are_as_wide_as_their_text() -> None:
    sheet = read(written("t", ["team", "university", "note"], [["a", "慕尼黑工业大学", "x" * 900]]))
    assert sheet.freeze_panes == "A2"
    widths = [sheet.column_dimensions[column].width for column in "ABC"]
    assert 6 < widths[0] < 9 < 14 < widths[1] < 18 < 60 < widths[2] < 64


def test_more_rows_than_fit_are_refused_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    assert cells_of(written("t", ["a"], [[1], [2]])) == [["a"], [1], [2]]
    with pytest.raises(Conflict, match="CSV"):
        written("t", ["a"], [[1], [2], [3]])
