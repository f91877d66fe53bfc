import csv
from io import StringIO

import pytest

from server.boards.exports import cell, csv_lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_no_text_becomes_a_formula(text):
    assert cell(text) == "'" + text


def test_no_heading_becomes_a_formula_either():
    assert "'=cmd()" in "".join(csv_lines(("name", "=cmd()"), []))


def test_numbers_stay_numbers_even_negative_ones():
    assert cell(-0.5) == -0.5
    assert cell(0.0) == 0.0


def test_a_table_begins_with_a_byte_order_mark_and_quotes_what_needs_it():
    text = "".join(csv_lines(("a", "b"), [('say "hi", you', None), ("two\nlines", 3)]))
    assert text.startswith("\ufeffa,b\r\n")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[1:] == [['say "hi", you', ""], ["two\nlines", "3"]]
    assert text.endswith("\r\n")
