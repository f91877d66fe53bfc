from datetime import timedelta

import pytest

from server.challenges.rules import (
    ChallengeState,
    PhaseState,
    challenge_state,
    current_phase,
    late_days,
    phase_state,
    reopens,
)
from tests.cast import NOON

UPCOMING, OPEN, ENDED = PhaseState.UPCOMING, PhaseState.OPEN, PhaseState.ENDED


def test_a_phase_is_open_until_the_second_that_it_ends_in_is_over() -> None:
    span = {"starts": NOON, "ends": NOON + timedelta(hours=1)}
    assert phase_state(**span, now=NOON - timedelta(microseconds=1)) is UPCOMING
    assert phase_state(**span, now=NOON) is OPEN
    assert phase_state(**span, now=NOON + timedelta(hours=1, seconds=0.999)) is OPEN
    assert phase_state(**span, now=NOON + timedelta(hours=1, seconds=1)) is ENDED


def test_a_challenge_is_open_while_any_phase_is() -> None:
    assert challenge_state([ENDED, OPEN, UPCOMING], last_revealed=False) is ChallengeState.OPEN


def test_between_two_phases_a_challenge_is_upcoming_again() -> None:
    assert challenge_state([ENDED, UPCOMING], last_revealed=False) is ChallengeState.UPCOMING


def test_a_challenge_is_revealed_once_its_last_phase_is() -> None:
    assert challenge_state([ENDED, ENDED], last_revealed=False) is ChallengeState.ENDED
    assert challenge_state([ENDED, ENDED], last_revealed=True) is ChallengeState.REVEALED


def test_the_phase_to_show_first_is_the_last_open_then_the_last_ended_then_the_first() -> None:
    assert current_phase([OPEN, OPEN, UPCOMING]) == 1
    assert current_phase([ENDED, ENDED, UPCOMING]) == 1
    assert current_phase([UPCOMING, UPCOMING]) == 0


def test_only_a_revealed_phase_whose_new_end_is_ahead_would_reopen() -> None:
    later = NOON + timedelta(days=1)
    assert reopens(revealed=True, ends=later, now=NOON)
    assert not reopens(revealed=False, ends=later, now=NOON)
    assert not reopens(revealed=True, ends=NOON, now=later)


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(seconds=-5), 0),
        (timedelta(0), 0),
        (timedelta(milliseconds=999), 0),
        (timedelta(seconds=1), 1),
        (timedelta(days=1), 1),
        (timedelta(days=1, milliseconds=999), 1),
        (timedelta(days=1, seconds=1), 2),
        (timedelta(days=2, seconds=1), 3),
    ],
)
def test_a_late_day_ends_with_its_last_second(after: timedelta, days: int) -> None:
    assert late_days(received_at=NOON + after, ends=NOON) == days
