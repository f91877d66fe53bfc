"""Pure: where the lines and bars of a chart stand, in the units of its drawing.

`line_chart`, `bar_chart` and `histogram` place values; `templates/macros/charts.html` draws what
they return (`line_figure`, `bar_figure`), with the same values in a table behind it. Words and
numbers are written by the template, in the reader's language.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from server.shared.axes import ACROSS, Where, ends, moments, nice_ticks, number, scale

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 30
# Room for a number beside an axis.
UP = 5
# More labels than this below the bars would run into one another.
LABELS = 12
GAP = 0.25
WIDEST_BAR = 72


class Form(StrEnum):
    """How the points of a series are joined."""

    LINE = "line"
    STEPS = "steps"
    DOTS = "dots"


class Point(NamedTuple):
    """A value at a place, with the interval around it where there is one, and its page."""

    x: Where
    y: float
    low: float | None = None
    high: float | None = None
    label: str = ""
    href: str | None = None


class Series(NamedTuple):
    """Points that belong together, in the order in which they are joined."""

    name: str
    points: Sequence[Point]
    form: Form = Form.LINE


class Bar(NamedTuple):
    """A label and its parts, which stand on one another; mostly one."""

    label: str
    parts: tuple[float, ...]
    note: str = ""

    @property
    def total(self) -> float:
        """The height of the whole bar."""
        return sum(self.parts)


class Tick(NamedTuple):
    """A place on an axis, and the value at it."""

    at: float
    value: Where


class Mark(NamedTuple):
    """A point in the units of the drawing; `low` and `high` are the ends of its whisker."""

    x: float
    y: float
    low: float | None
    high: float | None
    point: Point


class DrawnSeries(NamedTuple):
    """A series in the units of the drawing; `path` is empty where nothing is joined."""

    name: str
    path: str
    marks: list[Mark]


class Frame(NamedTuple):
    """The drawing's size and the edges of what is inside its axes."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


class LineChart(NamedTuple):
    """What `line_figure` draws."""

    frame: Frame
    series: list[DrawnSeries]
    across: list[Tick]
    up: list[Tick]
    is_time: bool

    @property
    def tells_hours(self) -> bool:
        """Whether the axis below names times of a day, which are in UTC."""
        return any(
            isinstance(t.value, datetime) and t.value.hour + t.value.minute for t in self.across
        )


class Piece(NamedTuple):
    """One part of a bar: `part` counts from 0, lowest first."""

    y: float
    height: float
    part: int


class DrawnBar(NamedTuple):
    """A bar in the units of the drawing; `shown` says whether its label fits below."""

    x: float
    middle: float
    width: float
    pieces: list[Piece]
    shown: bool
    bar: Bar


class BarChart(NamedTuple):
    """What `bar_figure` draws."""

    frame: Frame
    names: tuple[str, ...]
    bars: list[DrawnBar]
    up: list[Tick]


def line_chart(
    series: Sequence[Series], *, height: int = HEIGHT, from_zero: bool = False
) -> LineChart | None:
    """Place series over numbers or moments (not both); None where there is no point.

    `from_zero` begins the upright axis at 0, for counts; scores fill the height.
    """
    points = [point for each in series for point in each.points]
    if not points:
        return None
    frame = _frame(height)
    first, last = ends([number(point.x) for point in points])
    low, high = _reach(points, from_zero)
    steps = nice_ticks(low, high, UP, whole=from_zero and _are_whole(point.y for point in points))
    low, high = min(low, steps[0]), max(high, steps[-1])
    across = scale(first, last, frame.left, frame.right)
    up = scale(low, high, frame.bottom, frame.top)
    is_time = isinstance(points[0].x, datetime)
    drawn = [_draw(each, across, up, frame) for each in series]
    places = moments(first, last) if is_time else nice_ticks(first, last, ACROSS)
    ticks = [Tick(across(number(x)), x) for x in places if first <= number(x) <= last]
    return LineChart(frame, drawn, ticks, [Tick(up(y), y) for y in steps], is_time)


def bar_chart(
    bars: Sequence[Bar], *, names: Sequence[str], height: int = HEIGHT, gap: float = GAP
) -> BarChart | None:
    """Place bars from 0 upwards; `names` say what the parts are. None where there is no bar."""
    if not bars:
        return None
    frame = _frame(height)
    highest = max(bar.total for bar in bars)
    # Where every bar is empty the axis still needs a length.
    whole = _are_whole(part for bar in bars for part in bar.parts)
    steps = nice_ticks(0.0, highest or 1.0, UP, whole=whole)
    up = scale(0.0, steps[-1], frame.bottom, frame.top)
    step = (frame.right - frame.left) / len(bars)
    every = ceil(len(bars) / LABELS)
    drawn = [
        _draw_bar(bar, frame.left + i * step, step, up, gap=gap, shown=i % every == 0)
        for i, bar in enumerate(bars)
    ]
    return BarChart(frame, tuple(names), drawn, [Tick(up(y), y) for y in steps])


def histogram(
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    name: str,
    write: Callable[[float], str],
    height: int = HEIGHT,
) -> BarChart | None:
    """Place counts between edges, of which there is one more; `write` says an edge in words."""
    if len(edges) != len(counts) + 1:
        raise ValueError(f"{len(counts)} counts need {len(counts) + 1} edges, not {len(edges)}")
    spans = pairwise(edges)
    bars = [
        Bar(write(low), (float(count),), f"{write(low)} – {write(high)}")
        for (low, high), count in zip(spans, counts, strict=True)
    ]
    return bar_chart(bars, names=(name,), height=height, gap=0.04)


def _are_whole(values: Iterable[float]) -> bool:
    """Whether they may have been counted: an axis has no half of a team."""
    return all(float(value).is_integer() for value in values)


def _frame(height: int) -> Frame:
    return Frame(height=height, bottom=height - BOTTOM)


def _reach(points: Sequence[Point], from_zero: bool) -> tuple[float, float]:
    values = [v for p in points for v in (p.y, p.low, p.high) if v is not None]
    low, high = min(values), max(values)
    return (min(low, 0.0), high) if from_zero else (low, high)


def _draw(
    each: Series, across: Callable[[float], float], up: Callable[[float], float], frame: Frame
) -> DrawnSeries:
    marks = [
        Mark(
            across(number(p.x)),
            up(p.y),
            None if p.low is None else up(p.low),
            None if p.high is None else up(p.high),
            p,
        )
        for p in each.points
    ]
    return DrawnSeries(each.name, _path(marks, each.form, frame), marks)


def _path(marks: Sequence[Mark], form: Form, frame: Frame) -> str:
    if form is Form.DOTS or not marks:
        return ""
    if form is Form.LINE:
        return "M" + "L".join(f"{mark.x} {mark.y}" for mark in marks)
    first, *others = marks
    # A best of so far holds until today: its last step goes on to the edge.
    turns = "".join(f"H{mark.x}V{mark.y}" for mark in others)
    return f"M{first.x} {first.y}{turns}H{frame.right}"


def _draw_bar(
    bar: Bar, left: float, step: float, up: Callable[[float], float], *, gap: float, shown: bool
) -> DrawnBar:
    pieces, below = [], 0.0
    for part, value in enumerate(bar.parts):
        y, base = up(below + value), up(below)
        pieces.append(Piece(y, round(base - y, 1), part))
        below += value
    # Bars of a histogram touch; one of few days is no wall.
    width = min(step * (1 - gap), WIDEST_BAR) if gap else step
    x, middle = round(left + (step - width) / 2, 1), round(left + step / 2, 1)
    return DrawnBar(x, middle, round(width, 1), pieces, shown, bar)
