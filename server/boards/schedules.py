"""What the worker does for boards by the clock: reveals that are due, ranges of ranks."""

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from scorers.uncertainty import RankRange, leaders, rank_ranges
from server.boards.actions import reveal
from server.boards.entries import mark_beyond
from server.boards.lacking import Needed, lacking_on
from server.boards.models import Entry
from server.boards.next_places import Pair, newcomers_below, next_up, write_next_places
from server.boards.queries import boards_without_ranges, count_ranked, top_entries
from server.boards.rows import On
from server.boards.rules import ranks
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_to_reveal
from server.challenges.rules import Ranking
from server.evaluations.queries import live_evaluation, replicates_of
from server.evaluations.rules import Board
from server.shared.database import Database
from server.shared.errors import Conflict

MOST_RANGED = 100


def reveal_due(session: Session, *, now: datetime) -> list[int]:
    """Reveal every phase that ended, reveals itself and has nothing left to score."""
    revealed = []
    for phase in phases_to_reveal(session, now=now):
        try:
            reveal(session, phase=phase, actor_id=None, now=now)
        except Conflict:
            continue
        revealed.append(phase.id or 0)
    return revealed


def _never(_on: On, _lacking: Sequence[Needed]) -> bool:
    return False


def write_rank_ranges(
    database: Database,
    *,
    now: datetime,
    wait_for: Callable[[On, Sequence[Needed]], bool] = _never,
) -> int:
    """Compute the ranges of the boards that changed since; return how many boards.

    `wait_for` is asked for the replicates that a board lacks, and says whether it waits for them.
    """
    with database.reading() as session:
        boards = boards_without_ranges(session)
    for phase_id, board in boards:
        on = On(phase_id, board)
        if not wait_for(on, _lacking(database, on)):
            _write_ranges(database, phase_id, board, now)
    return len(boards)


def _lacking(database: Database, on: On) -> list[Needed]:
    with database.reading() as session:
        entries = top_entries(session, *on, limit=MOST_RANGED)
        return lacking_on(session, on, ranged={entry.submission_id for entry in entries})


def _write_ranges(database: Database, phase_id: int, board: Board, now: datetime) -> None:
    with database.reading() as session:
        entries = top_entries(session, phase_id, board, limit=MOST_RANGED)
        phase = session.get_one(Phase, phase_id)
        higher = session.get_one(Challenge, phase.challenge_id).higher_is_better
        pairs = _pairs(session, phase, On(phase_id, board), entries)
        compared = [entry for pair in pairs for entry in pair if entry is not None]
        stored = _replicates(session, [*entries, *compared], board)
        teams = count_ranked(session, phase_id, board)
    ranged = [e for e in entries if e.submission_id in stored]
    usable = len(ranged) == len(entries) and len(ranged) > 1
    with database.writing() as session:
        if not _still_live(session, phase_id, entries):
            return
        if usable:
            matrix = np.vstack([stored[e.submission_id] for e in ranged])
            found = rank_ranges(matrix, higher_is_better=higher, values=[e.value for e in ranged])
            groups = _groups(ranged, matrix, higher)
            for entry, place, group in zip(ranged, found, groups, strict=True):
                _write(session, entry, _beyond(place, len(ranged), teams), group, now)
        else:
            for entry in entries:
                _write(session, entry, None, None, now)
        write_next_places(session, On(phase_id, board), pairs, stored, now=now)
        if entries:
            mark_beyond(session, phase_id, board, key=entries[-1].key, now=now)
        session.commit()


def _still_live(session: Session, phase_id: int, entries: Sequence[Entry]) -> bool:
    """Hold the phase, and say whether what was computed is of the evaluation that is live now."""
    session.execute(
        sa.select(col(Phase.id)).where(col(Phase.id) == phase_id).with_for_update(read=True)
    )
    live = live_evaluation(session, phase_id)
    return not entries or (live is not None and live.id == entries[0].evaluation_id)


def _pairs(session: Session, phase: Phase, on: On, entries: Sequence[Entry]) -> list[Pair]:
    """Return who stands before whom; not where the ladder hides how far that is."""
    if not entries or (phase.ranking is Ranking.LADDER and on.board is Board.PUBLIC):
        return []
    return [*next_up(entries), *newcomers_below(session, on, entries[-1])]


def _groups(entries: Sequence[Entry], matrix: NDArray[np.float64], higher: bool) -> list[int]:
    """Return for each the rank of the team that leads the group it stands in."""
    numbers = ranks([entry.key for entry in entries])
    led = leaders(matrix, higher, [entry.value for entry in entries])
    return [numbers[leader] for leader in led]


def _beyond(place: RankRange, ranged: int, teams: int) -> RankRange:
    """Widen a range that reaches the end of those compared: teams after it may be no worse."""
    return place._replace(worst=teams) if place.worst == ranged else place


def _replicates(
    session: Session, entries: Sequence[Entry], board: Board
) -> dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    if not entries:
        return {}
    data = replicates_of(
        session,
        [e.submission_id for e in entries],
        evaluation_id=entries[0].evaluation_id,
        board=board,
    )
    return {k: np.frombuffer(v, dtype="<f8") for k, v in data.items()}


def _write(
    session: Session, entry: Entry, place: RankRange | None, group: int | None, now: datetime
) -> None:
    """Write a range, unless the team's counted submission changed while it was computed."""
    current = session.exec(
        select(Entry).where(Entry.id == entry.id, Entry.submission_id == entry.submission_id)
    ).first()
    if current is None:
        return
    current.rank_best = place.best if place else None
    current.rank_worst = place.worst if place else None
    current.rank_group = group
    current.first_share = place.first if place else None
    current.ranges_at = now
    session.add(current)
