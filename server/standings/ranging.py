"""The ranges of universities' ranks over the replicates: heavy, so the worker keeps them."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.models import Entry
from server.boards.rows import ORDER, on_board
from server.challenges.rules import Ranking
from server.evaluations.models import NONE_TO_BE_HAD, Replicates, Score
from server.evaluations.rules import Board
from server.shared.database import Database
from server.standings.aggregating import seasons_of
from server.standings.contributions import placed_teams
from server.standings.models import Snapshot, Standing, StandingBoard, StandingRange, table_of
from server.standings.reckoning import SeasonSet
from server.standings.robustness import (
    Floats,
    Part,
    Resampled,
    Sums,
    rank_ranges,
    resampled,
    rounded,
)
from server.standings.rules import Rule
from server.standings.season_boards import SeasonBoard, season_boards

MOST_REPLICATES = 1000
FEWEST_REPLICATES = 100
# Teams times replicates that are ranked in one go: some seconds of work.
CELLS = 20_000_000
AT_LEAST_APART = timedelta(seconds=10)
# It may take a twentieth of a worker's time.
SHARE_OF_TIME = 20
BYTES = 8


class Due(NamedTuple):
    """A season whose ranges are of another version of its standings: `of_version`."""

    season: SeasonSet
    version: int
    of_version: int
    ranks: dict[Rule, dict[int, int]]


def refresh_ranges(database: Database, *, now: datetime) -> int:
    """Compute the ranges of the seasons that changed since, and keep them; return how many."""
    began = time.perf_counter()
    with database.reading() as session:
        due = _due(session, now)
        if not due:
            return 0
        boards = {b.challenge.id or 0: b for b in season_boards(session, now=now)}
        replicates = _replicates_to_use(session, boards)
        found = _sums(session, due, boards, replicates) if replicates else {}
    rows = [row for one in due for row in _rows(one, found.get(one.season.season_id))]
    with database.writing() as session:
        _keep(session, due, rows, replicates, now, time.perf_counter() - began)
        session.commit()
    return len(due)


def _due(session: Session, now: datetime) -> list[Due]:
    snapshots = {s.season_id: s for s in session.exec(select(Snapshot)) if _is_due(s, now)}
    if not snapshots:
        return []
    boards = set(session.exec(select(StandingBoard.challenge_id)))
    seasons = {s.season_id: s for s in seasons_of(session, boards)}
    return [
        Due(seasons[k], snapshot.version, snapshot.ranges_version, _ranks(session, k))
        for k, snapshot in snapshots.items()
        if k in seasons
    ]


def _is_due(snapshot: Snapshot, now: datetime) -> bool:
    if snapshot.version == snapshot.ranges_version:
        return False
    pause = max(AT_LEAST_APART, timedelta(seconds=SHARE_OF_TIME * snapshot.ranges_seconds))
    return snapshot.ranges_at is None or now >= snapshot.ranges_at + pause


def _ranks(session: Session, season_id: int) -> dict[Rule, dict[int, int]]:
    query = sa.select(col(Standing.rule), col(Standing.university_id), col(Standing.rank))
    found: dict[Rule, dict[int, int]] = {rule: {} for rule in Rule}
    for rule, university_id, rank in session.execute(
        query.where(col(Standing.season_id) == season_id)
    ):
        found[rule][university_id] = rank
    return found


def _sums(
    session: Session, due: Sequence[Due], boards: Mapping[int, SeasonBoard], replicates: int
) -> dict[int, Sums]:
    made = {
        one.season.season_id: Sums(
            list(one.ranks[Rule.POINTS]),
            challenges=len(one.season.weights),
            replicates=replicates,
        )
        for one in due
    }
    for challenge_id, board in boards.items():
        wanted = [one.season for one in due if challenge_id in one.season.weights]
        again = resampled_board(session, board, replicates) if wanted else None
        for season in wanted if again else ():
            assert again is not None
            made[season.season_id].add(again, weight=season.weights[challenge_id])
    return made


def resampled_board(session: Session, board: SeasonBoard, replicates: int) -> Resampled | None:
    """Return what universities have in each replicate of a board; None where nobody is on it."""
    placed = placed_teams(session, board)
    parts = [
        Part(row, university_id, 1 / len(team.universities))
        for row, team in enumerate(placed)
        for university_id in team.universities
    ]
    if not parts:
        return None
    return resampled(_keys(session, board, len(placed), replicates), parts)


def _keys(session: Session, board: SeasonBoard, teams: int, replicates: int) -> Floats:
    """Return the keys (teams, replicates) in the board's order; lower is better.

    A team without stored replicates keeps its score in all of them, and so does every team of a
    ladder that runs: what it has released is all that may be told.
    """
    keys = np.array(
        session.execute(sa.select(col(Entry.key)).where(*on_board(board.on)).order_by(*ORDER))
        .scalars()
        .all()
    )
    matrix = np.repeat(keys[:, None], replicates, axis=1)
    if board.provisional and board.phase.ranking is Ranking.LADDER:
        return matrix
    turn = -1.0 if board.challenge.higher_is_better else 1.0
    row_of = _row_numbers(session, board)
    for submission_id, data in session.execute(_stored_query(board)).yield_per(500):
        values = np.frombuffer(data, dtype="<f8")
        if len(values) >= replicates and submission_id in row_of:
            matrix[row_of[submission_id]] = turn * rounded(values[:replicates])
    assert len(matrix) == teams
    return matrix


def _row_numbers(session: Session, board: SeasonBoard) -> dict[int, int]:
    query = sa.select(col(Entry.submission_id)).where(*on_board(board.on)).order_by(*ORDER)
    return {
        submission_id: row for row, submission_id in enumerate(session.execute(query).scalars())
    }


def _stored_query(board: SeasonBoard) -> sa.Select[*tuple[Any, ...]]:
    scored = Board.PRIVATE if board.board is Board.PRIVATE else Board.PUBLIC
    return (
        sa.select(col(Entry.submission_id), col(Replicates.data))
        .join(
            Score,
            sa.and_(
                col(Score.submission_id) == col(Entry.submission_id),
                col(Score.evaluation_id) == col(Entry.evaluation_id),
                col(Score.board) == scored,
            ),
        )
        .join(Replicates, col(Replicates.score_id) == col(Score.id))
        .where(*on_board(board.on), col(Replicates.data) != NONE_TO_BE_HAD)
    )


def _replicates_to_use(session: Session, boards: Mapping[int, SeasonBoard]) -> int:
    """Return how many replicates all boards have, and the work allows; 0 where none has any."""
    lengths = []
    for board in boards.values():
        first = session.execute(_stored_query(board).limit(1)).first()
        if first is not None:
            lengths.append(len(first[1]) // BYTES)
    if not lengths:
        return 0
    teams = sum(session.exec(select(StandingBoard.ranked)))
    affordable = max(FEWEST_REPLICATES, CELLS // max(teams, 1))
    return min(MOST_REPLICATES, affordable, *lengths)


def _rows(one: Due, sums: Sums | None) -> list[dict[str, object]]:
    if sums is None:
        return []
    universities = list(one.ranks[Rule.POINTS])
    return [
        {
            "season_id": one.season.season_id,
            "rule": rule,
            "university_id": university_id,
            "low": found.low,
            "high": found.high,
        }
        for rule, ranks in sums.ranks().items()
        for university_id, found in rank_ranges(universities, ranks, one.ranks[rule]).items()
    ]


def _keep(
    session: Session,
    due: Sequence[Due],
    rows: Sequence[dict[str, object]],
    replicates: int,
    now: datetime,
    seconds: float,
) -> None:
    for one in due:
        season_id = one.season.season_id
        session.execute(sa.delete(StandingRange).where(col(StandingRange.season_id) == season_id))
        session.execute(
            sa.update(Snapshot)
            .where(col(Snapshot.season_id) == season_id)
            .values(
                ranges_version=sa.case(
                    (col(Snapshot.ranges_version) == one.of_version, one.version),
                    else_=col(Snapshot.ranges_version),
                ),
                ranges_at=now,
                ranges_seconds=seconds,
                replicates=replicates,
            )
        )
    if rows:
        session.execute(table_of(StandingRange).insert(), rows)
