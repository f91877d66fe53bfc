"""A table as an Excel workbook: numbers are numbers, text is text, whatever Excel's language.

A CSV file with commas opens in one column where decimals are written with a comma. A workbook
(Office Open XML, ECMA-376) does not depend on that, and no cell of it is taken for a formula.
"""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from math import isfinite
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPE = f"{KIND}.sheet"
FORMATS = "http://schemas.openxmlformats.org"
MAIN = f"{FORMATS}/spreadsheetml/2006/main"
LINKS = f"{FORMATS}/officeDocument/2006/relationships"
PACKAGE = f"{FORMATS}/package/2006"
PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
LONGEST_TITLE, LONGEST_CELL = 31, 32_767
WIDTHS = (10, 48)
# A title of a sheet has none of these.
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
register_namespace("r", LINKS)

Cell = str | float | int | None


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet; a cell that is None, or no finite number, stays empty."""
    table: list[Sequence[Cell]] = [header, *rows]
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _links("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": _book(title),
        "xl/_rels/workbook.xml.rels": _links("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": _sheet(table),
    }
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            # Without the moment of writing: the same table is the same file.
            content = tostring(part, encoding="UTF-8", xml_declaration=True)
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return buffer.getvalue()


def _types() -> Element:
    types = Element("Types", xmlns=f"{PACKAGE}/content-types")
    links = "application/vnd.openxmlformats-package.relationships+xml"
    SubElement(types, "Default", Extension="rels", ContentType=links)
    SubElement(types, "Default", Extension="xml", ContentType="application/xml")
    parts = (("/xl/workbook.xml", "sheet.main"), ("/xl/worksheets/sheet1.xml", "worksheet"))
    for path, kind in parts:
        SubElement(types, "Override", PartName=path, ContentType=f"{KIND}.{kind}+xml")
    return types


def _links(kind: str, target: str) -> Element:
    links = Element("Relationships", xmlns=f"{PACKAGE}/relationships")
    SubElement(links, "Relationship", Id="rId1", Type=f"{LINKS}/{kind}", Target=target)
    return links


def _book(title: str) -> Element:
    book = Element("workbook", xmlns=MAIN)
    name = _legal(title).translate(FORBIDDEN).strip(" '")[:LONGEST_TITLE].strip(" '") or "1"
    sheet = SubElement(SubElement(book, "sheets"), "sheet", name=name, sheetId="1")
    sheet.set(f"{{{LINKS}}}id", "rId1")
    return book


def _sheet(table: Sequence[Sequence[Cell]]) -> Element:
    sheet = Element("worksheet", xmlns=MAIN)
    if table[0]:
        columns = SubElement(sheet, "cols")
        for at in range(len(table[0])):
            longest = max(len(str(row[at] or "")) for row in table)
            width = str(min(max(longest + 2, WIDTHS[0]), WIDTHS[1]))
            SubElement(
                columns, "col", min=str(at + 1), max=str(at + 1), width=width, customWidth="1"
            )
    data = SubElement(sheet, "sheetData")
    for row in table:
        line = SubElement(data, "row")
        for value in row:
            _add(line, value)
    return sheet


def _add(line: Element, value: Cell) -> None:
    if isinstance(value, str):
        cell = SubElement(line, "c", t="inlineStr")
        text = SubElement(SubElement(cell, "is"), "t")
        text.set(PRESERVE, "preserve")
        text.text = _legal(value)[:LONGEST_CELL]
        return
    cell = SubElement(line, "c")
    if value is not None and isfinite(value):
        SubElement(cell, "v").text = repr(value)


def _legal(text: str) -> str:
    """Return a text without what XML 1.0 can't hold."""
    return ILLEGAL.sub("", text)
