"""Which board stands for a challenge: its last revealed phase, else that of the running one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.models import Entry
from server.boards.rows import On
from server.boards.visibility import served
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_by_challenge
from server.challenges.rules import Ranking, Visibility
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board, EvaluationState


class ChallengeName(NamedTuple):
    """What pages say of a challenge: the rest of its wide row costs more than all else together."""

    id: int | None
    slug: str
    title: str
    same_university: bool
    higher_is_better: bool


class PhaseName(NamedTuple):
    """What pages say of a phase."""

    id: int | None
    slug: str
    title: str
    frozen_at: datetime | None
    ranking: Ranking


@dataclass(frozen=True)
class SeasonBoard:
    """The board that stands for a challenge; provisional until its result is revealed."""

    challenge: Challenge | ChallengeName
    phase: Phase | PhaseName
    board: Board
    provisional: bool

    @property
    def on(self) -> On:
        """The rows that are read: those that everybody may see, of a frozen board its copy."""
        frozen = self.phase.frozen_at is not None
        return On(self.phase.id or 0, served(self.board, frozen=frozen, organiser=False))


def season_boards(session: Session, *, now: datetime) -> list[SeasonBoard]:
    """Return the board of each public challenge that has begun, by the challenge's number.

    A class whose board is anonymous is no contest of universities: it would name its teams.
    """
    query = select(Challenge).where(
        Challenge.visibility == Visibility.PUBLIC, col(Challenge.anonymous).is_(False)
    )
    challenges = {c.id: c for c in session.exec(query.order_by(col(Challenge.id)))}
    phases = phases_by_challenge(session, [k for k in challenges if k is not None])
    private = _with_private(session)
    boards = (
        season_board(challenge, phases[challenge.id or 0], private, now=now)
        for challenge in challenges.values()
    )
    return [board for board in boards if board is not None]


def season_board(
    challenge: Challenge, phases: Sequence[Phase], private: set[int], *, now: datetime
) -> SeasonBoard | None:
    """Return the board that stands for a challenge, or None before its first phase."""
    revealed = [p for p in phases if p.revealed_at is not None]
    if revealed:
        final = Board.PRIVATE if revealed[-1].id in private else Board.PUBLIC
        return SeasonBoard(challenge, revealed[-1], final, provisional=False)
    begun = [p for p in phases if p.starts <= now]
    return SeasonBoard(challenge, begun[-1], Board.PUBLIC, provisional=True) if begun else None


def _with_private(session: Session) -> set[int]:
    query = select(Evaluation.phase_id).where(
        Evaluation.state == EvaluationState.LIVE, col(Evaluation.has_private).is_(True)
    )
    return set(session.exec(query))


def on_any(boards: Iterable[SeasonBoard]) -> sa.ColumnElement[bool]:
    """Return the condition that an entry is on one of some boards: no other row is read."""
    phases: dict[Board, list[int]] = defaultdict(list)
    for board in boards:
        phases[board.on.board].append(board.on.phase_id)
    kinds = (
        sa.and_(col(Entry.board) == board, col(Entry.phase_id).in_(ids))
        for board, ids in phases.items()
    )
    return sa.or_(sa.false(), *kinds)
