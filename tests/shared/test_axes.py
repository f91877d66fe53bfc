"""Where the ticks of an axis are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.shared.axes import nice_ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0.91, 0.934, [0.91, 0.915, 0.92, 0.925, 0.93, 0.935]),
        (-3, 41, [-10, 0, 10, 20, 30, 40, 50]),
        (1, 1, [0.9, 0.92, 0.94, 0.96, 0.98, 1]),
        (-1, -1, [-1, -0.98, -0.96, -0.94, -0.92, -0.9]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high, 6) == ticks


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 9))
def test_ticks_reach_over_the_values_and_are_few(low: float, span: float, most: int) -> None:
    ticks = nice_ticks(low, low + span, most)
    assert len(ticks) <= most + 1
    slack = 1e-6 * max(1, abs(low), span)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + span - slack


@pytest.mark.parametrize(
    ("high", "ticks"), [(1, [0, 1]), (3, [0, 1, 2, 3]), (42, [0, 10, 20, 30, 40, 50])]
)
def test_between_two_teams_there_is_none(high: float, ticks: list[float]) -> None:
    assert nice_ticks(0, high, 5, whole=True) == ticks


def test_an_axis_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="finite ends"):
        nice_ticks(0, float("inf"), 5)
