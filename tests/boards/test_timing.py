"""A page that was made stays right until the clock changes what it says."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from server.boards.timing import LONGEST, SHORTEST, tick_of
from tests.cast import NOON


class Phase(NamedTuple):
    starts: object
    ends: object


def phase(**length: float) -> Phase:
    return Phase(NOON, NOON + timedelta(**length))


@pytest.mark.parametrize("after", [timedelta(0), timedelta(seconds=1)])
def test_each_bound_of_a_phase_is_another_tick(after):
    one = phase(days=30)
    bound = one.ends + after
    before, at, past = (
        tick_of([one], now=bound + timedelta(microseconds=step)) for step in (-1, 0, 1)
    )
    assert (before[0], at[0], past[0]).count(before[0]) in (1, 2)
    assert before[0] != past[0]
    assert tick_of([one], now=one.starts)[0] > tick_of([one], now=NOON - SHORTEST)[0]


@pytest.mark.parametrize(
    ("length", "step"),
    [({"hours": 1}, SHORTEST), ({"hours": 25}, timedelta(minutes=3)), ({"days": 90}, LONGEST)],
)
def test_the_bar_of_the_phases_moves_in_steps(length, step):
    one = phase(**length)
    ticks = {tick_of([one], now=NOON + step * n / 4)[1] for n in range(1, 41)}
    assert len(ticks) in (10, 11)


def test_a_challenge_without_a_phase_has_a_tick():
    assert tick_of([], now=NOON)[0] == 0
