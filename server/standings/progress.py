"""A university's way through a season, as it was kept day by day, and the chart of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.challenges.models import Challenge
from server.standings.models import Snapshot, StandingMoment
from server.standings.queries import Place, SeasonName
from server.standings.rules import Rule

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 32
MOST_MOMENTS = 2000


class Moment(NamedTuple):
    """Where a university stood at a moment; `revealed` is the challenge whose result came then."""

    at: datetime
    points: float
    universities: int
    ranks: dict[Rule, int]
    revealed: str | None = None


class Dot(NamedTuple):
    """A point of a chart, and what it says."""

    x: float
    y: float
    moment: Moment


class Tick(NamedTuple):
    """A place on an axis, and the number at it."""

    at: float
    label: int


class Chart(NamedTuple):
    """A line of ranks over time in the units of its view box; rank 1 is on top."""

    path: str
    dots: list[Dot]
    ranks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def progress_of(session: Session, season: SeasonName, university_id: int) -> list[Moment]:
    """Return the moments of a university that were kept, in the order of time."""
    query = (
        sa.select(StandingMoment, col(Challenge.title))
        .outerjoin(Challenge, col(Challenge.id) == col(StandingMoment.revealed_id))
        .where(
            col(StandingMoment.season_id) == season.id,
            col(StandingMoment.university_id) == university_id,
        )
        .order_by(col(StandingMoment.at).desc())
        .limit(MOST_MOMENTS)
    )
    found = [_moment(row, title) for row, title in session.execute(query)]
    return found[::-1]


def _moment(row: StandingMoment, title: str | None) -> Moment:
    ranks = {rule: getattr(row, f"{rule.value}_rank") for rule in Rule}
    return Moment(row.at, row.points, row.universities, ranks, title)


def with_present(
    moments: Sequence[Moment], places: dict[Rule, Place], snapshot: Snapshot
) -> list[Moment]:
    """Return moments with the present one behind them, where it is later."""
    if not places or (moments and moments[-1].at >= snapshot.as_of):
        return list(moments)
    ranks = {rule: place.rank for rule, place in places.items()}
    present = Moment(snapshot.as_of, places[Rule.POINTS].value, snapshot.universities, ranks)
    return [*moments, present]


def chart_of(moments: Sequence[Moment], rule: Rule) -> Chart | None:
    """Return the line of a university's ranks by a rule; None while there is no line yet."""
    if len(moments) < 2:
        return None
    worst = max(2, *(m.ranks[rule] for m in moments))
    begin, end = moments[0].at, moments[-1].at
    span = (end - begin).total_seconds() or 1.0
    dots = [
        Dot(
            round(LEFT + (WIDTH - LEFT - RIGHT) * (m.at - begin).total_seconds() / span, 1),
            _height(m.ranks[rule], worst),
            m,
        )
        for m in moments
    ]
    path = "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots)
    marks = sorted({1, (worst + 1) // 2, worst})
    return Chart(path, dots, [Tick(_height(rank, worst), rank) for rank in marks])


def _height(rank: int, worst: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (rank - 1) / (worst - 1), 1)
