"""A header that differs is told by its nearest names."""

import pytest

from scorers.reading.schema import HeaderMismatchError, check_header

CLASSES = [f"class_{number}" for number in range(15)]


def faults(header: list[str], due: list[str]):
    with pytest.raises(HeaderMismatchError) as refused:
        check_header(header, due)
    return refused.value.faults


def test_a_header_of_near_names_alone_is_told_name_by_name():
    found = faults(["ID", "CO2"], ["id", "co2"])
    assert [f.code for f in found] == [*["missing_column"] * 2, *["unknown_column"] * 2]
    assert "Is it the one called “ID”?" in found[0].message
    assert "Did you mean “co2”?" in found[3].message


def test_a_header_that_is_none_is_told_as_a_whole():
    (fault,) = faults(["0", "17.5"], ["id", "co2"])
    assert (fault.code, fault.line) == ("header", 1)
    assert fault.message.endswith("the header is “0”, “17.5”; expected the header id,co2.")


def test_of_a_header_of_many_columns_the_first_ten_are_told():
    (fault,) = faults(["0", "17.5"], CLASSES)
    assert fault.message.endswith("class_8,class_9 and 5 more.")


def test_a_file_without_columns_is_told_so():
    assert "the header is empty; expected" in faults([], ["id"])[0].message
