"""The dashboard's charts: days with nothing in them too, weeks where days would be too many."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple

from server.organise.dashboard import Best, Figures
from server.shared.charts import (
    Bar,
    BarChart,
    Form,
    LineChart,
    Point,
    Series,
    bar_chart,
    line_chart,
)
from server.submissions.rules import SubmissionState

LOW = 180
MOST_DAYS = 62
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
# The parts of a bar, lowest first: what was scored, what can still be, and what was not.
PARTS = (
    (SubmissionState.SCORED,),
    (SubmissionState.QUEUED, SubmissionState.SCORING),
    (SubmissionState.REJECTED, SubmissionState.FAILED),
)


class Charts(NamedTuple):
    """What the dashboard draws; None where there is nothing to draw yet."""

    submissions: BarChart | None
    by_week: bool
    teams: LineChart | None
    best: LineChart | None


def charts_of(
    figures: Figures, *, names: Sequence[str], write: Callable[[date], str], today: date
) -> Charts:
    """Draw how a challenge goes; `names` of the bars' parts, `write` says a day in words."""
    spans = spans_of(figures.days, today)
    return Charts(
        submissions=bar_chart([_bar(figures, span, write) for span in spans], names=names),
        by_week=any(len(span) > 1 for span in spans),
        teams=_teams(figures.teams, today),
        best=_best(figures.best),
    )


def spans_of(days: Mapping[date, object], today: date) -> list[list[date]]:
    """Return every day from the first with something to today; weeks where these are too many."""
    if not days:
        return []
    first, last = min(days), max(today, *days)
    every = [first + DAY * i for i in range((last - first).days + 1)]
    if len(every) <= MOST_DAYS:
        return [[day] for day in every]
    return [every[i : i + WEEK.days] for i in range(0, len(every), WEEK.days)]


def _bar(figures: Figures, span: Sequence[date], write: Callable[[date], str]) -> Bar:
    counts = tuple(
        float(sum(figures.days.get(day, {}).get(state, 0) for day in span for state in part))
        for part in PARTS
    )
    note = write(span[0]) if len(span) == 1 else f"{write(span[0])} – {write(span[-1])}"
    return Bar(write(span[0]), counts, note)


def _teams(formed: Mapping[date, int], today: date) -> LineChart | None:
    """Draw how many teams there were at the end of each day on which one was formed."""
    days = sorted(formed)
    counts = list(accumulate(formed[day] for day in days))
    points = [Point(_at(day), float(n)) for day, n in zip(days, counts, strict=True)]
    if points and days[-1] < today:
        points.append(Point(_at(today), float(counts[-1])))
    return line_chart([Series("", points, Form.STEPS)], height=LOW, from_zero=True)


def _best(best: Sequence[Best]) -> LineChart | None:
    series = [
        Series(each.phase.title, [Point(_at(day), value) for day, value in each.days], Form.STEPS)
        for each in best
        if each.days
    ]
    return line_chart(series, height=LOW)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
