"""One spelling a mailbox."""

import time

import pytest

from server.accounts.addresses import clean_address, read_addresses
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
def test_a_list_is_read_as_one_has_it(pasted):
    assert sorted(read_addresses(pasted, field="addresses")) == [
        "jonas@tum.example",
        "lena@tum.example",
    ]


@pytest.mark.parametrize(
    "pasted",
    [
        "\ufeffName;E-Mail;Matrikel\r\nVogt, Lena;lena@tum.example;0123\r\n"
        '"O\'Brien; Jonas";JONAS@tum.example;44\r\nVogt, Lena;Lena@TUM.example;0123\r\n',
        'First name,Last name,Email\nLena,"Vogt, Dr.",lena@tum.example\n,Jonas,jonas@tum.example',
        "Wang Wei\tlena@tum.example\nHuber\tjonas@tum.example\t3.7\n",
        '"lena@tum.example"\n"jonas@tum.example"\n',
        "姓名，邮箱\n王伟，lena@tum.example\n李娜；jonas@tum.example",
        "lena@tum.example、jonas@tum.example\u200b\n\u200b\n",
        "E-Mail\nlena@tum.example\njonas@tum.example",
    ],
)
def test_a_roster_is_read_with_the_names_and_the_heading_that_it_has(pasted):
    assert sorted(read_addresses(pasted, field="addresses")) == [
        "jonas@tum.example",
        "lena@tum.example",
    ]


@pytest.mark.parametrize(
    "wrong", ["lena@tum.example, otto.tum.example", "Otto;44", "a@x.example, b@x.example, Otto"]
)
def test_an_address_that_lost_its_sign_is_taken_for_no_name(wrong):
    with pytest.raises(Invalid):
        read_addresses(f"jonas@tum.example\n{wrong}\n", field="addresses")


@pytest.mark.parametrize(
    "wrong", ["Lena", "lena@tum", "Lena <>", "Lena <lena@tum", "a@b@c.example"]
)
def test_what_is_no_address_is_named(wrong):
    with pytest.raises(Invalid) as refused:
        read_addresses(f"jonas@tum.example\n{wrong}\n", field="addresses")
    assert refused.value.field == "addresses"
    assert refused.value.values["text"] in wrong


def test_so_many_are_no_class() -> None:
    with pytest.raises(Invalid, match="At most"):
        read_addresses("\n".join(f"a{n}@tum.example" for n in range(2001)), field="addresses")


def test_a_line_without_end_is_read_at_once() -> None:
    before = time.process_time()
    assert read_addresses(f"{'x' * 200_000} wei@tsinghua.example", field="invited") == [
        "wei@tsinghua.example"
    ]
    assert time.process_time() - before < 2
