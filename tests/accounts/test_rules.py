"""Names, links that expire, and roles that somebody has to keep."""

from datetime import timedelta

import pytest

from server.accounts.rules import (
    CONFIRMATION_LASTS,
    check_administrator_may_go,
    check_link,
    check_manager_may_go,
    clean_name,
    clean_note,
    clean_token_name,
    closed_address,
    too_old_to_keep,
)
from server.shared.errors import Conflict, Invalid
from tests.cast import NOON


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王伟", "王伟"),
        ("  Lena   Vogt ", "Lena Vogt"),
        ("O\u2019Brien, Jr.", "O\u2019Brien, Jr."),
        ("Jose\u0301", "Jos\u00e9"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 120, "x" * 120),
    ],
)
def test_names_of_any_script_are_kept(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", " ", "\u3000", "...", "x" * 121, "a\u202eb", "a\0b", "a\u200bb", "\u200d"]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_name(typed)


def test_a_name_stays_on_one_line() -> None:
    assert clean_name("Wei\nBcc: all@example.org") == "Wei Bcc: all@example.org"


def test_a_token_needs_a_name_of_80_characters_at_most() -> None:
    assert clean_token_name("x" * 80) == "x" * 80
    for wrong in ("", "x" * 81, "\0"):
        with pytest.raises(Invalid):
            clean_token_name(wrong)


def test_a_note_keeps_its_lines_up_to_500_characters() -> None:
    assert clean_note(" one\r\ntwo ") == "one\ntwo"
    assert clean_note("x" * 500) == "x" * 500
    for wrong in ("x" * 501, "a\0"):
        with pytest.raises(Invalid):
            clean_note(wrong)


def test_a_link_is_over_at_the_very_moment_its_time_is() -> None:
    last = NOON + CONFIRMATION_LASTS - timedelta(microseconds=1)
    check_link(NOON, last, CONFIRMATION_LASTS)
    with pytest.raises(Invalid, match="expired"):
        check_link(NOON, NOON + CONFIRMATION_LASTS, CONFIRMATION_LASTS)


def test_the_last_manager_may_not_go_of_his_own_accord() -> None:
    check_manager_may_go(managers=2, by_himself=True)
    check_manager_may_go(managers=1, by_himself=False)
    with pytest.raises(Conflict):
        check_manager_may_go(managers=1, by_himself=True)


def test_an_administrator_always_remains() -> None:
    check_administrator_may_go(administrators=2)
    with pytest.raises(Conflict):
        check_administrator_may_go(administrators=1)


def test_sightings_are_kept_for_ninety_days() -> None:
    assert NOON - too_old_to_keep(NOON) == timedelta(days=90)


def test_a_closed_address_can_not_be_written_to() -> None:
    assert closed_address(7) == "closed-7@invalid"
