"""Numbers of rows: plain digits, within what every database can hold."""

import pytest

from server.shared.numbers import LARGEST_ID, row_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", LARGEST_ID)]
)
def test_digits_are_read(text, number):
    assert row_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " 7", "7 ", "7\n", "-7", "+7", "7.0", "1e3", "0x7", "1_000", "٧", "７", "²", "1000000000"],
)
def test_anything_else_is_no_rows_number(text):
    with pytest.raises(ValueError, match="no row's number"):
        row_number(text)


def test_a_refusal_does_not_repeat_a_text_without_end():
    with pytest.raises(ValueError, match="no row's number") as refused:
        row_number("9" * 100_000)
    assert len(str(refused.value)) < 60


def test_the_largest_fits_a_column_of_postgresql():
    assert LARGEST_ID < 2**31 - 1


def test_an_address_leads_to_a_rows_number_and_with_another_one_nowhere(client, cast):
    assert client.get(f"/people/{cast.wei.id}").status_code == 200
    for number in ("1000000000", "-1", "+1", "1.0", "٧", "1%0A"):
        assert client.get(f"/people/{number}").status_code == 404, number
