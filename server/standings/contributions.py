"""What each university has on a board: read from its entries, kept as rows."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.models import Entry
from server.boards.rows import ORDER, on_board
from server.boards.rules import ranks
from server.boards.university_lines import universities_of_teams
from server.standings.best_teams import lines_of
from server.standings.models import Contribution, table_of
from server.standings.rules import Line, Medals, PlacedTeam, Result, lines
from server.standings.season_boards import SeasonBoard


class Computed(NamedTuple):
    """The universities of a board, and how many teams it ranks."""

    ranked: int
    lines: dict[int, Line]


def computed(session: Session, board: SeasonBoard) -> Computed:
    """Return what a board says of each university; only mixed teams are gone through one by one."""
    if board.challenge.same_university:
        return Computed(*lines_of(session, board.on))
    placed = placed_teams(session, board)
    return Computed(len(placed), lines(placed, teams=len(placed)))


def placed_teams(session: Session, board: SeasonBoard) -> list[PlacedTeam]:
    """Return the ranked teams of a board, best first, with the universities they count for."""
    query = (
        sa.select(col(Entry.team_id), col(Entry.university_id), col(Entry.key), col(Entry.value))
        .where(*on_board(board.on))
        .order_by(*ORDER)
    )
    found = session.execute(query).tuples().all()
    numbers = ranks([key for _, _, key, _ in found])
    if board.challenge.same_university:
        return [
            PlacedTeam(team_id, rank, value, () if university_id is None else (university_id,))
            for (team_id, university_id, _, value), rank in zip(found, numbers, strict=True)
        ]
    mixed = universities_of_teams(session, board.challenge.id or 0)
    return [
        PlacedTeam(team_id, rank, value, mixed.get(team_id, ()))
        for (team_id, _, _, value), rank in zip(found, numbers, strict=True)
    ]


def as_rows(challenge_id: int, found: Computed) -> list[dict[str, Any]]:
    """Return lines as rows of the table of contributions."""
    return [
        {
            "challenge_id": challenge_id,
            "university_id": university_id,
            "best_team_id": line.best_team_id,
            "best_rank": line.result.best_rank,
            "best_score": line.best_score,
            "share": line.result.share,
            "teams": line.teams,
            **line.result.medals._asdict(),
        }
        for university_id, line in found.lines.items()
    ]


def stored(session: Session, challenge_id: int, *, ranked: int) -> Computed:
    """Return the lines of a challenge as they were kept."""
    query = sa.select(*table_of(Contribution).columns).where(
        col(Contribution.challenge_id) == challenge_id
    )
    rows = session.execute(query).all()
    return Computed(ranked, {row.university_id: line_of(row, ranked) for row in rows})


def line_of(row: object, ranked: int) -> Line:
    """Return a line from its row."""
    kept: Contribution = row  # type: ignore[assignment]
    won = Medals(kept.gold, kept.silver, kept.bronze)
    result = Result(kept.best_rank, ranked, kept.share, won)
    return Line(kept.best_team_id, kept.best_score, kept.teams, result)
