"""Leaps that stand out: past the own best and everybody's, far beyond what is usual."""

from datetime import timedelta

import pytest

from server.integrity.rules import Scored, improbable_leaps, standard_error
from tests.cast import NOON

ERROR = 0.01


def steps(*given: tuple[int, float], error: float | None = ERROR) -> list[Scored]:
    """(team, score) in order, each an hour after the one before."""
    return [
        Scored(number, team, NOON + timedelta(hours=number), score, error)
        for number, (team, score) in enumerate(given, start=1)
    ]


# Eight teams, and some of them better by the usual steps.
FIELD = [(team, 0.70 + team / 200) for team in range(8)] + [(1, 0.745), (2, 0.75), (3, 0.755)]


def test_a_leap_past_everybody_by_far_stands_out() -> None:
    (leap,) = improbable_leaps(steps(*FIELD, (5, 0.95)), higher_is_better=True)
    assert (leap.team_id, leap.submission_id, leap.before_id) == (5, 12, 6)
    assert leap.gain == pytest.approx((0.95 - 0.725) / (ERROR * 2**0.5))
    assert leap.lead == pytest.approx((0.95 - 0.755) / (ERROR * 2**0.5))
    assert leap.size == leap.lead


def test_for_an_error_the_lower_one_leaps() -> None:
    turned = [(team, 1 - score) for team, score in [*FIELD, (5, 0.95)]]
    (leap,) = improbable_leaps(steps(*turned), higher_is_better=False)
    assert (leap.team_id, leap.score) == (5, pytest.approx(0.05))


@pytest.mark.parametrize(
    "more",
    [
        [],
        # From nowhere to where the others are: a mended mistake.
        [(0, 0.755)],
        # Ahead, but by no more than noise.
        [(5, 0.76)],
        # A team's first submission has no before.
        [(9, 0.95)],
    ],
)
def test_other_improvements_do_not(more) -> None:
    assert improbable_leaps(steps(*FIELD, *more), higher_is_better=True) == []


def test_where_the_record_is_always_beaten_by_far_nobody_stands_out() -> None:
    records = [(team % 8, 0.70 + 0.1 * step) for step, team in enumerate(range(8, 16), start=1)]
    assert improbable_leaps(steps(*FIELD[:8], *records), higher_is_better=True) == []


def test_at_the_beginning_of_a_board_there_is_nothing_to_compare_with() -> None:
    assert improbable_leaps(steps(*FIELD[:7], (5, 0.95)), higher_is_better=True) == []


def test_without_intervals_nothing_is_said() -> None:
    given = steps(*FIELD, (5, 0.95), error=None)
    assert improbable_leaps(given, higher_is_better=True) == []


def test_an_interval_stands_for_a_standard_error() -> None:
    assert standard_error(0.8 - 1.96, 0.8 + 1.96) == pytest.approx(1, abs=1e-4)
    assert standard_error(None, None) is None
    assert standard_error(0.8, 0.8) is None
