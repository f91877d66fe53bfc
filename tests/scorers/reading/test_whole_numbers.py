"""Ids are whole numbers only where all are written the plain way."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorers.reading.whole_numbers import in_type

PLAIN = re.compile(r"0|-?[1-9][0-9]{0,17}")
ODD = ["007", "-0", "+7", " 7", "7 ", "7.0", "1e3", "1E2", "1_000", "٣", "", "a", "-", "0x1", "7\t"]


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.integers(-(10**19), 10**19).map(str),
            st.sampled_from(ODD),
            st.text("0123456789+-._e ", max_size=5),
        ),
        max_size=5,
    )
)
def test_one_text_that_is_no_plain_number_leaves_all_as_texts(texts):
    column = pl.Series("id", texts, dtype=pl.String)
    found = in_type(column)
    if texts and all(PLAIN.fullmatch(text) for text in texts):
        assert found.dtype == pl.Int64
        assert [str(number) for number in found] == texts
    else:
        assert found.equals(column)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_text_among_many_plain_numbers_is_found(odd):
    column = pl.Series("id", [*map(str, range(2000)), odd])
    assert in_type(column).dtype == pl.String
