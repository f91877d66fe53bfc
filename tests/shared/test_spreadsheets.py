"""Tables to take along: the same rows as CSV and as a workbook."""

import csv
from collections.abc import Iterator
from io import StringIO

import pytest

from server.shared.spreadsheets import Table, cell, csv_lines, sent
from server.shared.workbooks import TYPE
from tests.shared.test_workbooks import cells_of


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_no_text_becomes_a_formula(text):
    assert cell(text) == "'" + text


def test_no_heading_becomes_a_formula_either():
    assert "'=cmd()" in "".join(csv_lines(("name", "=cmd()"), []))


def test_numbers_stay_numbers_even_negative_ones():
    assert cell(-0.5) == -0.5
    assert cell(0.0) == 0.0


@pytest.mark.parametrize("text", ["-3", "-0.50"])
def test_a_grade_below_zero_is_imported_as_it_is(text):
    assert cell(text) == text


def test_a_table_begins_with_a_byte_order_mark_and_quotes_what_needs_it():
    text = "".join(csv_lines(("a", "b"), [('say "hi", you', None), ("two\nlines", 3)]))
    assert text.startswith("\ufeffa,b\r\n")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[1:] == [['say "hi", you', ""], ["two\nlines", "3"]]
    assert text.endswith("\r\n")


def test_both_forms_have_the_same_rows():
    table = Table("board", ("team", "score"), [("=Grapes", 0.5), ("王伟", None)])
    as_csv, as_workbook = sent(table, "csv"), sent(table, "xlsx")
    assert as_csv.get_data(as_text=True) == "\ufeffteam,score\r\n'=Grapes,0.5\r\n王伟,\r\n"
    assert as_csv.headers["Content-Disposition"] == "attachment; filename=board.csv"
    assert as_workbook.mimetype == TYPE
    assert as_workbook.headers["Content-Disposition"] == "attachment; filename=board.xlsx"
    length, data = as_workbook.content_length, as_workbook.get_data()
    assert length == len(data)
    assert cells_of(data) == [["team", "score"], ["=Grapes", 0.5], ["王伟", None]]


def test_rows_that_last_are_sent_as_they_are_read():
    read: list[int] = []

    def rows() -> Iterator[tuple[int]]:
        for number in range(100_000):
            read.append(number)
            yield (number,)

    lines = iter(sent(Table("t", ("n",), rows()), "csv", lasting=True).response)
    assert next(lines) == "\ufeff"
    next(lines)
    assert 0 < len(read) < 50_000
