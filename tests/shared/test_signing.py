"""A link proves that its message was read: once, for one purpose, and not for ever."""

import pytest
from itsdangerous import TimestampSigner

from server.shared.errors import Invalid
from server.shared.signing import Signer
from tests.cast import NOON

SECRET = "a-secret-that-only-the-tests-know-0123456789"
HOUR = 3600


@pytest.fixture
def signer() -> Signer:
    return Signer(SECRET)


@pytest.fixture
def at(monkeypatch):
    """Let the machine's clock stand at so many seconds after noon."""

    def at(seconds: int) -> None:
        moment = int(NOON.timestamp()) + seconds
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: moment)

    at(0)
    return at


def refusal(signer: Signer, token: str, *, purpose: str = "confirm") -> str:
    with pytest.raises(Invalid) as refused:
        signer.read(purpose, token, seconds=HOUR)
    return refused.value.code


@pytest.mark.parametrize("value", [7, "lena@tum.example", [3, "王伟"], {"team": 4}])
def test_what_was_signed_comes_back(signer, value):
    assert signer.read("confirm", signer.sign("confirm", value), seconds=HOUR) == value


def test_a_link_is_good_in_its_last_second_and_expired_in_the_next(signer, at):
    token = signer.sign("confirm", 7)
    at(HOUR)
    assert signer.read("confirm", token, seconds=HOUR) == 7
    at(HOUR + 1)
    assert refusal(signer, token) == "link-expired"


def test_a_link_of_the_future_is_refused(signer, at):
    at(60)
    token = signer.sign("confirm", 7)
    at(0)
    assert refusal(signer, token) == "link-expired"


def test_a_link_of_one_purpose_is_no_link_of_another(signer):
    token = signer.sign("confirm", 7)
    assert refusal(signer, token, purpose="reset-password") == "link-invalid"


def test_a_link_of_another_instance_is_refused(signer):
    assert refusal(signer, Signer(SECRET[::-1]).sign("confirm", 7)) == "link-invalid"


def test_an_expired_link_of_another_purpose_is_said_to_be_damaged_and_nothing_more(signer, at):
    token = signer.sign("confirm", 7)
    at(HOUR * 2)
    assert refusal(signer, token, purpose="reset-password") == "link-invalid"


def test_a_link_with_any_one_character_changed_is_refused(signer):
    token = signer.sign("confirm", [7, "lena@tum.example"])
    # The last character of base64 carries spare bits: another one may mean the same bytes.
    for place in range(len(token) - 1):
        other = "A" if token[place] != "A" else "B"
        assert refusal(signer, token[:place] + other + token[place + 1 :]).startswith("link-")


@pytest.mark.parametrize("token", ["", ".", "..", "x.y.z", "王.伟.x", "a" * 5000, "\0"])
def test_what_is_no_link_at_all_is_refused(signer, token):
    assert refusal(signer, token) == "link-invalid"


def test_a_link_cut_short_by_a_mail_program_is_refused(signer):
    assert refusal(signer, signer.sign("confirm", 7)[:-4]) == "link-invalid"


def test_a_link_fits_into_an_address_as_it_is(signer):
    token = signer.sign("confirm", {"name": "李梅 <&?#/+ >"})
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
