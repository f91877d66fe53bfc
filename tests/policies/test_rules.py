"""Texts as they are kept."""

import pytest

from server.policies.rules import LONGEST_TEXT, clean_text
from server.shared.errors import Invalid


def test_a_text_is_kept_with_plain_line_ends() -> None:
    assert clean_text(" # A\r\n\r\nb\rc \n", field="en") == "# A\n\nb\nc"


@pytest.mark.parametrize("text", ["x" * (LONGEST_TEXT + 1), "a\0b"])
def test_a_text_that_can_not_be_kept_is_refused_at_its_field(text) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(text, field="zh")
    assert refused.value.field == "zh"
