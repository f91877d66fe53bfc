"""Quotas by the day of UTC, the deadline to the second, and the order of refusals."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.shared.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooLarge
from server.submissions.rules import (
    COUNTED,
    FAILURES_GIVEN_BACK,
    FINAL,
    WAITING,
    Extra,
    Grant,
    Pause,
    PhaseTimes,
    Quota,
    SubmissionState,
    choose_phase,
    day_of,
    extra_of,
    failures_that_count,
    has_ended,
    may_select,
    may_submit,
    quota,
)

STARTS = datetime(2026, 11, 1, tzinfo=UTC)
ENDS = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
PLENTY = Quota(5, 100, NOON)
moments = st.datetimes(
    min_value=datetime(2026, 11, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2026, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def ask(**changes):
    standing = {
        "starts": STARTS,
        "ends": ENDS,
        "revealed": False,
        "ended_challenge": False,
        "now": NOON,
        "disqualified": False,
        "size": 100,
        "max_bytes": 1000,
        "left": PLENTY,
    }
    return may_submit(**(standing | changes))


def refusal(**changes) -> DomainError:
    with pytest.raises(DomainError) as refused:
        ask(**changes)
    return refused.value


def test_the_last_microsecond_of_a_day_and_midnight_are_two_days():
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    assert day_of(midnight - TICK) == datetime(2026, 11, 20, tzinfo=UTC)
    assert day_of(midnight) == midnight


def test_the_day_is_counted_in_utc_wherever_the_clock_stands():
    beijing = timezone(timedelta(hours=8))
    assert day_of(datetime(2026, 11, 21, 7, 59, 59, tzinfo=beijing)) == datetime(
        2026, 11, 20, tzinfo=UTC
    )
    assert day_of(datetime(2026, 11, 21, 8, 0, tzinfo=beijing)) == datetime(
        2026, 11, 21, tzinfo=UTC
    )


@given(moments)
def test_a_day_begins_at_midnight_and_holds_its_moment(moment):
    day = day_of(moment)
    assert day <= moment < day + timedelta(days=1)
    assert (day.hour, day.minute, day.second, day.microsecond) == (0, 0, 0, 0)


def left_of(*, used_today: int = 0, used_total: int = 0, now: datetime = NOON) -> Quota:
    return quota(
        per_day=5, total=20, used_today=used_today, used_total=used_total, ends=ENDS, now=now
    )


def test_with_something_left_the_next_submission_is_free_now():
    assert left_of(used_today=4, used_total=19) == Quota(1, 1, NOON)


def test_after_a_full_day_the_next_is_free_at_midnight():
    assert left_of(used_today=5, used_total=5) == Quota(0, 15, datetime(2026, 11, 21, tzinfo=UTC))


def test_after_a_full_last_day_no_next_one_is_promised():
    assert left_of(used_today=5, used_total=5, now=ENDS - SECOND).next_free is None


def test_with_the_total_used_up_no_day_helps():
    used_up = left_of(used_total=20)
    assert (used_up.left, used_up.next_free) == (0, None)


@given(st.integers(0, 50), st.integers(0, 50))
def test_what_is_left_is_never_negative_and_never_more_than_allowed(used_today, used_total):
    left = left_of(used_today=used_today, used_total=used_total)
    assert 0 <= left.left <= 5
    assert left.left <= max(0, 20 - used_total)
    assert (left.next_free == NOON) == (left.left > 0)


def test_every_state_waits_or_is_final():
    assert set(WAITING) | set(FINAL) == set(SubmissionState)
    assert not set(WAITING) & set(FINAL)


def test_rejected_and_failed_cost_no_quota():
    assert set(SubmissionState) - set(COUNTED) == {
        SubmissionState.REJECTED,
        SubmissionState.FAILED,
    }


@pytest.mark.parametrize("now", [STARTS, NOON, ENDS, ENDS + SECOND - TICK])
def test_a_phase_is_open_from_its_start_to_the_end_of_its_last_second(now):
    assert not ask(now=now).late


def test_one_second_after_the_end_is_too_late():
    error = refusal(now=ENDS + SECOND)
    assert isinstance(error, Conflict)
    assert error.code == "closed"


def test_one_microsecond_before_the_start_is_too_early():
    assert refusal(now=STARTS - TICK).code == "not-open"


@given(moments)
def test_at_any_moment_a_phase_takes_files_exactly_while_it_is_open(now):
    try:
        taken = not ask(now=now).late
    except Conflict:
        taken = False
    assert taken == (STARTS <= now < ENDS + SECOND)


def test_after_the_end_and_the_reveal_of_all_it_is_practice():
    assert ask(now=ENDS + SECOND, revealed=True, ended_challenge=True).late


@pytest.mark.parametrize(("revealed", "ended"), [(True, False), (False, True)])
def test_there_is_no_practice_before_both_the_end_and_the_reveal(revealed, ended):
    late = ENDS + SECOND
    assert refusal(now=late, revealed=revealed, ended_challenge=ended).code == "closed"


def test_practice_needs_no_place_in_the_total_but_one_in_the_day():
    late = {"now": ENDS + SECOND, "revealed": True, "ended_challenge": True}
    assert ask(**late, left=Quota(1, 0, None)).late
    assert refusal(**late, left=Quota(0, 0, None)).code == "quota-day"


# What is wrong, from the first that is told to the last: each list leaves one more fault out.
FAULTS = [
    ({"size": 1001}, "too-large", TooLarge),
    ({"now": STARTS - TICK}, "not-open", Conflict),
    ({"disqualified": True}, "disqualified", Forbidden),
    ({"left": Quota(5, 0, None)}, "quota-total", Conflict),
    ({"left": Quota(0, 3, None)}, "quota-day", Conflict),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_in_order_is_told(first):
    changes = {}
    for change, _, _ in reversed(FAULTS[first:]):
        changes |= change
    error = refusal(**changes)
    assert (error.code, type(error)) == FAULTS[first][1:]


def test_an_empty_file_is_taken_like_any_other_that_will_be_rejected():
    assert ask(size=0)
    assert isinstance(refusal(size=0, now=STARTS - TICK), Conflict)


def test_a_file_of_exactly_the_most_bytes_is_taken():
    assert ask(size=1000)


def test_the_refusal_of_a_large_file_says_both_sizes():
    assert str(refusal(size=1_234_567)) == (
        "The file has 1,234,567 bytes; this challenge allows 1,000."
    )


def phase(slug: str, starts: int, ends: int, *, revealed: bool = False) -> PhaseTimes:
    return PhaseTimes(slug, NOON + timedelta(days=starts), NOON + timedelta(days=ends), revealed)


def test_the_only_open_phase_is_chosen():
    assert choose_phase([phase("a", -5, -1), phase("b", -1, 5)], wanted=None, now=NOON) == "b"


def test_a_named_phase_is_chosen_even_when_it_is_closed():
    assert choose_phase([phase("a", -5, -1), phase("b", -1, 5)], wanted="a", now=NOON) == "a"


def test_an_unknown_phase_is_not_found_and_named():
    with pytest.raises(NotFound, match="no phase z"):
        choose_phase([phase("a", -5, 5)], wanted="z", now=NOON)


def test_of_two_open_phases_one_must_be_named():
    with pytest.raises(Invalid, match="a, b"):
        choose_phase([phase("a", -5, 5), phase("b", -1, 5)], wanted=None, now=NOON)


def test_between_two_phases_none_is_open():
    with pytest.raises(Conflict):
        choose_phase([phase("a", -5, -1), phase("b", 1, 5)], wanted=None, now=NOON)


def test_after_the_last_reveal_the_last_phase_takes_practice():
    over = [phase("a", -9, -5, revealed=True), phase("b", -4, -1, revealed=True)]
    assert choose_phase(over, wanted=None, now=NOON) == "b"


def test_after_the_end_and_before_the_reveal_no_phase_takes_files():
    with pytest.raises(Conflict):
        choose_phase([phase("a", -4, -1)], wanted=None, now=NOON)


def test_a_challenge_without_phases_takes_no_files():
    with pytest.raises(Conflict):
        choose_phase([], wanted=None, now=NOON)


def test_a_phase_is_chosen_to_the_end_of_its_last_second():
    ending = [PhaseTimes("a", STARTS, NOON, revealed=False)]
    assert choose_phase(ending, wanted=None, now=NOON + SECOND - TICK) == "a"
    assert not has_ended(ending, now=NOON + SECOND - TICK)
    assert has_ended(ending, now=NOON + SECOND)


@pytest.mark.parametrize(
    ("selected", "ended", "state", "code"),
    [
        (0, True, SubmissionState.SCORED, "closed"),
        (0, False, SubmissionState.REJECTED, "no-score"),
        (0, False, SubmissionState.FAILED, "no-score"),
        (2, False, SubmissionState.SCORED, "too-many-picked"),
    ],
)
def test_a_pick_is_refused_with_its_reason(selected, ended, state, code):
    with pytest.raises(Conflict) as refused:
        may_select(selected=selected, most=2, ended=ended, state=state)
    assert refused.value.code == code


@pytest.mark.parametrize("state", [*WAITING, SubmissionState.SCORED])
def test_what_has_or_may_get_a_score_can_be_picked(state):
    may_select(selected=1, most=2, ended=False, state=state)


def test_the_first_three_failures_of_a_day_are_given_back_and_each_further_one_counts():
    morning = NOON - timedelta(hours=11)
    for number, counted in enumerate((0, 0, 0, 0, 1, 2)):
        moments = [morning + timedelta(hours=n) for n in range(number)]
        assert failures_that_count(moments, now=NOON) == (counted, counted)


def test_failures_are_counted_by_the_day_of_utc_they_were_received_on():
    today, yesterday = [NOON] * 5, [NOON - timedelta(days=1)] * 4
    assert failures_that_count(yesterday + today, now=NOON) == (2, 3)
    assert failures_that_count(yesterday, now=NOON) == (0, 1)


@given(st.lists(moments, max_size=30), moments)
def test_no_day_gives_back_more_than_three(received, now):
    found = failures_that_count(received, now=now)
    days = {day_of(m) for m in received}
    assert found.total >= len(received) - FAILURES_GIVEN_BACK * len(days)
    assert 0 <= found.today <= found.total <= len(received)


DAY = datetime(2026, 11, 20, tzinfo=UTC)
GRANTS = (
    Grant(total=3, per_day=2, day=DAY),
    Grant(1, 0, None),
    Grant(0, 4, DAY + 24 * 60 * 60 * SECOND),
)


def test_what_is_given_for_a_day_holds_from_its_first_instant_to_its_last():
    assert extra_of(GRANTS, now=DAY - TICK) == Extra(4, 0)
    assert extra_of(GRANTS, now=DAY) == Extra(4, 2)
    assert extra_of(GRANTS, now=DAY + timedelta(days=1) - TICK) == Extra(4, 2)
    assert extra_of(GRANTS, now=DAY + timedelta(days=1)) == Extra(4, 4)


def test_two_grants_of_one_day_add_up():
    assert extra_of([*GRANTS, *GRANTS], now=NOON) == Extra(8, 4)


@pytest.mark.parametrize(("used", "left"), [(6, 1), (7, 0), (8, 0)])
def test_an_extra_day_raises_the_limit_of_the_day_by_exactly_as_much(used, left):
    found = quota(
        per_day=5,
        total=20,
        used_today=used,
        used_total=used,
        ends=ENDS,
        now=NOON,
        extra=Extra(total=0, today=2),
    )
    assert found.left == left


def test_an_extra_total_raises_the_limit_of_the_phase_by_exactly_as_much():
    def left(used):
        extra = Extra(total=3, today=0)
        today = {"per_day": 5, "used_today": 0, "ends": ENDS, "now": NOON}
        return quota(total=20, used_total=used, extra=extra, **today).left_total

    assert (left(22), left(23), left(24)) == (1, 0, 0)


def test_more_on_a_day_is_bounded_by_what_is_left_in_all():
    found = quota(
        per_day=5,
        total=20,
        used_today=5,
        used_total=19,
        ends=ENDS,
        now=NOON,
        extra=Extra(total=0, today=10),
    )
    assert (found.left_today, found.left) == (10, 1)


def test_a_pause_refuses_what_begins_at_its_instant_and_takes_what_began_before():
    pause = Pause(since=NOON, by="Olga", words="back soon")
    assert ask(pause=pause, now=NOON - TICK).late is False
    refused = refusal(pause=pause, now=NOON)
    assert (refused.status, refused.code) == (409, "paused")
    assert str(refused) == "Submissions are paused since 2026-11-20 12:00 UTC by Olga: back soon"
    assert str(refusal(pause=pause._replace(words=""))).endswith("by Olga. Nothing was counted.")


def test_a_closed_phase_is_closed_whether_it_is_paused_or_not():
    pause = Pause(since=NOON, by="Olga", words="")
    assert refusal(pause=pause, now=ENDS + SECOND).code == "closed"


def test_while_late_days_run_an_open_phase_comes_first_and_then_the_late_one() -> None:
    late = phase("a", -5, -1)._replace(late_until=NOON)
    assert choose_phase([late, phase("b", -1, 5)], wanted=None, now=NOON) == "b"
    assert choose_phase([late, phase("b", 1, 5)], wanted=None, now=NOON + SECOND - TICK) == "a"
    with pytest.raises(Conflict):
        choose_phase([late, phase("b", 1, 5)], wanted=None, now=NOON + SECOND)
