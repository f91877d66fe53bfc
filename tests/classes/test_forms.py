"""What a lecturer pastes and types on the page of a class."""

import pytest

from server.classes.forms import read_addresses
from server.shared.errors import Invalid


@pytest.mark.parametrize(
    "pasted",
    [
        "lena@tum.example\njonas@tum.example\nLENA@tum.example\n",
        "lena@tum.example, jonas@tum.example",
        "Vogt, Lena <lena@tum.example>; Huber, Jonas <jonas@tum.example>",
        '"Vogt, Lena" <lena@tum.example>, jonas@tum.example',
        "Lena Vogt <lena@tum.example>, Jonas Huber <jonas@tum.example>\r\n\r\n",
    ],
)
def test_a_course_is_invited_by_the_list_that_one_has(pasted):
    assert sorted(read_addresses(pasted)) == ["jonas@tum.example", "lena@tum.example"]


@pytest.mark.parametrize(
    "wrong", ["Lena", "lena@tum", "Lena <>", "Lena <lena@tum", "a@b@c.example"]
)
def test_what_is_no_address_is_named(wrong):
    with pytest.raises(Invalid) as refused:
        read_addresses(f"jonas@tum.example\n{wrong}\n")
    assert refused.value.field == "addresses"
    assert refused.value.values["text"] in wrong
