"""What may be compared, and how a result reads from either side."""

import pytest

from server.challenges.rules import Ranking
from server.comparisons.charts import scatter
from server.comparisons.queries import difference_of
from server.comparisons.rules import (
    Difference,
    Side,
    hides_differences,
    in_order,
    require_comparable,
    require_two,
)
from server.comparisons.shake_queries import MovedTeam
from server.evaluations.rules import Board
from server.shared.errors import Conflict, Invalid

FOUND = {
    "a": {"value": 0.9, "interval": [0.85, 0.94], "method": "Wilson"},
    "b": {"value": 0.8, "interval": None, "method": "withheld: too few rows"},
    "difference": 0.1,
    "interval": [0.02, 0.18],
    "p_value": 0.01,
    "method": "paired",
    "rows": 40,
}


def test_asked_either_way_it_is_the_same_pair():
    assert in_order(7, 3) == in_order(3, 7) == (3, 7)


def test_from_the_other_side_everything_is_turned_round():
    found = difference_of(FOUND)
    turned = found.turned()
    assert (turned.a, turned.b) == (found.b, found.a)
    assert (turned.difference, turned.interval) == (-0.1, (-0.18, -0.02))
    assert (turned.p_value, turned.rows) == (0.01, 40)
    assert turned.turned() == found


def test_no_difference_has_no_sign_from_either_side():
    level = difference_of(FOUND | {"difference": 0.0, "interval": None})
    assert str(level.turned().difference) == "0.0"
    assert level.turned().interval is None


def test_an_interval_that_holds_zero_tells_nobody_apart():
    found = difference_of(FOUND)
    assert found.significant
    assert not found._replace(interval=(-0.01, 0.2)).significant
    assert not found._replace(interval=(0.0, 0.2)).significant
    assert not found._replace(interval=None).significant


def test_where_there_is_no_interval_the_scorers_words_say_why():
    none = Difference(
        Side(1, None, ""), Side(1, None, ""), 0, None, None, "withheld: 5 units are too few", 5
    )
    assert none.withheld == "5 units are too few"
    assert difference_of(FOUND).withheld is None


@pytest.mark.parametrize(
    ("ranking", "board", "revealed", "hidden"),
    [
        (Ranking.LADDER, Board.PUBLIC, False, True),
        (Ranking.LADDER, Board.PUBLIC, True, True),
        (Ranking.LADDER, Board.PRIVATE, False, True),
        (Ranking.LADDER, Board.PRIVATE, True, False),
        (Ranking.BEST, Board.PUBLIC, False, False),
        (Ranking.SELECTED, Board.PRIVATE, True, False),
    ],
)
def test_a_ladder_hides_differences_until_its_final_board_is_out(ranking, board, revealed, hidden):
    assert hides_differences(ranking=ranking, board=board, revealed=revealed) is hidden
    if hidden:
        with pytest.raises(Conflict, match="more than noise"):
            require_comparable(ranking=ranking, board=board, revealed=revealed)


def test_a_team_is_not_compared_with_itself():
    require_two(1, 2)
    with pytest.raises(Invalid):
        require_two(2, 2)


def _moved(public: int, private: int, within: int | None) -> MovedTeam:
    return MovedTeam(None, public, private, within)


def test_a_move_is_beyond_chance_only_outside_what_chance_stays_within():
    assert _moved(12, 3, 8).beyond
    assert not _moved(11, 3, 8).beyond
    assert not _moved(99, 1, None).beyond
    assert (_moved(12, 3, 8).move, _moved(3, 12, 8).move) == (9, -9)


def test_the_chart_has_the_first_at_the_top_left_and_keeps_chance_inside():
    chart = scatter([_moved(1, 1, 2), _moved(3, 2, None), _moved(5, 5, 9)])
    first, middle, last = chart.dots
    assert (first.x, first.y) == (chart.first, chart.first)
    assert (last.x, last.y) == (chart.last, chart.last)
    assert middle.x > middle.y
    assert middle.x1 is None
    assert (first.x1, last.x2) == (chart.first, chart.last)
    assert [tick.rank for tick in chart.ticks] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("teams", "ranks"), [(1, [1]), (28, [1, 5, 10, 15, 20, 25])])
def test_the_ticks_are_few_and_round(teams, ranks):
    assert [tick.rank for tick in scatter([_moved(teams, 1, None)]).ticks] == ranks
