"""The universities of a board: each by its best team."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.chosen import Chosen
from server.boards.marks import kept_of
from server.boards.models import Entry
from server.boards.places import count_ranked, places
from server.boards.points import points
from server.boards.rows import ORDER, On, UniversityName, on_board
from server.boards.rules import ranks, sort_key
from server.teams.models import Team, TeamOrigin
from server.universities.models import University
from server.universities.queries import universities_by_id

# About what a line takes in memory.
LINE_BYTES = 500


@dataclass(frozen=True)
class Line:
    """A university on a board; the teams without one have no rank and no points."""

    university: UniversityName | None
    points: float | None
    teams: int
    best_rank: int
    best_score: float
    rank: int | None = None


class Best(NamedTuple):
    """A group's best team: its rank, its score, what it is worth, and how many teams there are."""

    university_id: int | None
    rank: int
    score: float
    points: float
    teams: int


def university_lines(session: Session, chosen: Chosen) -> list[Line]:
    """Return the universities of a board by the points of their best team, then the independent."""
    return kept_of(session, "lines", chosen.on, lambda: _lines(session, chosen), LINE_BYTES)


class OwnLine(NamedTuple):
    """A viewer's university among the lines, and the page that it is on."""

    line: Line
    page: int


def own_line(
    session: Session, lines: Sequence[Line], university_id: int | None, *, per_page: int
) -> OwnLine | None:
    """Return the line of a viewer's university, if it has one."""
    own = universities_by_id(session, [university_id]).get(university_id or 0)
    for index, line in enumerate(lines):
        if own is not None and line.university is not None and line.university.slug == own.slug:
            return OwnLine(line, index // per_page + 1)
    return None


def _lines(session: Session, chosen: Chosen) -> list[Line]:
    # An anonymous board names no university: then all teams are one line.
    if chosen.challenge.same_university or chosen.challenge.anonymous:
        found = best_teams(session, chosen.on)
    else:
        found = best_of_mixed(session, chosen.on, chosen.challenge.id or 0)
    names = _names(session, [best.university_id for best in found])
    named = sorted((_key(b), b.rank, names[b.university_id], b) for b in found if b.university_id)
    numbers = ranks([key for key, *_ in named])
    independent = [_line(best, None, None) for best in found if not best.university_id]
    lines = [_line(x[3], x[2], rank) for x, rank in zip(named, numbers, strict=True)]
    return lines + independent


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, UniversityName]:
    query = sa.select(col(University.id), col(University.slug), col(University.name)).where(
        col(University.id).in_(ids)
    )
    return {row[0]: UniversityName(row[1], row[2]) for row in session.execute(query)}


def _key(best: Best) -> float:
    return sort_key(best.points, higher_is_better=True)


def _line(best: Best, name: UniversityName | None, rank: int | None) -> Line:
    return Line(
        university=name,
        points=None if name is None else best.points,
        teams=best.teams,
        best_rank=best.rank,
        best_score=best.score,
        rank=rank,
    )


def best_teams(session: Session, on: On) -> list[Best]:
    """Return the best team of each university on a board (None: of those without one).

    The index is read once; then only the best teams are.
    """
    each = (
        sa.select(
            col(Entry.university_id).label("university_id"),
            func.min(col(Entry.key)).label("key"),
            func.count().label("teams"),
        )
        .where(*on_board(on))
        .group_by(col(Entry.university_id))
        .subquery()
    )
    score = (
        sa.select(col(Entry.value))
        .where(
            *on_board(on),
            col(Entry.university_id).is_not_distinct_from(each.c.university_id),
            col(Entry.key) == each.c.key,
        )
        .order_by(*ORDER)
        .limit(1)
        .scalar_subquery()
    )
    found = session.execute(sa.select(each, score.label("value"))).all()
    ranked, total = places(session, on, (f.key for f in found)), count_ranked(session, on)
    return [
        Best(f.university_id, rank, f.value, points(rank, teams=total), f.teams)
        for f in found
        for rank in (ranked[f.key],)
    ]


def best_of_mixed(session: Session, on: On, challenge_id: int) -> list[Best]:
    """Return the best teams where a team of several universities is split equally among them."""
    universities = universities_of_teams(session, challenge_id)
    total = count_ranked(session, on)
    grouped: dict[int | None, list[Best]] = defaultdict(list)
    for team_id, place, value in session.execute(placed_teams(on)):
        among: list[int | None] = [*universities.get(team_id, ())] or [None]
        share = points(place, teams=total) / len(among)
        for university_id in among:
            grouped[university_id].append(Best(university_id, place, value, share, 1))
    return [_best_of(found) for found in grouped.values()]


def _best_of(found: list[Best]) -> Best:
    best = max(found, key=lambda b: b.points)
    return best._replace(teams=len(found))


def placed_teams(on: On) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of every ranked team of a board with its place and its score."""
    place = func.rank().over(order_by=col(Entry.key))
    return sa.select(col(Entry.team_id), place, col(Entry.value)).where(*on_board(on))


def universities_of_teams(session: Session, challenge_id: int) -> dict[int, list[int]]:
    """Return the universities of each mixed team's members, as of its first submission."""
    query = (
        sa.select(col(TeamOrigin.team_id), col(TeamOrigin.university_id))
        .join(Team, col(Team.id) == col(TeamOrigin.team_id))
        .where(col(Team.challenge_id) == challenge_id)
        .distinct()
        .order_by(col(TeamOrigin.team_id), col(TeamOrigin.university_id))
    )
    found: dict[int, list[int]] = defaultdict(list)
    for team_id, university_id in session.execute(query):
        found[team_id].append(university_id)
    return found
