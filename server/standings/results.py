"""What a university reached in each challenge of a season."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.models import Entry
from server.boards.rows import On
from server.shared.paging import Page, clamp
from server.standings.contributions import line_of
from server.standings.models import (
    Contribution,
    table_of,
)
from server.standings.queries import SeasonName, Weighed, boards_of
from server.standings.rules import Result
from server.standings.season_boards import SeasonBoard, on_any
from server.teams.models import Team
from server.teams.queries import teams_by_id

RESULTS_A_PAGE = 25
OF_UNIVERSITY = sa.select(*table_of(Contribution).columns).where(
    col(Contribution.university_id) == sa.bindparam("university")
)


class Found(NamedTuple):
    """What a university reached on one board, by its best team and with how many.

    `rank_range` is the 95 % range of that team's rank, where the board has one.
    """

    board: SeasonBoard
    result: Result
    teams: int
    best_score: float
    best_team: Team
    rank_range: tuple[int, int] | None


def results_of(session: Session, season: SeasonName, university_id: int) -> list[Found]:
    """Return what a university has in each challenge of a season, by the challenge's title."""
    return _found(session, *_own_boards(session, season, university_id))


def results_page(
    session: Session, season: SeasonName, university_id: int, *, page: int
) -> Page[Found]:
    """Return a page of what a university has in each challenge."""
    own, boards = _own_boards(session, season, university_id)
    page, per_page = clamp(page, RESULTS_A_PAGE)
    some = boards[(page - 1) * per_page : page * per_page]
    return Page(len(boards), page, per_page, _found(session, own, some))


def _own_boards(
    session: Session, season: SeasonName, university_id: int
) -> tuple[dict[int | None, Any], Sequence[Weighed]]:
    found = session.execute(OF_UNIVERSITY, {"university": university_id})
    own: dict[int | None, Any] = {row.challenge_id: row for row in found}
    return own, [one for one in boards_of(session, season) if one[0].challenge.id in own]


def _found(
    session: Session, own: Mapping[int | None, Any], boards: Sequence[Weighed]
) -> list[Found]:
    best = {own[board.challenge.id].best_team_id for board, _, _ in boards}
    teams = teams_by_id(session, best)
    spans = _spans(session, best, [board for board, _, _ in boards])
    found = []
    for board, ranked, weight in boards:
        row = own[board.challenge.id]
        line = line_of(row, ranked)
        result = line.result._replace(weight=weight)
        span = spans.get((row.best_team_id, board.on))
        team = teams.get(row.best_team_id)
        if team is not None:
            found.append(Found(board, result, line.teams, line.best_score, team, span))
    return found


def _spans(
    session: Session, teams: Collection[int], boards: Sequence[SeasonBoard]
) -> dict[tuple[int | None, On], tuple[int, int]]:
    """Return the ranges of best teams' ranks, by team and board."""
    query = sa.select(
        col(Entry.team_id),
        col(Entry.phase_id),
        col(Entry.board),
        col(Entry.rank_best),
        col(Entry.rank_worst),
    ).where(
        col(Entry.team_id).in_(teams),
        col(Entry.rank_best).is_not(None),
        on_any(boards),
    )
    return {
        (row.team_id, On(row.phase_id, row.board)): (row.rank_best, row.rank_worst)
        for row in session.execute(query)
    }
