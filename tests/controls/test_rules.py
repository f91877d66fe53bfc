"""What may be decided: deadlines only later and exact to the second, grants on days that are left."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.controls.rules import (
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_EXTRA,
    check_extension,
    check_grant,
    clean_reason,
    clean_words,
    in_words,
)
from server.shared.errors import Conflict, DomainError, Invalid

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENDS = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


def extending(**changes) -> None:
    standing = {
        "ends": ENDS,
        "until": ENDS + timedelta(days=1),
        "revealed": False,
        "expected": None,
        "next_begins": None,
        "now": NOON,
    }
    check_extension(**(standing | changes))


def giving(**changes) -> datetime | None:
    standing = {
        "total": 3,
        "per_day": 2,
        "day": date(2026, 11, 21),
        "ends": ENDS,
        "revealed": False,
        "now": NOON,
    }
    return check_grant(**(standing | changes))


def refusal(check, **changes) -> DomainError:
    with pytest.raises(DomainError) as refused:
        check(**changes)
    return refused.value


def test_a_deadline_becomes_later_by_as_little_as_a_second():
    extending(until=ENDS + SECOND)
    for until in (ENDS, ENDS - SECOND):
        assert "later than 2026-11-30 16:00 UTC" in str(refusal(extending, until=until))


def test_after_the_end_a_deadline_may_still_move_until_the_result_is_out():
    late = ENDS + timedelta(hours=2)
    extending(until=late + SECOND, now=late)
    refused = refusal(extending, until=late + SECOND, now=late, revealed=True)
    assert (refused.status, refused.code) == (409, "revealed")


def test_a_new_deadline_opens_the_phase_for_its_last_second_or_is_refused():
    until = ENDS + timedelta(hours=1)
    extending(until=until, now=until + SECOND - TICK)
    assert "past already" in str(refusal(extending, until=until, now=until + SECOND))


def test_an_end_that_another_organiser_moved_meanwhile_is_a_conflict():
    extending(expected=ENDS)
    refused = refusal(extending, expected=ENDS - timedelta(days=1))
    assert (refused.status, refused.code) == (409, "deadline-moved")


def test_a_phase_may_end_when_the_next_begins_that_admits_by_its_result_and_not_after():
    begins = ENDS + timedelta(days=2)
    extending(until=begins, next_begins=begins)
    refused = refusal(extending, until=begins + SECOND, next_begins=begins)
    assert (refused.status, refused.code) == (409, "next-phase")


@pytest.mark.parametrize("year", [1, 9999])
def test_an_absurd_year_is_a_refusal_and_no_fault(year):
    assert refusal(extending, until=datetime(year, 1, 1, tzinfo=UTC)).status == 422
    assert refusal(giving, day=date(year, 1, 1)).status == 422


def test_a_grant_is_for_a_day_from_today_to_the_last_of_the_phase():
    assert giving() == datetime(2026, 11, 21, tzinfo=UTC)
    for day in (NOON.date(), ENDS.date()):
        assert giving(day=day).date() == day
    for day in (NOON.date() - timedelta(days=1), ENDS.date() + timedelta(days=1), None):
        assert isinstance(refusal(giving, day=day), Invalid)


def test_a_grant_in_all_needs_no_day():
    assert giving(per_day=0, day=None) is None


@pytest.mark.parametrize(("total", "per_day"), [(0, 0), (-1, 2), (1, -1), (MOST_EXTRA + 1, 0)])
def test_a_grant_of_nothing_of_less_and_of_too_much_is_refused(total, per_day):
    assert refusal(giving, total=total, per_day=per_day).status == 422


def test_nothing_is_given_in_a_phase_that_is_over():
    giving(now=ENDS + SECOND - TICK, day=ENDS.date())
    for over in ({"now": ENDS + SECOND}, {"revealed": True}):
        assert isinstance(refusal(giving, **over), Conflict)


def test_a_reason_is_needed_and_words_are_not():
    assert clean_reason("  two accounts\0 ") == "two accounts"
    assert clean_words("  ") == ""
    for empty in ("", " \n", "\0"):
        with pytest.raises(Invalid, match="Say why"):
            clean_reason(empty)


def test_texts_have_bounds():
    assert clean_reason("x" * LONGEST_REASON)
    assert clean_words("x" * LONGEST_WORDS)
    with pytest.raises(Invalid, match="at most 1000"):
        clean_reason("x" * (LONGEST_REASON + 1))
    with pytest.raises(Invalid, match="at most 500"):
        clean_words("x" * (LONGEST_WORDS + 1))


def test_a_moment_is_written_to_the_second_only_where_it_has_some():
    assert in_words(ENDS) == "2026-11-30 16:00 UTC"
    assert in_words(ENDS - SECOND) == "2026-11-30 15:59:59 UTC"
