"""A table as Excel opens it, read back by the format's own rules."""

from io import BytesIO
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import pytest

from server.shared.workbooks import LINKS, MAIN, Cell, workbook

M = f"{{{MAIN}}}"


def cells_of(data: bytes) -> list[list[str | float | None]]:
    """Follow the package from its root to the sheet, and read that."""
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: fromstring(archive.read(name)) for name in archive.namelist()}
    (root,) = parts["_rels/.rels"]
    book = parts[root.attrib["Target"]]
    sheet = book.find(f"{M}sheets/{M}sheet")
    assert sheet is not None
    (link,) = parts["xl/_rels/workbook.xml.rels"]
    assert sheet.attrib[f"{{{LINKS}}}id"] == link.attrib["Id"]
    rows = parts[f"xl/{link.attrib['Target']}"].findall(f"{M}sheetData/{M}row")
    return [[read(cell) for cell in row] for row in rows]


def read(cell) -> str | float | None:
    assert cell.find(f"{M}f") is None
    if cell.get("t") == "inlineStr":
        return cell.find(f"{M}is/{M}t").text or ""
    value = cell.find(f"{M}v")
    return None if value is None else float(value.text)


def title_of(title: str) -> str:
    with ZipFile(BytesIO(workbook(title, ["a"], []))) as archive:
        return (
            fromstring(archive.read("xl/workbook.xml")).find(f"{M}sheets/{M}sheet").attrib["name"]
        )


def test_numbers_are_numbers_and_text_is_text() -> None:
    rows: list[list[Cell]] = [["王伟", 0.8441558441558441, 3], ["77", None, float("nan")]]
    data = workbook("Grades", ["name", "score", "n"], rows)
    assert cells_of(data) == [
        ["name", "score", "n"], ["王伟", 0.8441558441558441, 3.0], ["77", None, None],
    ]  # fmt: skip
    assert workbook("Grades", ["name", "score", "n"], rows) == data


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "@x", "<b>&amp;", " a ", "a\nb", "\u202eabc"]
)
def test_no_text_is_a_formula_or_changes(text: str) -> None:
    assert cells_of(workbook("t", ["a"], [[text]])) == [["a"], [text]]


def test_what_the_format_can_not_hold_is_left_out() -> None:
    assert cells_of(workbook("t", ["a"], [["a\x00\x0b\ud800b\uffff"]])) == [["a"], ["ab"]]
    assert title_of("Homework 3: whose [grapes]? " * 3) == "Homework 3  whose  grapes   Hom"
    assert title_of("???") == "1"
