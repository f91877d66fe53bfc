"""Which passwords are good enough."""

import pytest

from server.accounts.password_rules import check_password, is_common, prepared
from server.shared.errors import Invalid

WEI = {"email": "wei.wang@tsinghua.example", "name": "王伟 Wang Wei"}


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "seven green kettles",
        "ilovemyolddog rex",
        "tr0ub4dor&3xyz",
        "kX9$mmQ2pLr7",
        "!#%&(=?+*~{",
        "我喜欢吃苹果和香蕉呀",
        "x7Gq-2026-Wuhan",
    ],
)
def test_words_of_ones_own_are_accepted(password: str) -> None:
    check_password(password, **WEI)


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "9876543210",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "password12",
        "passwordpassword",
        "Passw0rd2026",
        "P@ssw0rd!!",
        "Welcome2024!",
        "iloveyou123",
        "letmein12345",
        "Summer2026!",
        "varsity2026",
        "admin12345678",
        "monkeydragon",
    ],
)
def test_what_everybody_tries_first_is_common(password: str) -> None:
    assert is_common(password)
    with pytest.raises(Invalid, match="Many people"):
        check_password(password, email="x@y.example", name="Somebody Else")


@pytest.mark.parametrize(
    "password",
    [
        "wei.wang@tsinghua.example",
        "weiwang2026",
        "WangWei!!11",
        "wei-wang-99",
        "tsinghua1234",
        "王伟wangwei123",
    ],
)
def test_ones_own_name_or_address_is_no_password(password: str) -> None:
    with pytest.raises(Invalid, match="your name or address"):
        check_password(password, **WEI)


def test_ten_characters_are_enough_and_nine_are_not() -> None:
    check_password("kettle9zqx", **WEI)
    with pytest.raises(Invalid, match="at least 10"):
        check_password("kettle9zq", **WEI)


def test_two_hundred_characters_are_the_most() -> None:
    words = "seven green kettles sing. " * 8
    check_password(words[:200], **WEI)
    with pytest.raises(Invalid, match="at most 200"):
        check_password(words[:201], **WEI)


def test_a_password_is_the_same_from_any_keyboard() -> None:
    assert prepared("cafe\u0301 au lait") == prepared("caf\u00e9 au lait")


def test_a_refusal_names_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        check_password("short", field="new_password", **WEI)
    assert refused.value.field == "new_password"
