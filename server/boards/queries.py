"""Reads of boards. What serves the public board reads no private row."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from server.boards.models import Entry
from server.boards.rules import Candidate, sort_key
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState


def candidates_of(
    session: Session, *, team_id: int, phase_id: int, evaluation_id: int, higher_is_better: bool
) -> list[Candidate]:
    """Return what a team has scored in time in a phase and nobody took back."""
    public, private = aliased(Score), aliased(Score)
    query = (
        sa.select(
            col(Submission.id),
            col(Submission.received_at),
            col(Submission.selected),
            col(public.value),
            col(private.value),
        )
        .join(public, _same(public, evaluation_id, Board.PUBLIC))
        .outerjoin(private, _same(private, evaluation_id, Board.PRIVATE))
        .where(
            col(Submission.team_id) == team_id,
            col(Submission.phase_id) == phase_id,
            col(Submission.state) == SubmissionState.SCORED,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
        )
    )
    return [
        Candidate(
            submission_id=row[0],
            received_at=row[1],
            selected=row[2],
            public=sort_key(row[3], higher_is_better=higher_is_better),
            private=None if row[4] is None else sort_key(row[4], higher_is_better=higher_is_better),
        )
        for row in session.execute(query)
    ]


def _same(score: type[Score], evaluation_id: int, board: Board) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(score.submission_id) == col(Submission.id),
        col(score.evaluation_id) == evaluation_id,
        col(score.board) == board,
    )


def private_board_of(session: Session, phase: Phase) -> Board:
    """Return which board is final: the private one, or the public one where there is no other."""
    evaluation = live_evaluation(session, phase.id)
    return Board.PRIVATE if evaluation is not None and evaluation.has_private else Board.PUBLIC


def admitted_teams(session: Session, phase_id: int, board: Board, *, top: int) -> Sequence[int]:
    """Return the teams within the first `top` places of a board; ties at the bound are in."""
    on_board = (Entry.phase_id == phase_id, Entry.board == board, col(Entry.ranked).is_(True))
    bound = session.exec(
        select(Entry.key).where(*on_board).order_by(col(Entry.key)).limit(1).offset(top - 1)
    ).first()
    query = select(Entry.team_id).where(*on_board)
    if bound is not None:
        query = query.where(Entry.key <= bound)
    return [team_id for team_id in session.exec(query) if team_id is not None]


def place_of(session: Session, entry: Entry) -> int | None:
    """Return the rank of an entry: one more than the entries strictly better."""
    if not entry.ranked:
        return None
    better = select(func.count()).where(
        Entry.phase_id == entry.phase_id,
        Entry.board == entry.board,
        col(Entry.ranked).is_(True),
        Entry.key < entry.key,
    )
    return session.exec(better).one() + 1


def boards_without_ranges(session: Session) -> list[tuple[int, Board]]:
    """Return the boards on which some ranked entry has no range yet."""
    query = (
        sa.select(col(Entry.phase_id), col(Entry.board))
        .join(Phase, col(Phase.id) == col(Entry.phase_id))
        .where(
            col(Entry.ranked).is_(True),
            col(Entry.ranges_at).is_(None),
            # Made from replicates, they would tell of the scores that a ladder does not release.
            sa.or_(col(Phase.ranking) != Ranking.LADDER, col(Entry.board) == Board.PRIVATE),
        )
        .distinct()
    )
    return [(int(phase), Board(board)) for phase, board in session.execute(query)]


def top_entries(session: Session, phase_id: int, board: Board, *, limit: int) -> list[Entry]:
    """Return the first entries of a board, in its order."""
    query = (
        select(Entry)
        .where(Entry.phase_id == phase_id, Entry.board == board, col(Entry.ranked).is_(True))
        .order_by(col(Entry.key), col(Entry.submitted_at), col(Entry.submission_id))
        .limit(limit)
    )
    return list(session.exec(query))


def count_ranked(session: Session, phase_id: int, board: Board) -> int:
    """Return how many ranked entries a board has."""
    query = select(func.count()).where(
        Entry.phase_id == phase_id, Entry.board == board, col(Entry.ranked).is_(True)
    )
    return session.exec(query).one()
