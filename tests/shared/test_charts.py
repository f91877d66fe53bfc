"""Where the lines and bars of a chart stand."""

from datetime import UTC, datetime, timedelta

import pytest

from server.shared.charts import (
    Bar,
    Form,
    Point,
    Series,
    bar_chart,
    histogram,
    line_chart,
)

MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


def test_a_line_runs_from_the_left_to_the_right_and_better_is_higher() -> None:
    chart = line_chart([Series("a", [Point(0, 1.0), Point(5, 2.0), Point(10, 4.0)])])
    assert chart is not None
    marks = chart.series[0].marks
    assert (marks[0].x, marks[-1].x) == (chart.frame.left, chart.frame.right)
    assert marks[0].y > marks[1].y > marks[2].y
    assert chart.series[0].path == "M" + "L".join(f"{m.x} {m.y}" for m in marks)


def test_the_ends_of_an_interval_lie_within_the_axes() -> None:
    chart = line_chart([Series("a", [Point(0, 0.9, 0.7, 0.99), Point(1, 0.95)])])
    assert chart is not None
    mark = chart.series[0].marks[0]
    assert mark.low is not None
    assert mark.high is not None
    assert chart.frame.top <= mark.high < mark.y < mark.low <= chart.frame.bottom


def test_a_best_of_so_far_goes_on_to_the_edge() -> None:
    chart = line_chart([Series("a", [Point(0, 1.0), Point(5, 2.0)], Form.STEPS)])
    assert chart is not None
    assert chart.series[0].path.endswith(f"H{chart.frame.right}")


def test_dots_are_not_joined() -> None:
    chart = line_chart([Series("a", [Point(0, 1.0), Point(5, 2.0)], Form.DOTS)])
    assert chart is not None
    assert chart.series[0].path == ""


def test_one_point_stands_in_the_middle() -> None:
    chart = line_chart([Series("a", [Point(3, 1.0)])])
    assert chart is not None
    assert chart.series[0].marks[0].x == (chart.frame.left + chart.frame.right) / 2


@pytest.mark.parametrize(
    ("span", "hours"),
    [
        (timedelta(hours=5), {10, 11, 12, 13, 14}),
        (timedelta(hours=30), {12, 18, 0, 6}),
        (timedelta(days=30), {0}),
    ],
)
def test_moments_on_the_axis_are_whole_hours_or_days(span: timedelta, hours: set[int]) -> None:
    chart = line_chart([Series("a", [Point(MONDAY, 1.0), Point(MONDAY + span, 2.0)])])
    assert chart is not None
    moments = [tick.value for tick in chart.across]
    assert 1 <= len(moments) <= 7
    assert {m.hour for m in moments if isinstance(m, datetime)} == hours


@pytest.mark.parametrize(
    ("span", "minutes"),
    [(timedelta(minutes=24), [25, 30, 35, 40, 45]), (timedelta(minutes=3), [25, 26, 27]),
     (timedelta(seconds=7), [24])],
)  # fmt: skip
def test_an_afternoons_work_has_its_minutes_below(span: timedelta, minutes: list[int]) -> None:
    begun = MONDAY.replace(hour=18, minute=24, second=10)
    chart = line_chart([Series("a", [Point(begun, 1.0), Point(begun + span, 2.0)])])
    assert chart is not None
    assert chart.tells_hours
    told = [tick.value.minute for tick in chart.across if isinstance(tick.value, datetime)]
    assert told == minutes


def test_days_on_the_axis_tell_no_hours() -> None:
    midnight = MONDAY.replace(hour=0, minute=0, second=0, microsecond=0)
    chart = line_chart([Series("a", [Point(midnight + timedelta(days=d), 1.0) for d in (0, 9)])])
    assert chart is not None
    assert not chart.tells_hours


def test_teams_and_submissions_are_counted_in_whole_numbers() -> None:
    teams = line_chart([Series("a", [Point(0, 1.0)])], from_zero=True)
    files = bar_chart([Bar("Mon", (2.0, 1.0))], names=("scored", "rejected"))
    shares = bar_chart([Bar("Mon", (0.5,))], names=("share",))
    assert teams is not None
    assert files is not None
    assert shares is not None
    assert [tick.value for tick in teams.up] == [0, 1]
    assert [tick.value for tick in files.up] == [0, 1, 2, 3]
    assert 0.1 in [tick.value for tick in shares.up]


def test_counts_begin_at_zero_where_asked() -> None:
    chart = line_chart([Series("a", [Point(0, 90.0), Point(1, 95.0)])], from_zero=True)
    assert chart is not None
    assert chart.up[0].value == 0


def test_parts_of_a_bar_stand_on_one_another() -> None:
    chart = bar_chart([Bar("Mon", (3, 1)), Bar("Tue", (0, 0))], names=("scored", "rejected"))
    assert chart is not None
    low, high = chart.bars[0].pieces
    assert low.y + low.height == chart.frame.bottom
    assert high.y + high.height == pytest.approx(low.y)
    assert low.height == pytest.approx(3 * high.height, abs=0.2)
    assert [piece.height for piece in chart.bars[1].pieces] == [0, 0]


def test_the_only_bar_is_no_wall_and_stands_over_its_label() -> None:
    chart = bar_chart([Bar("Mon", (3,))], names=("n",))
    assert chart is not None
    [bar] = chart.bars
    assert bar.width == 72
    assert bar.x + bar.width / 2 == bar.middle


def test_only_so_many_bars_have_their_label_below() -> None:
    chart = bar_chart([Bar(str(i), (1,)) for i in range(40)], names=("n",))
    assert chart is not None
    assert sum(bar.shown for bar in chart.bars) == 10


def test_nothing_to_draw_is_no_chart() -> None:
    assert line_chart([Series("a", [])]) is None
    assert bar_chart([], names=("n",)) is None


def test_a_histogram_has_a_bar_between_two_edges() -> None:
    chart = histogram([0, 1, 2], [5, 2], name="rows", write=str)
    assert chart is not None
    assert [bar.bar.note for bar in chart.bars] == ["0 – 1", "1 – 2"]


def test_a_histogram_needs_an_edge_more_than_counts() -> None:
    with pytest.raises(ValueError, match="3 edges"):
        histogram([0, 1], [5, 2], name="rows", write=str)
