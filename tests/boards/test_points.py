from math import isclose, log10

import pytest

from server.boards.points import brackets, points


def test_the_points_of_the_first_of_ten_teams_are_those_worked_out_by_hand():
    # log10(1 + log10(10)) = log10(2)
    assert isclose(points(1, teams=10), 100 * log10(2))
    assert round(points(1, teams=10), 4) == 30.1030


def test_the_points_of_the_sixteenth_of_a_thousand_are_an_eighth_of_the_firsts():
    # 16 ** -0.75 = 1/8; log10(1 + 3) = 0.60206
    assert round(points(16, teams=1000), 3) == 7.526


@pytest.mark.parametrize("teams", [1, 2, 9])
def test_fewer_than_ten_teams_count_as_ten(teams):
    assert points(1, teams=teams) == points(1, teams=10)


def test_a_bracket_is_drawn_over_a_baseline_inside_it_and_over_no_single_team():
    assert brackets([1, None, 1, 3]) == ["bracket-first", "bracket", "bracket-last", ""]
