"""Every table that can be taken along has the same cells as CSV and as a workbook."""

import csv
from io import StringIO

from server.shared.spreadsheets import ENDING, cell
from server.shared.workbooks import TYPE
from tests.security.addresses import addresses
from tests.security.world import World
from tests.shared.test_workbooks import Cell, cells_of


def as_csv(value: Cell) -> str:
    """Return a cell of a workbook as the CSV writes it."""
    return str(cell(value))


def same(written: str, value: Cell) -> bool:
    """Whether two cells say the same; a workbook has one kind of number, and 2.0 is 2."""
    return written == as_csv(value) or (
        isinstance(value, float | int) and float(written) == float(value)
    )


def test_both_forms_of_every_table_have_the_same_cells(world: World) -> None:
    paths = [a.path for a in addresses(world) if a.rule.endswith(ENDING)]
    tables = {path.removesuffix(".csv") for path in paths if path.endswith(".csv")}
    browser, read = world.browser("administrator"), 0
    for path in sorted(tables):
        plain, book = browser.get(f"{path}.csv"), browser.get(f"{path}.xlsx")
        assert (book.status_code, path) == (plain.status_code, path)
        if plain.status_code != 200:
            continue
        read += 1
        assert book.mimetype == TYPE
        lines = list(csv.reader(StringIO(plain.text.removeprefix("\ufeff"), newline="")))
        rows = cells_of(book.data)
        assert len(rows) == len(lines)
        pairs = [
            p for line, row in zip(lines, rows, strict=True) for p in zip(line, row, strict=True)
        ]
        assert [p for p in pairs if not same(*p)] == [], path
    assert read >= 7
