"""One spelling a mailbox."""

import pytest

from server.accounts.addresses import clean_address
from server.shared.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Wei@Tsinghua.EXAMPLE", "wei@tsinghua.example"),
        ("  a.b+c@x.example ", "a.b+c@x.example"),
        ("x@b\u00fccher.example", "x@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert clean_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "wei",
        "wei@",
        "@x.example",
        "wei@localhost",
        "a b@x.example",
        "a@x.example\nBcc: b@x.example",
        "a\0@x.example",
        "\ud800@x.example",
        "closed-1@invalid",
        "x" * 250 + "@x.example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_address(typed)
