"""The universities of a board: each by its best team."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.accounts.models import Account
from server.boards.leaderboards import Chosen
from server.boards.models import Entry
from server.boards.points import points
from server.boards.rows import ORDER, On, UniversityName, count_ranked, on_board
from server.boards.rules import ranks, sort_key
from server.teams.models import Membership
from server.universities.queries import universities_by_id


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
    if chosen.challenge.same_university:
        found = best_teams(session, chosen.on)
    else:
        found = best_of_mixed(session, chosen.on, chosen.challenge.id or 0)
    names = universities_by_id(session, (best.university_id for best in found))
    lines = [_line(best, names.get(best.university_id or 0)) for best in found]
    independent = [line for line in lines if line.university is None]
    named = sorted(
        (line for line in lines if line.university is not None),
        key=lambda line: (_key(line), line.best_rank, line.university or ("", "")),
    )
    numbers = ranks([_key(line) for line in named])
    return [replace(x, rank=n) for x, n in zip(named, numbers, strict=True)] + independent


def _key(line: Line) -> float:
    return sort_key(line.points or 0.0, higher_is_better=True)


def _line(best: Best, university: Any) -> Line:
    name = None if university is None else UniversityName(university.slug, university.name)
    return Line(
        university=name,
        points=None if name is None else best.points,
        teams=best.teams,
        best_rank=best.rank,
        best_score=best.score,
    )


def best_teams(session: Session, on: On) -> list[Best]:
    """Return the best team of each university on a board (None: of those without one)."""
    university = col(Entry.university_id)
    placed = (
        sa.select(
            col(Entry.university_id),
            col(Entry.value),
            func.rank().over(order_by=col(Entry.key)).label("place"),
            func.count().over().label("ranked"),
            func.count().over(partition_by=university).label("teams"),
            func.row_number().over(partition_by=university, order_by=ORDER).label("nth"),
        )
        .where(*on_board(on))
        .subquery()
    )
    query = sa.select(placed).where(placed.c.nth == 1)
    return [
        Best(f.university_id, f.place, f.value, points(f.place, teams=f.ranked), f.teams)
        for f in session.execute(query)
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
    best = min(found, key=lambda b: b.rank)
    return best._replace(points=max(b.points for b in found), teams=len(found))


def placed_teams(on: On) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of every ranked team of a board with its place and its score."""
    place = func.rank().over(order_by=col(Entry.key))
    return sa.select(col(Entry.team_id), place, col(Entry.value)).where(*on_board(on))


def universities_of_teams(session: Session, challenge_id: int) -> dict[int, list[int]]:
    """Return the universities that each team's members belong to."""
    query = (
        sa.select(col(Membership.team_id), col(Account.university_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Membership.challenge_id) == challenge_id,
            col(Account.university_id).is_not(None),
        )
        .distinct()
    )
    found: dict[int, list[int]] = defaultdict(list)
    for team_id, university_id in session.execute(query):
        found[team_id].append(university_id)
    return found
