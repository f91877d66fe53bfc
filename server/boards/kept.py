"""Boards under evaluations that are not live: what could be shown, and what was shown once."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.models import KEPT_ENTRIES, Entry, KeptEntry
from server.boards.of_university import is_of_university
from server.boards.rows import Row, row_of
from server.boards.rules import ranks
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation
from server.evaluations.rules import SCORED_BOARDS, Board
from server.shared.paging import Page, clamp
from server.submissions.models import Submission
from server.teams.models import Team
from server.teams.rules import name_key
from server.universities.models import University

# What a row has of its entry, besides its place.
SAME = (
    *("team_id", "submission_id", "key", "value", "low", "high", "method"),
    *("submitted_at", "submissions", "last_submitted_at"),
)
RANGES = ("rank_best", "rank_worst", "first_share")
KEPT = (
    *("key", "submitted_at", "submission_id", "value", "low", "high", "method", "submissions"),
    *("last_submitted_at", "rank_best", "rank_worst"),
)


def keep_board(session: Session, evaluation: Evaluation) -> None:
    """Keep the boards of a phase as they stand under the evaluation that is being replaced."""
    forget_kept(session, evaluation)
    table = sa.inspect(Entry).local_table
    order = (table.c.key, table.c.submitted_at, table.c.submission_id)
    place = func.row_number().over(partition_by=table.c.board, order_by=order)
    rank = func.rank().over(partition_by=(table.c.board, table.c.ranked), order_by=table.c.key)
    rows = sa.select(
        sa.literal(evaluation.id),
        table.c.board,
        place,
        sa.case((table.c.ranked.is_(True), rank)),
        *(table.c[name] for name in (*SAME, *RANGES)),
    ).where(table.c.phase_id == evaluation.phase_id, table.c.board.in_(SCORED_BOARDS))
    names = ["evaluation_id", "board", "position", "rank", *SAME, *RANGES]
    session.execute(sa.insert(KeptEntry).from_select(names, rows))


def rows_to_keep(evaluation: Evaluation, made: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the boards that an evaluation beside the live one makes, as rows of what is kept."""
    return [
        row | {"evaluation_id": evaluation.id}
        for board in SCORED_BOARDS
        for row in _placed([entry for entry in made if entry["board"] is board])
    ]


def keep_rows(session: Session, evaluation: Evaluation, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the boards of an evaluation beside the live one in the place of those kept before."""
    forget_kept(session, evaluation)
    if rows:
        session.execute(KEPT_ENTRIES.insert(), rows)


def _placed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries.sort(key=lambda e: (e["key"], e["submitted_at"], e["submission_id"]))
    numbers = iter(ranks([e["key"] for e in entries if e["ranked"]]))
    return [
        {"board": entry["board"], "position": position}
        | {"rank": next(numbers) if entry["ranked"] else None}
        | {name: entry[name] for name in SAME}
        for position, entry in enumerate(entries, start=1)
    ]


def forget_kept(session: Session, evaluation: Evaluation) -> None:
    """Forget the board that was kept of an evaluation: it is live, or is made anew."""
    session.execute(sa.delete(KeptEntry).where(col(KeptEntry.evaluation_id) == evaluation.id))


def kept_page(
    session: Session,
    evaluation: Evaluation,
    board: Board,
    *,
    q: str = "",
    university: str = "",
    page: int,
    per_page: int,
) -> Page[Row]:
    """Return a page of a board that was kept, or of what a search leaves of it."""
    page, per_page = clamp(page, per_page)
    of_board = [col(KeptEntry.evaluation_id) == evaluation.id, col(KeptEntry.board) == board]
    if q:
        of_board.append(col(Team.name_key).contains(name_key(q), autoescape=True))
    if university:
        of = {"team": KeptEntry.team_id, "university": Team.university_id}
        of_board.append(is_of_university(session, evaluation.phase_id, university, **of))
    query = _rows(session, evaluation).where(*of_board)
    total = session.execute(
        sa.select(func.count()).select_from(
            query.with_only_columns(col(KeptEntry.position)).subquery()
        )
    ).scalar_one()
    first = (page - 1) * per_page
    found = session.execute(query.order_by(col(KeptEntry.position)).offset(first).limit(per_page))
    return Page(int(total), page, per_page, [row_of(row, row.rank) for row in found])


def every_kept(session: Session, evaluation: Evaluation, board: Board) -> Iterator[Row]:
    """Yield every row of a board that was kept, in its order (for exports)."""
    query = _rows(session, evaluation).where(
        col(KeptEntry.evaluation_id) == evaluation.id, col(KeptEntry.board) == board
    )
    for row in session.execute(query.order_by(col(KeptEntry.position))):
        yield row_of(row, row.rank)


def _rows(session: Session, evaluation: Evaluation) -> sa.Select[*tuple[Any, ...]]:
    phase = session.get_one(Phase, evaluation.phase_id)
    hidden = session.get_one(Challenge, phase.challenge_id).anonymous
    named = sa.false() if hidden else col(University.id) == col(Team.university_id)
    return (
        sa.select(
            # In the order of `row_columns`.
            *(getattr(KeptEntry, name) for name in KEPT),
            sa.null().label("rank_group"),
            col(KeptEntry.first_share),
            sa.null().label("ranges_at"),
            col(Team.id).label("team_id"),
            col(Team.name).label("team_name"),
            col(University.slug).label("university_slug"),
            col(University.name).label("university_name"),
            col(Submission.baseline),
            col(KeptEntry.rank),
        )
        .select_from(KeptEntry)
        .join(Submission, col(Submission.id) == col(KeptEntry.submission_id))
        .outerjoin(Team, col(Team.id) == col(KeptEntry.team_id))
        .outerjoin(University, named)
    )


class Place(NamedTuple):
    """Where a team stands, and with what; a team without a rank was taken off the board."""

    rank: int | None
    score: float


def places_now(session: Session, phase_id: int, board: Board) -> dict[int, Place]:
    """Return where each team stands on a board as it is."""
    rank = func.rank().over(partition_by=col(Entry.ranked), order_by=col(Entry.key))
    query = sa.select(
        col(Entry.team_id), sa.case((col(Entry.ranked).is_(True), rank)), col(Entry.value)
    ).where(
        col(Entry.phase_id) == phase_id,
        col(Entry.board) == board,
        col(Entry.team_id).is_not(None),
    )
    return {team: Place(rank, value) for team, rank, value in session.execute(query)}


def places_kept(session: Session, evaluation_id: int, board: Board) -> dict[int, Place]:
    """Return where each team stands on a board that was kept."""
    query = sa.select(col(KeptEntry.team_id), col(KeptEntry.rank), col(KeptEntry.value)).where(
        col(KeptEntry.evaluation_id) == evaluation_id,
        col(KeptEntry.board) == board,
        col(KeptEntry.team_id).is_not(None),
    )
    return {team: Place(rank, value) for team, rank, value in session.execute(query)}
